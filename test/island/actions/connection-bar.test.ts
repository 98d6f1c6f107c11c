import { expect, test } from 'bun:test'
import { createConnectionBar } from '../../../src/island/actions/connection'
import { connectionBarMs } from '../../../src/island/actions/connection'
import { en } from '../../../views/words'
import { documentForAll } from '../dom'
import { page } from '../page'

documentForAll('<p id="status"></p><p id="alert"></p><div id="connection" hidden></div>')

const isHidden = (): boolean => document.getElementById('connection')?.hidden === true

test('a blip is nobody’s business', async () => {
  const setBar = createConnectionBar(page, () => {})
  setBar(false)
  await Bun.sleep(connectionBarMs / 10)
  setBar(true)
  await Bun.sleep(connectionBarMs)
  expect(isHidden()).toBe(true)
})

test('however often it is tried in vain, the bar comes in time', async () => {
  const setBar = createConnectionBar(page, () => {})
  for (let tries = 0; tries < 11; tries += 1) {
    setBar(false)
    await Bun.sleep(connectionBarMs / 9)
  }
  expect(isHidden()).toBe(false)
  setBar(true)
  expect(isHidden()).toBe(true)
  expect(document.getElementById('alert')?.textContent).toBe(en.live.reconnected)
})
