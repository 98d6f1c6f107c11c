import { afterAll, beforeAll, expect, test } from 'bun:test'
import { soundPauseMs } from '../../src/island/device/sound'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { makeRoom, openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'
import { type ChatPage, addressOf, enter, expectNoProblems, openChatPage } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let second: ChatPage
let mei: ChatClient
let tea: number
let direct: number

beforeAll(async () => {
  server = await startServer()
  const person = await signIn(server, '梅')
  mei = await openSocket(server, person)
  tea = await makeRoom(server, person, 'Tea')
  ada = await enter(server.port, 'Ada', 'a')
  const id = String(await ada.userId())
  await ada.joins(tea)
  direct = await openDirect(server, person, Number(id))
  second = await openChatPage()
  await second.goto(addressOf(server.port, 'a', '/rooms/1'))
  await second.connected()
  for (const page of [ada, second]) await page.evaluate(listen)
  // Only a page that has seen a key or a pointer may ring.
  await second.press('ArrowLeft')
  // The part that rings is fetched when the page is first used.
  for (const page of [ada, second])
    await page.waitFor(`document.querySelector('#volume :checked') !== null`, 'the bell')
})

afterAll(async () => {
  await mei.close()
  ada.close()
  await server.dispose()
})

/** Every tone is written down as it is made, and the clock stands still. */
const listen = `(() => {
  Object.assign(window, { tones: [], now: ${Date.now()}, realNow: Date.now.bind(Date) })
  Date.now = () => now
  const Tone = window.OscillatorNode
  window.OscillatorNode = function (context, options) {
    window.tones.push(Math.round(options.frequency))
    window.ringing = context
    return new Tone(context, options)
  }
})()`

/** The room on the screen, in which a message makes no sound. */
let here = 1
let said = 0

/** Asks for the turn as a tab does, so that whoever asked before has been answered. */
const turnsTaken = `new Promise((done) => {
  const opening = indexedDB.open('chatroom.' + document.body.dataset.instance + '.rings')
  opening.onsuccess = () => {
    const turns = opening.result.transaction('rings', 'readwrite')
    turns.objectStore('rings').count()
    turns.oncomplete = () => {
      opening.result.close()
      setTimeout(done, 50)
    }
  }
})`

/** Waits until both tabs know all messages and one has had its turn: it plays these tones. */
async function expectTones(expected: number[]): Promise<void> {
  said += 1
  await mei.post(here, `said-${said}`, `said ${said}`)
  for (const page of [ada, second]) await page.sees(`said ${said}`)
  for (const page of [ada, second]) await page.evaluate(turnsTaken)
  let tones: number[] = []
  const isPlayed = async (): Promise<boolean> => {
    const both = [ada, second].map((page) => page.evaluate<number[]>('tones.splice(0)'))
    tones = [...tones, ...(await Promise.all(both)).flat()]
    return tones.length >= expected.length
  }
  await waitUntil(isPlayed, 'the tones')
  expect(tones).toEqual(expected)
}

async function pause(): Promise<void> {
  for (const page of [ada, second]) await page.evaluate(`void (now += ${soundPauseMs})`)
}

test('a mention in another room rings three notes, in one of two tabs', async () => {
  await mei.post(tea, 's-1', 'tea, @Ada?')
  await expectTones([659, 988, 1319])
})

test('a sound is played to its end, and then the loudspeaker is let go', async () => {
  const isOver = `window.ringing === undefined || ringing.state === 'suspended'`
  for (const page of [ada, second]) await page.waitFor(isOver, 'the end of the sound')
  const times = await Promise.all(
    [ada, second].map((page) => page.evaluate<number>('window.ringing?.currentTime ?? 0')),
  )
  expect(Math.max(...times)).toBeGreaterThan(0.3)
})

test('the first click in the menu of the bell reaches what it was on', async () => {
  await ada.part('#bell-menu').showPopover()
  await ada.click('#hide-private-notes')
  await ada.part('#hide-private-notes:checked').shown()
  await ada.click('#hide-private-notes')
  await ada.part('#bell-menu').hidePopover()
})

let burst = 0

async function postBurst(): Promise<void> {
  for (let n = 0; n < 5; n += 1) await mei.post(tea, `burst-${(burst += 1)}`, 'now, @Ada!')
}

test('a burst of messages is one sound', async () => {
  await postBurst()
  await expectTones([])
  await pause()
  await postBurst()
  await expectTones([659, 988, 1319])
})

test('a tab that is late does not ring again', async () => {
  await pause()
  // It hears of the message when the other one has rung.
  await second.evaluate(`void setTimeout(() => {
    for (const end = realNow() + 400; realNow() < end;);
  })`)
  await mei.post(tea, 's-late', 'now, @Ada!')
  await expectTones([659, 988, 1319])
})

test('a private message plays the notes in reverse; other messages are silent', async () => {
  await pause()
  await mei.post(tea, 's-4', 'just talk')
  await expectTones([])
  await mei.post(direct, 's-5', 'between us')
  await expectTones([1319, 988, 659])
})

test('the sound follows the notification setting of the room', async () => {
  await pause()
  const choose = (notify: string): Promise<unknown> =>
    ada.evaluate(`fetch('/rooms/${tea}/notify', { method: 'POST', body: 'notify=${notify}',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }).then(() => 0)`)
  await choose('nothing')
  await mei.post(tea, 's-6', 'please, @Ada')
  await expectTones([])
  await choose('all')
  await mei.post(tea, 's-7', 'just talk')
  await expectTones([659, 988])
})

test('no sound plays for a room on the screen, or with the sound off', async () => {
  await pause()
  for (const page of [ada, second]) {
    await page.rail.room(tea).press()
    await page.rail.opened(tea)
  }
  here = tea
  await mei.post(tea, 's-8', 'seen at once, @Ada')
  await expectTones([])
  for (const page of [ada, second]) {
    await page.part('#volume [value=off]').press()
  }
  await mei.post(direct, 's-9', 'unheard')
  await expectTones([])
})

test('notifications are requested from the bell only, and say who and where', async () => {
  await pause()
  await ada.evaluate(`(window.notices = [], window.Notification = Object.assign(
    function (title, { body }) { notices.push([title, body]) },
    { permission: 'granted', requestPermission: async () => (window.wasAsked = true, 'granted') },
  ), 0)`)
  expect(await ada.evaluate<boolean>(`window.wasAsked === undefined`)).toBe(true)
  second.close()
  await ada.part('#bell-menu').showPopover()
  await ada.click('#notices')
  await ada.part('#notices[aria-pressed=true]').shown()
  expect(await ada.evaluate<boolean>('wasAsked')).toBe(true)
  await ada.part('#bell-menu').hidePopover()
  await mei.post(direct, 's-10', 'are you there?')
  await ada.waitFor('notices.length === 1', 'the notice')
  expect(await ada.evaluate('notices')).toEqual([['梅', 'are you there?']])
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
