import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectAccessible, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage

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

function fetchedNames(): number {
  return ada.requests.filter(({ url }) => url.includes('/emoji-en-')).length
}

test('the names come at the first colon that begins one, and are fetched once', async () => {
  await ada.composer.write('No emoji at 12:30')
  await ada.composer.write('Ha :jo')
  await ada.composer.best.says('face with tears of joy')
  expect(fetchedNames()).toBe(1)
})

test('Enter takes the best and sends nothing; the next Enter sends', async () => {
  expect(await ada.parts('#options [role=option]').count()).toBe(8)
  expect(await ada.composer.field.attribute('aria-activedescendant')).toBe('option-0')
  await ada.press('Enter')
  expect(await ada.composer.field.value()).toBe('Ha 😂')
  expect(await ada.rows()).toEqual([])
  await ada.press('Enter')
  await mei.sees('Ha 😂')
})

test('Tab takes the second after an arrow, and undo gives back what was typed', async () => {
  await ada.composer.write(':jo')
  await ada.composer.best.says('face with tears of joy')
  await ada.press('ArrowDown')
  await ada.press('Tab')
  expect(await ada.composer.field.value()).toBe('😹')
  expect(await ada.focusedId()).toBe('content')
  await ada.composer.undo()
  expect(await ada.composer.field.value()).toBe(':jo')
})

test('Escape leaves the text, and Enter then sends it as it is', async () => {
  await ada.composer.write(':joke')
  await ada.composer.options.shown()
  await ada.press('Escape')
  expect(await ada.composer.options.isShown()).toBe(false)
  await ada.type('r')
  await ada.settled()
  expect(await ada.composer.options.isShown()).toBe(false)
  await ada.press('Enter')
  await mei.sees(':joker')
})

test('a click takes an emoji from the list', async () => {
  await ada.composer.write(':birthday')
  await ada.composer.best.says('birthday cake')
  await ada.click('#option-0')
  expect(await ada.composer.field.value()).toBe('🎂')
})

test('a name typed to its end becomes its emoji, and undo takes back just that', async () => {
  await ada.composer.write('So :joy')
  await ada.composer.options.shown()
  await ada.type(':')
  expect(await ada.composer.field.value()).toBe('So 😂')
  expect(await ada.composer.options.isShown()).toBe(false)
  await ada.composer.undo()
  expect(await ada.composer.field.value()).toBe('So :joy:')
  // A person who wanted the word keeps it, whatever is done around it.
  await ada.press('End')
  await ada.type(' ')
  await ada.press('Backspace')
  expect(await ada.composer.field.value()).toBe('So :joy:')
  await ada.composer.write(':+1:')
  expect(await ada.composer.field.value()).toBe('👍')
  await ada.composer.write(':nosuchname:')
  expect(await ada.composer.field.value()).toBe(':nosuchname:')
})

test('no list opens for a colon in times, addresses, code, prose or a smiley', async () => {
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
    await ada.composer.write(text)
    await ada.settled()
    expect([text, await ada.composer.options.isShown()]).toEqual([text, false])
    expect(await ada.composer.field.value()).toBe(text)
  }
  // The same word where it may stand is found: the list would have come.
  await ada.composer.write('(:smile')
  await ada.composer.options.shown()
})

test('in Chinese the colon of an input method and one character are enough', async () => {
  await mei.composer.add('：')
  await mei.imeCompose('dan')
  await mei.settled()
  // Undecided letters are no name, and the keys belong to the input method.
  expect(await mei.composer.options.isShown()).toBe(false)
  const key = { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
  await mei.cdp('Input.dispatchKeyEvent', key)
  await mei.imeCommit('蛋')
  await mei.composer.best.shown()
  expect(await mei.composer.field.value()).toBe('：蛋')
  expect(await mei.composer.options.attribute('aria-label')).toBe('表情')
  const shown = await mei.part('#option-0 span').text()
  const isEnterTaken = await mei.evaluate<boolean>(`(() => {
    const event = new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, cancelable: true })
    document.querySelector('#content').dispatchEvent(event)
    return event.defaultPrevented
  })()`)
  expect(isEnterTaken).toBe(false)
  await mei.press('Enter')
  expect(await mei.composer.field.value()).toBe(shown)
  await mei.composer.write('：joy：')
  expect(await mei.composer.field.value()).toBe('😂')
})

test('a private message may hold an emoji, and people still come after an @', async () => {
  await ada.composer.write('@梅')
  await ada.composer.best.says('梅')
  await ada.press('Enter')
  await ada.composer.chip.shown()
  await ada.type(':joy')
  await ada.composer.best.says('face with tears of joy')
  await ada.press('Enter')
  expect(await ada.composer.field.value()).toBe('😂')
  await ada.press('Escape')
})

test('a message of a few emoji is large as soon as it is sent', async () => {
  await ada.composer.write('😂 👍🏽')
  // What the page shows before the server has answered: nothing of it is awaited here.
  const isLarge = await ada.evaluate<boolean>(`(() => {
    document.querySelector('#composer').requestSubmit()
    const body = document.querySelector('.msg--pending .msg__body')
    return body.textContent === '😂 👍🏽' && body.classList.contains('msg__body--emoji')
  })()`)
  expect(isLarge).toBe(true)
  await mei.sees('😂 👍🏽')
  const size = `getComputedStyle([...document.querySelectorAll('.msg__body')].at(-1)).fontSize`
  expect(await mei.evaluate<string>(size)).toBe('32px')
})

test('over a slow connection typing goes on, and the list comes with the names', async () => {
  await ada.cdp('Network.setCacheDisabled', { cacheDisabled: true })
  await ada.reload()
  const line = { offline: false, downloadThroughput: -1, uploadThroughput: -1 }
  await ada.cdp('Network.emulateNetworkConditions', { ...line, latency: 400 })
  await ada.composer.write('Well :jo')
  await ada.type('y_c')
  expect(await ada.composer.field.value()).toBe('Well :joy_c')
  expect(await ada.composer.options.isShown()).toBe(false)
  await ada.composer.best.says('cat with tears of joy')
  await ada.cdp('Network.emulateNetworkConditions', { ...line, latency: 0 })
  await ada.press('Enter')
  expect(await ada.composer.field.value()).toBe('Well 😹')
})

test('a name typed before the names arrived still becomes its emoji', async () => {
  await ada.reload()
  await ada.composer.write('Done :tada:')
  await ada.composer.field.holds('Done 🎉')
})

test('the list of names is accessible', async () => {
  await ada.composer.write(':heart')
  await ada.composer.options.shown()
  await expectAccessible(ada)
})

test('nothing was reported against the policy', () => expectNoProblems(ada, mei))
