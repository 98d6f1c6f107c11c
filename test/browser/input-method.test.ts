import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter } from './pages/chat-page'

let server: RunningServer
let mei: ChatPage

beforeAll(async () => {
  server = await startServer()
  mei = await enter(server.port, '梅', 'a')
})

afterAll(async () => {
  mei.close()
  await server.dispose()
})

test('Enter that chooses a word of an input method sends nothing', async () => {
  await mei.composer.field.focus()
  await mei.imeCompose('ni hao')
  const key = { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
  await mei.cdp('Input.dispatchKeyEvent', key)
  await mei.imeCommit('你好')
  await mei.settled()
  expect(await mei.rows()).toEqual([])
  expect(await mei.composer.field.value()).toBe('你好')
})

test('Enter right after the composition, marked 229 as in Safari, sends nothing', async () => {
  const wasSent = await mei.evaluate<boolean>(`(() => {
    const event = new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, cancelable: true })
    document.querySelector('#content').dispatchEvent(event)
    return event.defaultPrevented
  })()`)
  expect(wasSent).toBe(false)
  expect(await mei.composer.field.value()).toBe('你好')
})

test('the next Enter sends it', async () => {
  await mei.press('Enter')
  await mei.sees('你好')
})

test('Shift and Enter add a line, and blank text does not send', async () => {
  await mei.type('one')
  await mei.press('Enter', ['Shift'])
  await mei.type('two')
  await mei.press('Enter')
  await mei.sees('one\ntwo')
  const before = (await mei.rows()).length
  await mei.send('   ')
  await mei.settled()
  expect((await mei.rows()).length).toBe(before)
})

test('typing anywhere on the page goes into the message', async () => {
  await mei.evaluate(
    `(document.querySelector('#content').value = '', document.querySelector('#log').focus())`,
  )
  await mei.cdp('Input.dispatchKeyEvent', { type: 'keyDown', key: 'x', text: 'x' })
  expect(await mei.composer.field.value()).toBe('x')
})

test('a message over the limit is neither cut nor sent', async () => {
  await mei.evaluate(
    `(document.querySelector('#content').value = '', document.querySelector('#content').focus())`,
  )
  await mei.type('x'.repeat(8_003))
  await mei.press('Enter')
  const state = await mei.evaluate<{ length: number; send: boolean; counter: string }>(`({
    length: document.querySelector('#content').value.length,
    send: document.querySelector('#send').disabled,
    counter: document.querySelector('#counter').textContent,
  })`)
  expect(state).toEqual({ length: 8_003, send: true, counter: '3 characters over the limit' })
})
