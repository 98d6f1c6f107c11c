import { afterAll, beforeAll, expect, test } from 'bun:test'
import { history, type Person, signIn } from '../helpers/client'
import { chooseSeed, createRandom } from '../helpers/random'
import { makeRoom } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, addressOf, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let reader: Person
let tea: number

beforeAll(async () => {
  server = await startServer()
  reader = await signIn(server, 'Reader')
  tea = await makeRoom(server, reader, 'Tea')
  ada = await enter(server.port, 'Ada', 'a')
  await ada.joins(tea)
  await ada.part(`#room-${tea}`).shown()
  await ada.cdp('Network.setCacheDisabled', { cacheDisabled: true })
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

const throughput = { offline: false, downloadThroughput: -1, uploadThroughput: -1 }

/** A page on which nothing was done yet, from which the server is so far away. */
async function openFresh(latency: number): Promise<void> {
  await ada.cdp('Network.emulateNetworkConditions', { ...throughput, latency: 0 })
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.connected()
  await ada.cdp('Network.emulateNetworkConditions', { ...throughput, latency })
}

const said = async (room = 1): Promise<string[]> =>
  (await history(server, reader, room)).map(({ content }) => content)

test('what is typed after the Up arrow is an edit, however far away the editor is', async () => {
  await ada.send('First words')
  await ada.sees('First words')
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const words = [' and more', ' Zoë?', ' /help', ' @Reader', ' 1, 2; 3', '!', ' don’t']
  for (let round = 0; round < 3; round += 1) {
    const more = [1, 2].map(() => words[random(words.length)] ?? '').join('')
    await openFresh(50 + random(500))
    const before = (await said()).at(-1) ?? ''
    await ada.press('ArrowUp')
    for (const letter of `${more}x`) await ada.press(letter)
    await ada.press('Backspace')
    await ada.press('Enter')
    await ada.sees(before + more)
    expect({ seed, said: await said() }).toEqual({ seed, said: [before + more] })
    expect(await ada.composer.field.value()).toBe('')
    await ada.composer.field.focused()
  }
})

test('what is typed for the emoji, the search or a card goes into them', async () => {
  await openFresh(300)
  await ada.press(';', ['Control'])
  await ada.type('whale')
  await ada.emoji.search.holds('whale')
  await openFresh(300)
  await ada.press('k', ['Control'])
  await ada.type('te')
  await ada.palette.field.holds('te')
  await openFresh(300)
  await ada.press(',', ['Control'])
  await ada.press('Tab')
  await ada.type('lost')
  await ada.panel.settings.shown()
  expect(await ada.composer.field.value()).toBe('')
  expect(await said()).toHaveLength(1)
})

test('what is typed after the keys of another room is said there', async () => {
  await openFresh(300)
  await ada.press('ArrowDown', ['Alt'])
  await ada.type('Hello tea')
  await ada.press('Enter')
  await ada.messages.titled('#Tea')
  await ada.sees('Hello tea')
  expect(await said()).toHaveLength(1)
  expect(await said(tea)).toEqual(['Hello tea'])
})

test('what is typed for an act that fails is not sent anywhere', async () => {
  await openFresh(0)
  await ada.cdp('Network.setBlockedURLs', { urls: ['*lazy-tools*', '*before=*'] })
  await ada.press('ArrowUp')
  await ada.type(' for nobody')
  await ada.press('Enter')
  await ada.toast.reads('not connected')
  await ada.type(', nor after it failed')
  await ada.press('Enter')
  await ada.cdp('Network.setBlockedURLs', { urls: [] })
  await ada.composer.field.focused()
  await ada.send('Said again')
  await ada.sees('Said again')
  expect(await said()).toEqual([(await said())[0] ?? '', 'Said again'])
})

test('nothing was reported against the policy', () => {
  const problems = ada.problems.filter((problem) => !/BLOCKED/.test(problem))
  expectNoProblems({ ...ada, problems })
})
