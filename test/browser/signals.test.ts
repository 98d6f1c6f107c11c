import { afterAll, beforeAll, expect, test } from 'bun:test'
import { sharedOrigin } from '../../src/server/addresses'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectAccessible, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let mei: Person
let line: ChatClient
let ada: ChatPage

/** Ada's page, and two others who write from scripts. */
beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await signIn(server, '梅')
  line = await openSocket(server, mei)
})

afterAll(async () => {
  await line.close()
  ada.close()
  await server.dispose()
})

/** Where others reach the server, which Ada reaches under a name of her own machine. */
const shared = (): string =>
  sharedOrigin({ host: '0.0.0.0', basePath: '/', publicUrl: null }, server.port, 'http://localhost')

const desk = { dark: false, width: 1280, height: 800 }

const directNames = (): Promise<string[]> => ada.parts('#direct-list bdi').texts()

test('the first person in an empty room sees how others come into it', async () => {
  const url = `${shared()}/rooms/1`
  await ada.part('.share').shown()
  expect(await ada.part('.share p a').attribute('href')).toBe(url)
  expect(await ada.part('.share .qr').attribute('aria-label')).toContain(url)
  await expectAccessible(ada)
  await ada.emulate(desk)
  await line.post(1, 'hello', 'Hello')
  await ada.sees('Hello')
  await ada.part('.share').gone()
})

test('an empty room by invitation offers to invite, not its address', async () => {
  await ada.panel.makeRoom('harbour', 'closed')
  await ada.part('.first-words a').reads('Invite')
  expect(await ada.part('.share').isThere()).toBe(false)
  await ada.rail.goTo('general')
})

test('how many are in a room is shown where the mouse points, and is no call', async () => {
  const online = ada.rail.roomCalled('general').part('.online')
  expect(await online.isShown()).toBe(false)
  await ada.rail.roomCalled('general').focus()
  await ada.press('ArrowDown')
  await online.says('2 online')
})

test('private conversations show a face and a time, the latest first', async () => {
  for (const name of ['Bob', 'Cleo', 'Dan']) {
    const person = await signIn(server, name)
    const socket = await openSocket(server, person)
    await socket.post(await openDirect(server, person, await ada.userId()), name, `I am ${name}`)
    await ada.rail.roomCalled(name).shown()
    await socket.close()
  }
  await ada.waitFor(
    `document.querySelectorAll('#direct-list .when:not(:empty)').length === 3`,
    'times',
  )
  expect(await directNames()).toEqual(['Dan', 'Cleo', 'Bob'])
  expect(await ada.rail.roomCalled('Bob').part('.av').isShown()).toBe(true)
  expect(await ada.rail.roomCalled('Bob').part('.when').text()).toMatch(/^\d\d:\d\d$/)
  await ada.rail.roomCalled('Bob').press()
  await ada.rail.shows('Bob')
  await ada.messages.list.reads('This is the start of your conversation with Bob')
  await ada.send('And I am Ada')
  await ada.sees('And I am Ada')
  expect(await directNames()).toEqual(['Bob', 'Dan', 'Cleo'])
  await ada.hasRead(Number(await ada.messages.list.attribute('data-room')))
  await ada.reload()
  expect(await directNames()).toEqual(['Bob', 'Dan', 'Cleo'])
  await ada.rail.goTo('general')
})

test('on a phone the button of the list counts what is meant for one', async () => {
  await ada.emulate({ dark: false, width: 390, height: 844 })
  const calls = ada.part('#calls')
  await calls.says('2')
  const talk = await openDirect(server, mei, await ada.userId())
  await line.post(talk, 'd', 'Psst')
  await calls.says('3')
  const slip = await line.post(talk, 'slip', 'Not for you')
  await ada.titleBegins('(4)')
  const seq = slip.type === 'accepted' ? slip.seq : 0
  line.send({ type: 'message.delete', room: talk, seq, client_id: 'no' })
  await calls.says('3')
  await ada.titleBegins('(3)')
  await expectAccessible(ada)
  await ada.reload()
  await calls.says('3')
  await ada.emulate(desk)
})

test('every button that shows an icon alone says what it does under the mouse', async () => {
  const silent = await ada.evaluate<string[]>(`[...document.querySelectorAll('.btn--icon')]
    .filter((button) => !button.title && button.checkVisibility())
    .map((button) => button.outerHTML.slice(0, 120))`)
  expect(silent).toEqual([])
})

test('a page for the wall shows the address, its code, and how many are here', async () => {
  await ada.goto(`http://a.localhost:${server.port}/join`)
  await ada.part('.poster__address').reads(new URL(shared()).host)
  expect(await ada.part('.poster .qr').isShown()).toBe(true)
  await ada.part('#here').reads('online')
  await expectAccessible(ada)
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
