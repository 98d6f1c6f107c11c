import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, type Person, postFrame, signIn } from '../helpers/client'
import type { Heard } from '../helpers/frames'
import { chooseSeed, createRandom } from '../helpers/random'
import { letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'

let server: RunningServer

beforeAll(async () => {
  server = await startServer()
})

afterAll(() => server.dispose())

/** `room`: where it was written, if its author was there. */
type Note = { word: string; pair: Member[]; direct: number; seq: number; room: number | null }
type Member = { person: Person; id: number; rooms: Set<number>; page: ChatClient }

type Scene = {
  random: (below: number) => number
  owner: Person
  members: Member[]
  /** A closed and an open room. */
  rooms: [closed: number, open: number]
  notes: Note[]
}

async function createScene(random: Scene['random']): Promise<Scene> {
  const owner = await signIn(server, 'Olga')
  const rooms: Scene['rooms'] = [
    await makeRoom(server, owner, 'Cellar', 'closed'),
    await makeRoom(server, owner, 'Quay'),
  ]
  const members = await Promise.all(
    ['Ada', 'Bob', 'Cara', 'Dora'].map(async (name) => {
      const person = await signIn(server, name)
      const page = await openSocket(server, person, { subprotocol: 'chatroom.html' })
      return { person, page, id: page.hello.user.id, rooms: new Set<number>() }
    }),
  )
  return { random, owner, members, rooms, notes: [] }
}

async function comeOrGo({ owner, random, rooms }: Scene, member: Member): Promise<void> {
  const room = rooms[random(2)] ?? 0
  const { person } = member
  if (member.rooms.delete(room)) await sendForm(server, person, `/rooms/${room}/leave`)
  else {
    member.rooms.add(room)
    if (room === rooms[0]) await letIn(server, owner, room, person)
    else await sendForm(server, person, `/rooms/${room}/members`)
  }
}

async function write(scene: Scene, author: Member, step: number): Promise<void> {
  const { members, notes, random, rooms } = scene
  const others = members.filter((one) => one !== author)
  const other = others[random(others.length)] ?? author
  const room = rooms[random(2)] ?? 0
  const direct = await openDirect(server, author.person, other.id)
  const word = `note${'abcdefghij'[step % 10]}${step}`
  const client_id = `n-${step}`
  author.page.send({ ...postFrame(direct, client_id, word), written_in: room })
  const isAnswer = (item: Heard): boolean => 'client_id' in item && item.client_id === client_id
  const answer = await author.page.until(isAnswer, 'the answer')
  notes.push({
    ...{ word, direct, pair: [author, other], seq: 'seq' in answer ? answer.seq : 0 },
    room: author.rooms.has(room) ? room : null,
  })
}

/** Who wrote a note takes it back, or says it in another way. */
async function change({ notes, random }: Scene): Promise<void> {
  const note = notes[random(notes.length)]
  const [author] = note?.pair ?? []
  if (note === undefined || author === undefined) return
  const place = `/rooms/${note.direct}/messages/${note.seq}`
  if (random(2) === 0) {
    await sendForm(server, author.person, `${place}/delete`)
    notes.splice(notes.indexOf(note), 1)
  } else {
    await sendForm(server, author.person, place, { content: `${note.word} again` })
  }
}

async function speak({ rooms }: Scene, { person, ...member }: Member, step: number): Promise<void> {
  for (const room of rooms.filter((one) => member.rooms.has(one)))
    for (let n = 0; n < 4; n += 1)
      await sendForm(server, person, `/rooms/${room}/messages`, {
        client_id: `p-${step}-${n}`,
        content: 'said by the way',
      })
}

async function read({ person: { cookie } }: Member, path: string): Promise<string> {
  const headers = { Cookie: cookie, Accept: 'text/html' }
  const answer = await fetch(server.origin + path, { headers })
  return answer.ok ? answer.text() : ''
}

/** What is found is marked in results. */
const wordsIn = (html: string): string[] =>
  [...new Set(html.replace(/<\/?mark>/g, '').match(/note[a-j]\d+/g))].toSorted()
const wordsOf = (notes: Note[]): string[] => notes.map(({ word }) => word).toSorted()

/** All notes that stand between the messages of a room, page by page, each once. */
async function pagesOf(member: Member, room: number, limit: number): Promise<string[]> {
  const found: string[] = []
  let before = ''
  do {
    const html = await read(member, `/rooms/${room}/messages?limit=${limit}${before}`)
    found.push(...wordsIn(html))
    const older = /before=(\d+)/.exec(html)?.[1]
    before = older === undefined ? '' : `&before=${older}`
  } while (before !== '')
  return found.toSorted()
}

/** The places that a text tells of: none may be of a room where not both are. */
function placesIn(html: string): (string | undefined)[][] {
  return [...html.matchAll(/<article\b[^>]*>(?:(?!<article).)*?(note[a-j]\d+)/gs)].map(
    ([row, word]) => [word, / data-written-in="?(\d+)/.exec(row)?.[1]],
  )
}

/** What somebody finds wherever they look, and what they may find. */
async function look({ notes, random, rooms }: Scene, member: Member): Promise<Check[]> {
  const own = notes.filter(({ pair }) => pair.includes(member))
  const checks: Check[] = []
  const compare = async (path: string, wanted: Note[]): Promise<unknown> =>
    checks.push({ path, found: wordsIn(await read(member, path)), wanted: wordsOf(wanted) })
  for (const room of rooms) {
    const here = own.filter((note) => note.room === room && member.rooms.has(room))
    // A page has at most as many notes as messages.
    const found = await pagesOf(member, room, Math.max(3, here.length) + random(6))
    checks.push({ path: `pages of ${room}`, found, wanted: wordsOf(here) })
    for (const way of ['export.txt', 'changes']) await compare(`/rooms/${room}/${way}`, [])
  }
  for (const direct of new Set(notes.map((note) => note.direct))) {
    const there = own.filter((note) => note.direct === direct)
    const wanted = there.map(({ pair, room, word }) => {
      const isTold = room !== null && pair.every((one) => one.rooms.has(room))
      return [word, isTold ? String(room) : undefined]
    })
    const path = `/rooms/${direct}/messages?limit=200`
    const found = placesIn(await read(member, path))
    checks.push({ path, found: found.toSorted(), wanted: wanted.toSorted() })
    for (const way of ['export.txt', 'changes']) await compare(`/rooms/${direct}/${way}`, there)
  }
  await compare('/search?q=note', own)
  return checks
}

type Check = { path: string; found: unknown; wanted: unknown }

test('a private note is found by its two people where they may, by nobody else', async () => {
  const seed = chooseSeed()
  console.log(`private notes: SEED=${seed}`)
  const random = createRandom(seed)
  const scene = await createScene(random)
  const { members } = scene
  const writers = new Map<string, Member[]>()
  for (let step = 0; step < 44; step += 1) {
    const member = members[random(4)]
    if (member === undefined) continue
    const dice = random(8)
    if (dice < 3) await comeOrGo(scene, member)
    else if (dice < 6) await write(scene, member, step)
    else if (dice < 7) await change(scene)
    else await speak(scene, member, step)
    const { pair = [] } = scene.notes.at(-1) ?? {}
    writers.set(`${pair[0]?.id}-n-${step}`, pair)
    if (step % 22 !== 21) continue
    for (const reader of members) {
      const about = { seed, step, reader: reader.person.nickname }
      for (const { found, path, wanted } of await look(scene, reader))
        expect<object>({ ...about, path, found }).toEqual({ ...about, path, found: wanted })
    }
  }
  for (const reader of members) {
    await reader.page.taken()
    const live = reader.page.heard.flatMap((item) =>
      item.type === 'row' && writers.get(item.id)?.includes(reader) === false ? [item.id] : [],
    )
    expect({ seed, reader: reader.person.nickname, live }).toMatchObject({ live: [] })
    await reader.page.close()
  }
}, 20_000)
