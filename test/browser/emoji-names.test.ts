import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type RunningServer, startServer } from '../helpers/server'
import { field, textOf, undo, write } from './emoji-panel'
import { enter, expectAccessible, expectNoProblems, reload, rows, sees } from './people'

let server: RunningServer
let ada: BrowserPage
let mei: BrowserPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b', { language: 'zh-CN' })
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

const isListed = `!document.querySelector('#options').hidden`
const option = `document.querySelector('#options:not([hidden]) [aria-selected=true] bdi')`
const best = `${option}?.textContent`

function fetchedNames(): number {
  return ada.requests.filter(({ url }) => url.includes('/emoji-en-')).length
}

test('the names are fetched at the first colon that begins one', async () => {
  await write(ada, 'No emoji at 12:30')
  expect(fetchedNames()).toBe(0)
  await write(ada, 'Ha :jo')
  await ada.waitFor(`${best} === 'face with tears of joy'`, 'the list')
  expect(fetchedNames()).toBe(1)
})

test('Enter takes the best and sends nothing; the next Enter sends', async () => {
  const options = `[...document.querySelectorAll('#options [role=option]')].length`
  expect(await ada.evaluate<number>(options)).toBe(8)
  expect(await ada.evaluate<string>(`${field}.getAttribute('aria-activedescendant')`)).toBe(
    'option-0',
  )
  await ada.press('Enter')
  expect(await textOf(ada)).toBe('Ha 😂')
  expect(await rows(ada)).toEqual([])
  await ada.press('Enter')
  await sees(mei, 'Ha 😂')
})

test('Tab takes the second after an arrow, and undo gives back what was typed', async () => {
  await write(ada, ':jo')
  await ada.waitFor(`${best} === 'face with tears of joy'`, 'the list')
  await ada.press('ArrowDown')
  await ada.press('Tab')
  expect(await textOf(ada)).toBe('😹')
  expect(await ada.evaluate<string>('document.activeElement.id')).toBe('content')
  await undo(ada)
  expect(await textOf(ada)).toBe(':jo')
})

test('Escape leaves the text, and Enter then sends it as it is', async () => {
  await write(ada, ':joke')
  await ada.waitFor(isListed, 'the list')
  await ada.press('Escape')
  expect(await ada.evaluate<boolean>(isListed)).toBe(false)
  await ada.type('r')
  await Bun.sleep(100)
  expect(await ada.evaluate<boolean>(isListed)).toBe(false)
  await ada.press('Enter')
  await sees(mei, ':joker')
})

test('a click takes one', async () => {
  await write(ada, ':birthday')
  await ada.waitFor(`${best} === 'birthday cake'`, 'the cake')
  await ada.click('#option-0')
  expect(await textOf(ada)).toBe('🎂')
})

test('a name typed to its end becomes its emoji, and undo takes back just that', async () => {
  await write(ada, 'So :joy')
  await ada.waitFor(isListed, 'the list')
  await ada.type(':')
  expect(await textOf(ada)).toBe('So 😂')
  expect(await ada.evaluate<boolean>(isListed)).toBe(false)
  await undo(ada)
  expect(await textOf(ada)).toBe('So :joy:')
  // Whoever wanted the word keeps it, whatever is done around it.
  await ada.press('End')
  await ada.type(' ')
  await ada.press('Backspace')
  expect(await textOf(ada)).toBe('So :joy:')
  await write(ada, ':+1:')
  expect(await textOf(ada)).toBe('👍')
  await write(ada, ':nosuchname:')
  expect(await textOf(ada)).toBe(':nosuchname:')
})

test('in times, addresses, code and prose a colon is a colon, and so is a smiley', async () => {
  const plain = [
    'at 12:30',
    'a:smile',
    'https://example.org/:smile',
    'https://example.org:80/a,:smile',
    'www.example.org/?:smile',
    '```\n{ :smile',
    '`:smile',
    'C::smile',
    ':s',
    ':-)',
    ':D',
    'Note: smile',
    '他说：笑',
  ]
  for (const text of plain) {
    await write(ada, text)
    await Bun.sleep(60)
    expect([text, await ada.evaluate<boolean>(isListed)]).toEqual([text, false])
    expect(await textOf(ada)).toBe(text)
  }
  // The same word where it may stand is found: the list would have come.
  await write(ada, '(:smile')
  await ada.waitFor(isListed, 'the list')
})

test('in Chinese the colon of an input method and one character are enough', async () => {
  await mei.evaluate(`${field}.focus()`)
  await mei.type('：')
  await mei.imeCompose('dan')
  await Bun.sleep(200)
  // Undecided letters are no name, and the keys belong to the input method.
  expect(await mei.evaluate<boolean>(isListed)).toBe(false)
  const key = { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
  await mei.cdp('Input.dispatchKeyEvent', key)
  await mei.imeCommit('蛋')
  await mei.waitFor(`${best} !== undefined`, 'the list')
  expect(await textOf(mei)).toBe('：蛋')
  const isSaid = `document.querySelector('#options').getAttribute('aria-label') === '表情'`
  expect(await mei.evaluate<boolean>(isSaid)).toBe(true)
  const shown = await mei.evaluate<string>(`document.querySelector('#option-0 span').textContent`)
  const isEnterTaken = await mei.evaluate<boolean>(`(() => {
    const event = new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, cancelable: true })
    ${field}.dispatchEvent(event)
    return event.defaultPrevented
  })()`)
  expect(isEnterTaken).toBe(false)
  await mei.press('Enter')
  expect(await textOf(mei)).toBe(shown)
  await write(mei, '：joy：')
  expect(await textOf(mei)).toBe('😂')
})

test('a private message may hold one, too, and people still come over an @', async () => {
  await write(ada, '@梅')
  await ada.waitFor(`${best} === '梅'`, 'the person')
  await ada.press('Enter')
  await ada.waitFor(`!document.querySelector('#chip').hidden`, 'the private mode')
  await ada.type(':joy')
  await ada.waitFor(`${best} === 'face with tears of joy'`, 'the emoji')
  await ada.press('Enter')
  expect(await textOf(ada)).toBe('😂')
  await ada.press('Escape')
})

test('a few emoji alone are large as soon as they are sent', async () => {
  await write(ada, '😂 👍🏽')
  // What the page shows before the server has answered: nothing of it is awaited here.
  const isLarge = await ada.evaluate<boolean>(`(() => {
    document.querySelector('#composer').requestSubmit()
    const body = document.querySelector('.msg--pending .msg__body')
    return body.textContent === '😂 👍🏽' && body.classList.contains('msg__body--emoji')
  })()`)
  expect(isLarge).toBe(true)
  await sees(mei, '😂 👍🏽')
  const size = `getComputedStyle([...document.querySelectorAll('.msg__body')].at(-1)).fontSize`
  expect(await mei.evaluate<string>(size)).toBe('32px')
})

test('over a slow line one goes on typing, and the list comes when the names came', async () => {
  await ada.cdp('Network.setCacheDisabled', { cacheDisabled: true })
  await reload(ada)
  const line = { offline: false, downloadThroughput: -1, uploadThroughput: -1 }
  await ada.cdp('Network.emulateNetworkConditions', { ...line, latency: 400 })
  await write(ada, 'Well :jo')
  await ada.type('y_c')
  expect(await textOf(ada)).toBe('Well :joy_c')
  expect(await ada.evaluate<boolean>(isListed)).toBe(false)
  await ada.waitFor(`${best} === 'cat with tears of joy'`, 'the list')
  await ada.cdp('Network.emulateNetworkConditions', { ...line, latency: 0 })
  await ada.press('Enter')
  expect(await textOf(ada)).toBe('Well 😹')
})

test('a whole name that was there before the names came is still meant', async () => {
  await reload(ada)
  await write(ada, 'Done :tada:')
  await ada.waitFor(`${field}.value === 'Done 🎉'`, 'the emoji')
})

test('the checker has no complaint about the list', async () => {
  await write(ada, ':heart')
  await ada.waitFor(isListed, 'the list')
  await expectAccessible(ada)
})

test('nothing was reported against the policy', () => expectNoProblems(ada, mei))
