import { expect, test } from 'bun:test'
import { type Draft, openDrafts } from '../../../src/island/composer/drafts'
import { openStorage } from '../../../src/island/ui/storage'
import { documentForAll } from '../dom'

documentForAll()

const draft = (text: string): Draft => ({ text, to: null, reply: null })

const open = (nickname: string, id = 7) => {
  const storage = openStorage({ instance: 'h' })
  return { storage, drafts: openDrafts({ id, nickname }, storage) }
}

test('whoever lost the session and comes back under the same name finds what was begun', () => {
  open('Ada').drafts.save(1, draft('half a thought'))
  expect(open('Ada', 8).drafts.read(1).text).toBe('half a thought')
})

test('who has taken another name meanwhile, on another device, finds it too', () => {
  open('Ada').drafts.save(1, draft('half a thought'))
  const { drafts, storage } = open('Ada Lovelace')
  expect(drafts.read(1).text).toBe('half a thought')
  // Whoever takes the name that is free now finds nothing under it.
  expect(storage.keys('draft.Ada.')).toEqual([])
  expect(open('Ada', 9).drafts.read(1).text).toBe('')
})

test('on a page that hears of the new name, what is begun afterwards is kept under it', () => {
  const { drafts } = open('Ada')
  drafts.save(1, draft('before'))
  drafts.rename('Ada Lovelace')
  expect(drafts.read(1).text).toBe('before')
  drafts.save(1, draft('after'))
  drafts.save(2, draft('elsewhere'))
  const again = open('Ada Lovelace').drafts
  expect([again.read(1).text, again.read(2).text]).toEqual(['after', 'elsewhere'])
  again.save(1, draft(''))
  expect(open('Ada Lovelace').drafts.read(1).text).toBe('')
})
