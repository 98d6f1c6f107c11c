import { afterAll, beforeAll, expect, test } from 'bun:test'
import { soundPauseMs } from '../../src/island/device/sound'
import { claimMs } from '../../src/island/ui/storage'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { makeRoom, openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
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
  // Ada pressed Enter at the door; the second tab has seen no key yet.
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

/** The tones that were made, when both tabs know all messages and have agreed on who rings. */
async function heard(): Promise<number[]> {
  said += 1
  await mei.post(here, `said-${said}`, `said ${said}`)
  const tones: number[][] = []
  for (const page of [ada, second]) await page.sees(`said ${said}`)
  for (const page of [ada, second]) {
    await page.evaluate(`new Promise((done) => setTimeout(done, ${2 * claimMs}))`)
    tones.push(await page.evaluate<number[]>('tones.splice(0)'))
  }
  return tones.flat()
}

async function pause(): Promise<void> {
  for (const page of [ada, second]) await page.evaluate(`void (now += ${soundPauseMs})`)
}

test('a mention in another room rings three notes, in one of two tabs', async () => {
  await mei.post(tea, 's-1', 'tea, @Ada?')
  expect(await heard()).toEqual([659, 988, 1319])
})

test('a sound is played to its end, and then the loudspeaker is let go', async () => {
  const isOver = `window.ringing === undefined || ringing.state === 'suspended'`
  for (const page of [ada, second]) await page.waitFor(isOver, 'the end of the sound')
  const times = await Promise.all(
    [ada, second].map((page) => page.evaluate<number>('window.ringing?.currentTime ?? 0')),
  )
  expect(Math.max(...times)).toBeGreaterThan(0.3)
})

let burst = 0

async function postBurst(): Promise<void> {
  for (let n = 0; n < 5; n += 1) await mei.post(tea, `burst-${(burst += 1)}`, 'now, @Ada!')
}

// The tabs agree by what they store, which takes longer on a busy machine.
const onBusyMachine = { retry: 2 }

test(
  'a burst of messages is one sound',
  async () => {
    await postBurst()
    expect(await heard()).toEqual([])
    await pause()
    await postBurst()
    expect(await heard()).toEqual([659, 988, 1319])
  },
  onBusyMachine,
)

test('a tab that is late does not ring again', async () => {
  await pause()
  // It hears of the message when the other one has rung.
  await second.evaluate(`void setTimeout(() => {
    for (const end = realNow() + ${5 * claimMs}; realNow() < end;);
  })`)
  await mei.post(tea, 's-late', 'now, @Ada!')
  expect(await heard()).toEqual([659, 988, 1319])
})

test('a private message plays the notes in reverse; other messages are silent', async () => {
  await pause()
  await mei.post(tea, 's-4', 'just talk')
  expect(await heard()).toEqual([])
  await mei.post(direct, 's-5', 'between us')
  expect(await heard()).toEqual([1319, 988, 659])
})

test('the sound follows the notification setting of the room', async () => {
  await pause()
  const choose = (notify: string): Promise<unknown> =>
    ada.evaluate(`fetch('/rooms/${tea}/notify', { method: 'POST', body: 'notify=${notify}',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }).then(() => 0)`)
  await choose('nothing')
  await mei.post(tea, 's-6', 'please, @Ada')
  expect(await heard()).toEqual([])
  await choose('all')
  await mei.post(tea, 's-7', 'just talk')
  expect(await heard()).toEqual([659, 988])
})

test('no sound plays for a room on the screen, or with the sound off', async () => {
  await pause()
  for (const page of [ada, second]) {
    await page.rail.room(tea).press()
    await page.rail.opened(tea)
  }
  here = tea
  await mei.post(tea, 's-8', 'seen at once, @Ada')
  expect(await heard()).toEqual([])
  for (const page of [ada, second]) {
    await page.part('#volume [value=off]').press()
  }
  await mei.post(direct, 's-9', 'unheard')
  expect(await heard()).toEqual([])
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
