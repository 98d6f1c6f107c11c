import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { AttachmentOnWire } from '../../src/shared/protocol'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { png, postFiles, upload } from '../helpers/files'
import { makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'

/**
 * Browsers before mid-2025 leave `<` as it is in attributes when they serialise an element. Markup
 * that is made from elements and parsed again then has elements that somebody typed.
 */
const oldSerialiser = `(() => {
  const inAttributes = (html) =>
    html.replace(/="[^"]*"/g, (each) => each.replaceAll('&lt;', '<').replaceAll('&gt;', '>'))
  for (const [owner, name] of [[Element, 'innerHTML'], [Element, 'outerHTML'],
    [ShadowRoot, 'innerHTML']]) {
    const known = Object.getOwnPropertyDescriptor(owner.prototype, name)
    Object.defineProperty(owner.prototype, name, { ...known,
      get() { return inAttributes(known.get.call(this)) } })
  }
  for (const [owner, name] of [[Element, 'getHTML'], [XMLSerializer, 'serializeToString']]) {
    const known = owner.prototype[name]
    owner.prototype[name] = function (...given) { return inAttributes(known.apply(this, given)) }
  }
})()`

/** As a name it has to be short. */
const attacks = {
  name: '<i id=beacon>',
  long: 'cat <hx-a hx-get=/beacon hx-trigger=load ><i id=beacon>',
}
const harm = `document.querySelectorAll('#beacon, [hx-get="/beacon"], [type=a]').length`

let server: RunningServer
let eve: Person
let socket: ChatClient
let ada: ChatPage
let picture: AttachmentOnWire

beforeAll(async () => {
  server = await startServer()
  eve = await signIn(server, attacks.name)
  socket = await openSocket(server, eve)
  ada = await enter(server.port, 'Ada', 'a')
  await ada.cdp('Page.addScriptToEvaluateOnNewDocument', { source: oldSerialiser })
  await ada.reload()
})

afterAll(async () => {
  await socket.close()
  ada.close()
  await server.dispose()
})

async function expectUnharmed(): Promise<void> {
  expect(await ada.evaluate<number>(harm)).toBe(0)
  expect(ada.requests.filter(({ url }) => url.endsWith('/beacon'))).toEqual([])
}

const shownPicture = '.msg:not([data-pending]) .pic img'

test('a picture, its description and its answers are texts when they arrive', async () => {
  picture = await upload(server, eve, png(40, 40), {
    name: `${attacks.name}.png`,
    description: attacks.long,
  })
  const { seq = 0 } = await postFiles(server, eve, 1, 'picture', [picture.id], attacks.long)
  await ada.part(shownPicture).shown()
  const file = await upload(server, eve, 'words', { name: `${attacks.name}.txt` })
  await postFiles(server, eve, 1, 'file', [file.id], 'a file')
  await ada.sees('a file')
  await socket.post(1, 'answer', 'an answer', seq)
  await ada.sees('an answer')
  await expectUnharmed()
  // A change is merged into the row that is there.
  const edited = `edited ${attacks.long}`
  await sendForm(server, eve, `/rooms/1/messages/${seq}`, { content: edited })
  await ada.sees(edited)
  socket.send({ type: 'reaction.set', room: 1, seq, client_id: 'r', emoji: '👍', active: true })
  await ada.part('.msg .reaction').shown()
  await expectUnharmed()
})

test('they are texts after a reload, in a picture that is opened, and in a reply', async () => {
  await ada.reload()
  await ada.part(shownPicture).shown()
  await ada.part(shownPicture).press()
  await ada.lightbox.shown()
  await expectUnharmed()
  await ada.press('Escape')
  await ada.row('an answer').reply()
  await ada.send('a reply')
  await ada.sees('a reply')
  await expectUnharmed()
})

test('names of people are texts in the lists, the suggestions and a private note', async () => {
  await ada.composer.write('@<i')
  await ada.part('#options:not([hidden])').shown()
  await expectUnharmed()
  await ada.press('Escape')
  await ada.composer.clear()
  await ada.panel.openCard(attacks.name)
  await expectUnharmed()
  await ada.panel.close()
  await sendForm(server, eve, '/profile', { nickname: `${attacks.name}2` })
  await ada.part('#people').reads(`${attacks.name}2`)
  await expectUnharmed()
})

test('rooms, topics and what is found are texts', async () => {
  const room = await makeRoom(server, eve, attacks.name)
  await sendForm(server, eve, `/rooms/${room}`, { name: attacks.name, topic: attacks.long })
  await socket.post(room, 'there', attacks.long)
  await ada.joins(room)
  await ada.part(`#room-${room}`).shown()
  await expectUnharmed()
  await ada.rail.open(room)
  await ada.sees(attacks.long)
  await expectUnharmed()
  // The room before it is painted from what the page keeps.
  await ada.rail.open(1)
  await ada.part(shownPicture).shown()
  await ada.palette.open()
  await ada.type('cat beacon')
  await ada.part('#search-results .hit').shown()
  await expectUnharmed()
  await ada.press('Escape')
})

test('a row that is serialised and swapped in would have run', async () => {
  await ada.evaluate(`htmx.swap({ swap: 'beforeend', target: document.querySelector('#timeline'),
    text: document.querySelector('${shownPicture}').closest('.msg').outerHTML,
    sourceElement: document.body })`)
  await ada.waitFor(`${harm} > 0`, 'the attack')
})

test('nothing was reported against the policy', () => {
  ada.problems.splice(0, Infinity, ...ada.problems.filter((each) => !each.includes('/beacon')))
  expectNoProblems(ada)
})
