import { afterAll, beforeAll, expect, test } from 'bun:test'
import { history, type Person, signIn } from '../helpers/client'
import { chooseSeed, createRandom } from '../helpers/random'
import { type RunningServer, startServer } from '../helpers/server'
import { times } from '../helpers/size'
import { type ChatPage, enter, expectAccessible, expectNoProblems } from './pages/chat-page'

/** More than the list has at first, which begins with other names. */
const crowdSize = 55

let server: RunningServer
let reader: Person
let ada: ChatPage
let mei: ChatPage

beforeAll(async () => {
  server = await startServer()
  reader = await signIn(server, 'Reader')
  // Away, and behind the first of the list, so the page does not know them.
  for (const name of ['Zoë Founder', '梅花']) await signIn(server, name)
  for (let n = 0; n < crowdSize; n += 1) await signIn(server, `Person ${n + 20}`)
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅 Mei', 'b', { language: 'zh-CN', width: 390, height: 844 })
  await ada.warmUp()
  await mei.warmUp()
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

async function publicTexts(): Promise<string[]> {
  return (await history(server, reader, 1)).map(({ content }) => content)
}

async function empty(page: ChatPage): Promise<void> {
  await page.composer.clear()
  await page.evaluate(`document.querySelector('#chip:not([hidden]) .chip__drop')?.click()`)
}

test('members who are away are offered over an @, and only they get it', async () => {
  expect(await ada.part('#people-list').shownText()).not.toContain('Zoë')
  await ada.composer.offer('@zoe', 'Zoë Founder')
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.composer.field.focus()
  await ada.press('Enter')
  await ada.composer.becomesPrivate()
  expect(await ada.composer.chip.shownText()).toContain('Zoë Founder is offline')
  await ada.type('For you alone')
  await ada.press('Enter')
  await ada.messages.privateNotes.called('For you alone').shown()
  expect(await publicTexts()).toEqual([])
  // By the first letters of the reading, on a phone, in Chinese.
  await mei.composer.offer('＠mh', '梅花')
  await mei.touch('#option-0')
  await mei.composer.becomesPrivate()
  await empty(mei)
})

test('a first @ without a person is not sent; Escape writes to everyone', async () => {
  await ada.composer.add('@nobody of this name')
  await ada.composer.options.reads('No one found')
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.composer.field.focus()
  await ada.press('Enter')
  await ada.toast.reads('Not sent.')
  expect(await ada.composer.field.value()).toBe('@nobody of this name')
  expect(await publicTexts()).toEqual([])
  await ada.press('Escape')
  await ada.press('Enter')
  await ada.sees('@nobody of this name')
  // What was meant for everyone is another text now.
  await ada.composer.add('@xx')
  await ada.composer.options.reads('No one found')
  await ada.press('Enter')
  expect(await ada.composer.field.value()).toBe('@xx')
  await ada.press('ArrowDown')
  await ada.press('Enter')
  await ada.composer.options.gone()
  await ada.press('Enter')
  await ada.sees('@xx')
  expect(await publicTexts()).toEqual(['@nobody of this name', '@xx'])
})

test('a text in which the name was only typed asks for whom it is', async () => {
  await ada.composer.add('@person 21')
  await ada.composer.best.reads('Person 21')
  await ada.type(' hello')
  await ada.press('Enter')
  await ada.toast.reads('Not sent.')
  await ada.composer.best.reads('Person 20')
  await ada.press('ArrowDown')
  await ada.press('Enter')
  await ada.composer.becomesPrivate()
  await empty(ada)
  // An @ in the middle, and one for everybody, are sent as ever.
  await ada.send('mail me @home')
  await ada.sees('mail me @home')
  await ada.send('@all of you')
  await ada.sees('@all of you')
})

test('an answer to an older search is not shown', async () => {
  await ada.evaluate(`(() => {
    const real = window.fetch
    const { promise, resolve } = Promise.withResolvers()
    Object.assign(window, { letGo: resolve, realFetch: real })
    window.fetch = async (path, options) => {
      const answer = await real(path, options)
      if (!String(path).includes('q=z')) return answer
      if (String(path).includes('q=zoe')) return answer
      window.isHeld = true
      await promise
      return answer
    }
  })()`)
  await ada.composer.add('@z')
  await ada.waitFor('window.isHeld', 'the first search')
  await ada.type('oe')
  await ada.composer.best.reads('Zoë Founder')
  await ada.composer.clear()
  await ada.composer.offer('@mh', '梅花')
  await ada.evaluate('letGo(), fetch("/").catch(() => {}).then(() => {})')
  expect(await ada.composer.optionNames.texts()).toEqual(['梅花'])
  await ada.evaluate('void (window.fetch = realFetch)')
  await empty(ada)
})

test('without the server the page says so, and nothing waits to be sent to all', async () => {
  expectNoProblems(ada, mei)
  await server.stop()
  await ada.connection.shown()
  await ada.composer.add('@founder')
  await ada.composer.options.reads('the server did not answer')
  await ada.press('Enter')
  expect(await ada.composer.field.value()).toBe('@founder')
  await ada.composer.clear()
  await ada.composer.offer('@person 2', 'Person 20')
  await ada.press('Enter')
  await ada.toast.reads('not connected')
  await ada.waitFor(`document.querySelector('#content').value.startsWith('@Person 20')`, 'the name')
  await ada.type('secret')
  await ada.press('Enter')
  expect(await ada.composer.field.value()).toContain('secret')
  expect(await ada.parts('#timeline > .msg--pending').texts()).toEqual([])
  await server.restart()
  await ada.connected()
  await empty(ada)
})

const signs = [...'aemnopzdrs  梅花李@＠:_-.,!?1234', 'Ada', 'Zo', '😀', 'person ', 'all', ' ']

test('of random texts after a first @, Enter makes none public', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const before = await publicTexts()
  await ada.evaluate(`(() => {
    const real = window.fetch
    window.waiting = 0
    window.fetch = (...request) => {
      window.waiting += 1
      return real(...request).finally(() => (window.waiting -= 1))
    }
  })()`)
  for (let n = 0; n < times(75); n += 1) {
    const length = 1 + random(12)
    const text = Array.from({ length }, () => signs[random(signs.length)])
    await ada.composer.field.focus()
    // “@all” is a name that everybody knows. All but the end comes as from an input method.
    await ada.imeCommit(`@${text.slice(0, -2).join('').replace(/^all/, 'al-')}`)
    await ada.type(text.slice(-2).join('').replace(/^all/, 'al-'))
    await ada.press('Enter')
    await empty(ada)
  }
  // Somebody who was chosen at last is on the chip when the server has answered.
  await ada.waitFor('window.waiting === 0', 'the answers')
  await ada.settled()
  await empty(ada)
  await ada.composer.chip.gone()
  await ada.send('The end')
  await ada.sees('The end')
  expect(await publicTexts()).toEqual([...before, 'The end'])
}, 180_000)
