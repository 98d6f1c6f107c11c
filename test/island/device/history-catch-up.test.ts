import { expect, test } from 'bun:test'
import { catchUp } from '../../../src/island/device/history-catch-up'
import { openHistoryStore } from '../../../src/island/device/history-store'
import { readPage } from '../../../src/island/ui/page'
import { openStorage } from '../../../src/island/ui/storage'
import { mei } from '../../views/samples'
import { documentForAll } from '../dom'

documentForAll()

test('what was on its way when somebody cleared the copy does not come into it', async () => {
  const store = openHistoryStore(openStorage({ house: 'h' }), 7, 'e')
  store.setHead(1, 1)
  // The server, played here: it answers when it is told to.
  const { promise, resolve } = Promise.withResolvers<void>()
  const event = { type: 'message', room: 1, seq: 2, revision: 2, client_id: 'c-2', reply_to: null }
  const said = { ...event, sender: mei, content: 'canary', timestamp: new Date(5).toISOString() }
  const events = [{ ...said, edited: null, attachments: [] }]
  const { fetch } = globalThis
  globalThis.fetch = Object.assign(async () => {
    await promise
    return Response.json({ epoch: 'e', revision: 2, events, more: false })
  }, fetch)
  const page = { ...readPage(), epoch: 'e' }
  const done = catchUp(page, store, 1)
  await Bun.sleep(1)
  store.clear()
  resolve()
  await done
  expect([store.read(1), store.rooms()]).toEqual([[], []])
  store.setHead(1, 1)
  await catchUp(page, store, 1)
  expect(store.read(1).map(({ text }) => text)).toEqual(['canary'])
  globalThis.fetch = fetch
})
