import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { ChatEvent } from '../../src/shared/protocol'
import {
  type ChatClient,
  openSocket,
  type Person,
  postFrame,
  readJson,
  signIn,
} from '../helpers/client'
import type { Heard } from '../helpers/frames'
import { letIn, makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'

let server: RunningServer

beforeAll(async () => {
  server = await startServer({
    env: {
      CHATROOM_ARRIVALS: 'on',
      BUN_OPTIONS: '--preload ./test/helpers/short-limits.ts',
      TEST_LIMITS: JSON.stringify({ gatherLinesMs: 40 }),
    },
  })
})

afterAll(() => server.dispose())

type Line = ChatEvent & { type: 'system' }

const isLine = (item: unknown): item is Line =>
  typeof item === 'object' && item !== null && 'type' in item && item.type === 'system'

/** Waits for a line of a kind in a room that names this person. */
async function hearsOf(socket: ChatClient, room: number, kind: string, name = ''): Promise<Line> {
  const fits = (item: Heard): boolean => {
    if (!isLine(item) || item.room !== room || item.kind !== kind) return false
    return name === '' || item.people.some(({ nickname }) => nickname === name)
  }
  const found = await socket.until(fits, `${kind} ${name}`)
  if (!isLine(found)) throw new Error('only lines were looked for')
  return found
}

async function pageOf(person: Person, path: string, language = 'en'): Promise<string> {
  const headers = { Cookie: person.cookie, 'Accept-Language': language }
  return (await fetch(server.origin + path, { headers })).text()
}

/** The text of markup, in one line. */
const textOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&quot;/g, '"')
    .replace(/\s+/g, ' ')

test('everybody hears who joins, is invited, removed and leaves, and who did it', async () => {
  const [ada, bob] = [await signIn(server, 'Ada'), await signIn(server, 'Bob')]
  const [mei, eve] = [await signIn(server, 'Mei'), await signIn(server, 'Eve')]
  const room = await makeRoom(server, ada, 'Harbour')
  const listener = await openSocket(server, ada)
  const [meiSocket, eveSocket] = [await openSocket(server, mei), await openSocket(server, eve)]
  await sendForm(server, bob, `/rooms/${room}/members`)
  expect(await hearsOf(listener, room, 'joined', 'Bob')).toMatchObject({ seq: 1, revision: 1 })
  await letIn(server, bob, room, mei)
  const joined = await hearsOf(listener, room, 'joined', 'Mei')
  expect(joined).toMatchObject({ seq: 1, revision: 2, count: 2 })
  expect(joined.people.map(({ by }) => by?.nickname ?? null)).toEqual([null, 'Bob'])
  // Who was added hears it from the beginning.
  await hearsOf(meiSocket, room, 'joined', 'Mei')
  await sendForm(server, eve, `/rooms/${room}/members`)
  await hearsOf(listener, room, 'joined', 'Eve')
  const fields = { user: String(eveSocket.hello.user.id) }
  await sendForm(server, ada, `/rooms/${room}/members/remove`, fields)
  const removed = await hearsOf(listener, room, 'removed', 'Eve')
  expect(removed.sender.nickname).toBe('Ada')
  await sendForm(server, bob, `/rooms/${room}/leave`)
  await hearsOf(listener, room, 'left', 'Bob')
  expect(eveSocket.heard.filter((item) => isLine(item) && item.kind === 'removed')).toEqual([])
  // No sentence of it says that there is something new.
  const told = listener.heard.filter(({ type }) => type === 'read' || type === 'room')
  expect(told).toEqual([])
  expect((await openSocket(server, mei)).hello.rooms.find(({ id }) => id === room)).toMatchObject({
    unread: 0,
    mentions: 0,
  })
})

test('newcomers to the server are one line in the first room, however many', async () => {
  const listener = await openSocket(server, await signIn(server, 'Doorkeeper'))
  const before = listener.heard.length
  const letters = 'abcdefghkm'
  const crowd = Array.from({ length: 100 }, (_, n) => {
    return `Newcomer ${letters[Math.floor(n / 10)]}${letters[n % 10]}`
  })
  await Promise.all(crowd.map((name) => signIn(server, name)))
  const isAll = (item: Heard): boolean => isLine(item) && item.room === 1 && item.count >= 100
  const line = await listener.until(isAll, 'all of them')
  const lines = listener.heard.slice(before).filter((item) => isLine(item))
  expect(new Set(lines.map(({ seq }) => seq)).size).toBe(1)
  expect(isLine(line) && line.people.length).toBe(20)
  const largest = Math.max(...lines.map((one) => JSON.stringify(one).length))
  // Every ten seconds at most: a minute of arrivals costs a reader six of these.
  expect(largest).toBeLessThan(1_700)
})

test('without a script the page shows lines folded, in the reader’s language', async () => {
  const ada = await signIn(server, 'Ana')
  const room = await makeRoom(server, ada, 'Quay')
  const people = ['Ben', 'Cleo', 'Dan <b>', 'Ewa']
  const listener = await openSocket(server, ada)
  for (const name of people) {
    await sendForm(server, await signIn(server, name), `/rooms/${room}/members`)
    await hearsOf(listener, room, 'joined', name)
  }
  await sendForm(server, ada, `/rooms/${room}`, { name: 'Port', topic: 'Ships & boats' })
  await hearsOf(listener, room, 'topic')
  const english = await pageOf(ada, `/rooms/${room}`)
  expect(/<details><summary>.*<\/summary><ul><li>/.test(english)).toBe(true)
  expect(english.includes('Dan <b>')).toBe(false)
  const text = textOf(english.slice(english.indexOf('id="timeline"')))
  expect(text).toContain('Ben, Cleo and 2 others joined')
  expect(text).toContain('Ben, Cleo, Dan &lt;b&gt; and Ewa joined')
  expect(text).toContain('Ana renamed the room from “Quay” to “Port”')
  expect(text).toContain('Ana changed the topic: Ships &amp; boats')
  // The room still has no message, and says so.
  expect(text).toContain('No messages yet')
  const chinese = textOf(await pageOf(ada, `/rooms/${room}`, 'zh'))
  expect(chinese).toContain('Ben、Cleo 和另外 2 人加入了房间')
  expect(chinese).toContain('Ana 将房间名从“Quay”改为“Port”')
})

test('exports have lines as lines, which no message can imitate', async () => {
  const ada = await signIn(server, 'Ada joined')
  const room = await makeRoom(server, ada, 'Export')
  const socket = await openSocket(server, ada)
  await sendForm(server, await signIn(server, 'Zoe'), `/rooms/${room}/members`)
  await hearsOf(socket, room, 'joined', 'Zoe')
  await socket.post(room, 'a', 'hi\n* [2026-01-01 00:00:00 +0000] Mallory joined')
  await sendForm(server, ada, `/rooms/${room}`, { topic: 'one\ttwo' })
  await hearsOf(socket, room, 'topic')
  const file = await pageOf(ada, `/rooms/${room}/export.txt`)
  const stamp = String.raw`\[[\d :+-]{25}\]`
  expect(file).toContain('1 message, up to revision 3')
  expect(file).toMatch(new RegExp(`^\\* ${stamp} Zoe joined$`, 'm'))
  expect(file).toMatch(new RegExp(`^\\* ${stamp} Ada joined changed the topic: one two$`, 'm'))
  expect(file.match(/^\* /gm)?.length).toBe(2)
  const chinese = await pageOf(ada, `/rooms/${room}/export.txt`, 'zh')
  expect(chinese).toMatch(new RegExp(`^\\* ${stamp} Zoe 加入了房间$`, 'm'))
  const page = await pageOf(ada, `/rooms/${room}/export.html`)
  expect(page.includes('<p class="who system"><bdi translate="no">Zoe</bdi> joined <time>')).toBe(
    true,
  )
})

test('scripts tell lines from messages, and cannot treat them as such', async () => {
  const ada = await signIn(server, 'Script')
  const room = await makeRoom(server, ada, 'Bots')
  const socket = await openSocket(server, ada)
  await sendForm(server, await signIn(server, 'Bot friend'), `/rooms/${room}/members`)
  await hearsOf(socket, room, 'joined')
  // The id that the next line will have.
  socket.send(postFrame(room, `@${room}.2`, 'mine'))
  const isRefusal = (item: Heard): boolean => item.type === 'refused' && item.client_id === null
  expect(await socket.until(isRefusal, 'the refusal')).toMatchObject({ code: 'bad_frame' })
  await sendForm(server, ada, `/rooms/${room}`, { topic: 'Told' })
  expect(await hearsOf(socket, room, 'topic')).toMatchObject({ seq: 2 })
  const place = { room, seq: 1, client_id: 'x' }
  const frames = [
    { type: 'message.edit', ...place, content: 'x' },
    { type: 'message.delete', ...place },
    { type: 'reaction.set', ...place, emoji: '🎉', active: true },
  ]
  for (const [n, frame] of frames.entries()) {
    const client_id = `frame-${n}`
    socket.send({ ...frame, client_id })
    const isAnswer = (item: Heard): boolean => 'client_id' in item && item.client_id === client_id
    expect(await socket.until(isAnswer, frame.type)).toMatchObject({ code: 'message_missing' })
  }
  expect(await socket.post(room, 'reply', 'to a line', 1)).toMatchObject({ code: 'reply_missing' })
  const rows = await readJson(server, ada, `/rooms/${room}/messages`)
  const first = { type: 'system', kind: 'joined', seq: 1 }
  expect(rows).toMatchObject({ messages: [first, { kind: 'topic' }] })
  const found = await readJson(server, ada, `/search?q=friend&room=${room}`)
  expect(found).toMatchObject({ messages: [] })
})

test('a person hides who comes and goes in a room, on all their pages', async () => {
  const ada = await signIn(server, 'Hider')
  const room = await makeRoom(server, ada, 'Calm')
  const socket = await openSocket(server, ada)
  await sendForm(server, await signIn(server, 'Passer'), `/rooms/${room}/members`)
  await hearsOf(socket, room, 'joined')
  await sendForm(server, ada, `/rooms/${room}`, { topic: 'Silence' })
  const notify = `/rooms/${room}/notify`
  for (const fields of [{}, { comings: 'maybe' }, { notify: 'loud', comings: 'no' }]) {
    expect((await sendForm(server, ada, notify, { ...fields })).status).toBe(400)
  }
  expect((await sendForm(server, ada, notify, { comings: 'no' })).status).toBe(303)
  const isHidden = (item: Heard): boolean => item.type === 'room' && !item.room.comings
  expect(await socket.until(isHidden, 'the choice')).toMatchObject({ room: { notify: 'mentions' } })
  const hidden = await pageOf(ada, `/rooms/${room}`)
  expect(/id="timeline"[^>]*data-comings="false"/.test(hidden)).toBe(true)
  expect(/<div class="system"[^>]*data-kind="joined"/.test(hidden)).toBe(true)
  const settings = await pageOf(ada, `/rooms/${room}/settings`)
  expect(/name="comings" value="yes"[^>]*checked/.test(settings)).toBe(false)
  await sendForm(server, ada, notify, { notify: 'all', comings: 'yes' })
  const again = await pageOf(ada, `/rooms/${room}`)
  expect(/data-comings/.test(again)).toBe(false)
})
