import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type RunningServer, startServer } from '../helpers/server'
import { enter, rows, say, sees } from './people'

let server: RunningServer
let mei: BrowserPage

beforeAll(async () => {
  server = await startServer()
  mei = await enter(server.port, '梅', 'a')
})

afterAll(async () => {
  mei.close()
  await server.dispose()
})

const field = `document.querySelector('#content')`

test('Enter that chooses a word of an input method sends nothing', async () => {
  await mei.evaluate(`${field}.focus()`)
  await mei.imeCompose('ni hao')
  const key = { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
  await mei.cdp('Input.dispatchKeyEvent', key)
  await mei.imeCommit('你好')
  await Bun.sleep(300)
  expect(await rows(mei)).toEqual([])
  expect(await mei.evaluate<string>(`${field}.value`)).toBe('你好')
})

test('Enter right after the composition, marked 229 as in Safari, sends nothing', async () => {
  const wasSent = await mei.evaluate<boolean>(`(() => {
    const event = new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, cancelable: true })
    ${field}.dispatchEvent(event)
    return event.defaultPrevented
  })()`)
  expect(wasSent).toBe(false)
  expect(await mei.evaluate<string>(`${field}.value`)).toBe('你好')
})

test('the next Enter sends it', async () => {
  await mei.press('Enter')
  await sees(mei, '你好')
})

test('Shift and Enter add a line, and blank text does not send', async () => {
  await mei.type('one')
  await mei.press('Enter', ['Shift'])
  await mei.type('two')
  await mei.press('Enter')
  await sees(mei, 'one\ntwo')
  const before = (await rows(mei)).length
  await say(mei, '   ')
  await Bun.sleep(200)
  expect((await rows(mei)).length).toBe(before)
})

test('typing anywhere on the page goes into the message', async () => {
  await mei.evaluate(`(${field}.value = '', document.querySelector('#log').focus())`)
  await mei.cdp('Input.dispatchKeyEvent', { type: 'keyDown', key: 'x', text: 'x' })
  expect(await mei.evaluate<string>(`${field}.value`)).toBe('x')
})

test('over the limit nothing is cut and nothing is sent', async () => {
  await mei.evaluate(`(${field}.value = '', ${field}.focus())`)
  await mei.type('x'.repeat(8_003))
  await mei.press('Enter')
  const state = await mei.evaluate<{ length: number; send: boolean; counter: string }>(`({
    length: ${field}.value.length,
    send: document.querySelector('#send').disabled,
    counter: document.querySelector('#counter').textContent,
  })`)
  expect(state).toEqual({ length: 8_003, send: true, counter: '3 characters over the limit' })
})
