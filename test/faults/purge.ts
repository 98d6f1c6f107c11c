import { Database } from 'bun:sqlite'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { indexed } from '../bench/fill'
import { actOn } from '../helpers/acts'
import { type ChatClient, openSocket, type Person, readJson, signIn } from '../helpers/client'
import type { Heard } from '../helpers/frames'
import { postFiles, upload } from '../helpers/files'
import { becomeOwner } from '../helpers/owners'
import { letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { makeFolder } from '../helpers/folders'
import { type RunningServer, runServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'
import { above, below, type FaultTest, type Figures, unlike } from './promise'

type Size = {
  /** Messages of somebody who is purged, besides those with the canary. */
  messages: number
  pauseMsMax: number
  /** The server is killed in the middle, and goes on when it is started again. */
  kills: boolean
  /** The planted fault: words of what was deleted stay in the index. */
  isShallow?: boolean
}

const small: Size = { messages: 60, pauseMsMax: 2_000, kills: true }

/** T28: somebody wrote a secret everywhere, and all of it is purged. */
export const purged: FaultTest<Size> = {
  id: 'P28',
  says: 'What was purged is in no page, catch-up, search, export, quote, device copy or backup.',
  small,
  full: { messages: 3_000, pauseMsMax: 500, kills: false },
  run,
  broken: (figures, { pauseMsMax }) => [
    ...unlike(figures, { hits: 0, rowHits: 0, indexHits: 0, backupHits: 0, filesLeft: 0 }),
    ...unlike(figures, { copyHits: 0, reactionsLeft: 0, left: 0 }),
    ...below(figures, { hitsBefore: 20, backupHitsBefore: 1, answers: 30 }),
    ...above(figures, { longestPauseMs: pauseMsMax }),
  ],
  control: () => run({ ...small, kills: false, isShallow: true }),
}

/** No other word has these letters beside each other. */
const letters = 'qzxjq'

type Scene = {
  server: RunningServer
  canary: string
  olga: Person
  ben: Person
  mallory: number
  rooms: number[]
  /** The revision of each room that a browser with a copy knows. */
  copied: Map<number, number>
}

async function run({ messages, kills, isShallow = false }: Size): Promise<Figures> {
  const fault = { BUN_OPTIONS: '--preload ./test/faults/shallow-purge.ts' }
  await using server = await startServer(isShallow ? { compiled: false, env: fault } : {})
  const scene = await settle(server, messages)
  // The index follows what is said.
  await indexed(server.data)
  const before = await look(scene)
  const backupBefore = await lookIntoBackup(scene)
  const longestPauseMs = await purge(scene, kills)
  const after = await look(scene)
  const backup = await lookIntoBackup(scene)
  return {
    hitsBefore: before.hits,
    answers: after.answers,
    hits: after.hits,
    copyHits: await lookIntoCopy(scene),
    backupHitsBefore: backupBefore.backupHits,
    ...backup,
    ...lookIntoRows(scene),
    filesLeft: countFiles(scene),
    longestPauseMs,
  }
}

/** Everything that somebody can write, and what others did with it. */
async function settle(server: RunningServer, messages: number): Promise<Scene> {
  const canary = `${letters}${crypto.randomUUID().slice(0, 8)}`
  const [olga, ben, mal] = [
    await signIn(server, 'Olga'),
    await signIn(server, 'Ben'),
    await signIn(server, 'Mallory'),
  ]
  await becomeOwner(server, olga)
  const [socket, reader] = [await openSocket(server, mal), await openSocket(server, ben)]
  const closed = await makeRoom(server, ben, 'Council', 'closed')
  await letIn(server, ben, closed, mal)
  const direct = await openDirect(server, mal, reader.hello.user.id)
  const rooms = [1, closed, direct]
  for (const room of rooms) await write({ server, canary }, socket, mal, room)
  const secret = { room: direct, client_id: 'note', content: `${canary} as a note` }
  socket.send({ type: 'message.post', ...secret, written_in: 1 })
  await socket.taken()
  for (const room of rooms) await answerIn(server, reader, ben, room, canary)
  await postMany(socket, messages)
  const copied = new Map<number, number>()
  for (const room of rooms) copied.set(room, (await changes(server, ben, room, 0)).revision)
  await coverUp({ server, canary, ben }, socket, mal, closed)
  const mallory = socket.hello.user.id
  await socket.close()
  await reader.close()
  return { server, canary, olga, ben, mallory, rooms, copied }
}

async function write(
  { server, canary }: Pick<Scene, 'server' | 'canary'>,
  socket: ChatClient,
  mal: Person,
  room: number,
): Promise<void> {
  const first = await socket.post(room, `first-${room}`, `${canary} @Ben look`)
  const edited = await socket.post(room, `second-${room}`, 'Harmless')
  if (edited.type !== 'accepted') throw new Error('Mallory may write')
  const edit = { type: 'message.edit', room, seq: edited.seq, client_id: `edit-${room}` }
  socket.send({ ...edit, content: `${canary} after an edit` })
  await socket.taken()
  const about = { name: `${canary}.txt`, description: `${canary} described` }
  const { id } = await upload(server, mal, `${canary} in a file`, about)
  await postFiles(server, mal, room, `file-${room}`, [id])
  // A private conversation has none.
  await sendForm(server, mal, `/rooms/${room}`, { topic: `${canary} as a topic` })
  if (first.type !== 'accepted') throw new Error('Mallory may write')
}

/** Ben answers, reacts and reports. */
async function answerIn(
  server: RunningServer,
  reader: ChatClient,
  ben: Person,
  room: number,
  canary: string,
): Promise<void> {
  const { events } = await changes(server, ben, room, 0)
  for (const { seq = 0, content = '' } of events) {
    if (!content.includes(canary)) continue
    await reader.post(room, `answer-${room}-${seq}`, 'What is this?', seq)
    const reaction = { type: 'reaction.set', room, seq, emoji: '🎉', active: true }
    reader.send({ ...reaction, client_id: `reaction-${room}-${seq}` })
    await sendForm(server, ben, `/rooms/${room}/messages/${seq}/report`, { why: 'Bad' })
  }
  await reader.taken()
}

/** Mallory deletes what was reported, reports Ben, and invites; Ben sets another topic. */
async function coverUp(
  { server, canary, ben }: Pick<Scene, 'server' | 'canary' | 'ben'>,
  socket: ChatClient,
  mal: Person,
  room: number,
): Promise<void> {
  const said = await socket.post(room, 'covered-up', `${canary} for a short time`)
  const answer = (await changes(server, ben, room, 0)).events.at(-2)
  if (said.type !== 'accepted' || answer?.seq === undefined) throw new Error('nothing was said')
  await sendForm(server, ben, `/rooms/${room}/messages/${said.seq}/report`, { why: 'Bad' })
  await sendForm(server, mal, `/rooms/${room}/messages/${said.seq}/delete`)
  const path = `/rooms/${room}/messages/${answer.seq}/report`
  await sendForm(server, mal, path, { why: `${canary} as a report` })
  const guest = await signIn(server, 'Guest')
  const names = { names: guest.nickname, why: `${canary} as an invitation` }
  await sendForm(server, mal, `/rooms/${room}/invitations`, names)
  await sendForm(server, ben, `/rooms/${room}`, { topic: 'What the council talks about' })
}

async function postMany(socket: ChatClient, messages: number): Promise<void> {
  const portion = 500
  for (let from = 0; from < messages; from += portion) {
    const ids = Array.from({ length: Math.min(portion, messages - from) }, (_, n) => from + n)
    await Promise.all(ids.map((n) => socket.post(1, `filler-${n}`, `Filler number ${n}`)))
  }
}

type Change = { type: string; seq?: number; content?: string }

async function changes(server: RunningServer, person: Person, room: number, after: number) {
  const all: Change[] = []
  let [revision, more] = [after, true]
  while (more) {
    const path = `/rooms/${room}/changes?after=${revision}`
    const page = (await readJson(server, person, path)) as {
      events: Change[]
      revision: number
      more: boolean
    }
    all.push(...page.events)
    ;({ revision, more } = page)
  }
  return { events: all, revision }
}

/** Purges, kills the server meanwhile if wanted, and gives how long nobody was answered. */
async function purge({ server, olga, ben, mallory }: Scene, kills: boolean): Promise<number> {
  const socket = await openSocket(server, ben)
  let [longest, isPurging] = [0, true]
  const pinging = (async () => {
    for (; isPurging; await Bun.sleep(1)) {
      const at = performance.now()
      if (
        !(await socket.taken().then(
          () => true,
          () => false,
        ))
      )
        return
      longest = Math.max(longest, performance.now() - at)
    }
  })()
  const asked = actOn(server, olga, 'purge', mallory, { span: 'all', reason: 'Spam' })
  if (kills) {
    let isDone = false
    const ended = asked.catch(() => null).then(() => (isDone = true))
    await waitUntil(() => isDone || marksOf(server) > 0, 'the mark')
    await server.kill()
    await ended
    await server.restart()
  } else await asked
  await waitUntil(() => marksOf(server) === 0, 'the end of the purge', 300_000)
  isPurging = false
  await pinging
  await socket.close().catch(() => {})
  return Math.round(longest)
}

function marksOf(server: RunningServer): number {
  return countIn(server, 'SELECT count(*) AS n FROM purges')
}

function countIn({ data }: Pick<RunningServer, 'data'>, sql: string, ...values: number[]): number {
  using db = new Database(join(data, 'chatroom.db'), { readonly: true })
  return db.query<{ n: number }, number[]>(sql).get(...values)?.n ?? 0
}

/** What Ben gets wherever he looks. */
async function look({ server, canary, ben, rooms }: Scene) {
  const texts: string[] = []
  const get = async (path: string, headers: Record<string, string> = {}): Promise<void> => {
    const all = { Cookie: ben.cookie, 'Accept-Encoding': 'identity', ...headers }
    texts.push(await (await fetch(server.origin + path, { headers: all })).text())
  }
  const part = { 'HX-Request': 'true', Accept: 'text/html' }
  for (const room of rooms) {
    const path = `/rooms/${room}`
    for (const ending of ['', '?before=6', '/messages/3', '/settings', '/export.txt']) {
      await get(path + ending)
    }
    await get(`${path}/export.html?tz=UTC`)
    await get(`${path}/messages?before=9`, part)
    await get(`${path}/messages?after=0`, part)
    await get(`${path}/messages?limit=200`, { Accept: 'application/json' })
    await get(`${path}/changes?after=0`, part)
    await get(`${path}/changes?after=0`, { Accept: 'application/json' })
    texts.push(...(await resumed(server, ben, room)))
  }
  for (const word of [canary, letters, canary.slice(-8)]) {
    for (const headers of [{ Accept: 'application/json' }, part]) {
      const before = texts.length
      await get(`/search?q=${word}`, headers)
      // What was typed stands in the answer.
      const found = texts[before] ?? ''
      const hits = found.split(/class="hit"|"type":"message"/).length - 1
      texts[before] = hits > 0 ? canary : ''
    }
  }
  for (const path of ['/', '/rooms', '/rail', '/people?q=', '/invitations']) await get(path)
  return { answers: texts.length, hits: texts.filter((text) => text.includes(canary)).length }
}

/** What both kinds of sockets are sent to catch up. */
async function resumed(server: RunningServer, ben: Person, room: number): Promise<string[]> {
  const texts: string[] = []
  for (const subprotocol of ['chatroom.json', 'chatroom.html'] as const) {
    const socket = await openSocket(server, ben, { subprotocol })
    socket.resume(room, 0)
    // Of very many messages the page loads again.
    const isEnd = (item: Heard): boolean =>
      (item.type === 'caught_up' || item.type === 'reload') && item.room === room
    await socket.until(isEnd, 'the end')
    texts.push(JSON.stringify(socket.heard))
    await socket.close()
  }
  return texts
}

/** What a browser that was away still has of what it knew, when it has come back. */
async function lookIntoCopy({ server, canary, ben, rooms, copied }: Scene): Promise<number> {
  let hits = 0
  for (const room of rooms) {
    const known = new Map<number, string>()
    const kept = copied.get(room) ?? 0
    const { events } = await changes(server, ben, room, kept)
    // Everything that it kept was written before that revision.
    const gone = events.flatMap(({ type, seq }) => (type === 'message.removed' ? [seq] : []))
    for (const { seq = 0, content = '' } of events) known.set(seq, content)
    const canaries = countIn(
      server,
      'SELECT count(*) AS n FROM messages WHERE room_id = ?1 AND deleted_at IS NOT NULL',
      room,
    )
    hits += canaries - gone.length
    hits += [...known.values()].filter((text) => text.includes(canary)).length
  }
  return hits
}

/** The database itself: its texts, and what is left of reactions. */
function lookIntoRows({ server, mallory, canary }: Scene) {
  using db = new Database(join(server.data, 'chatroom.db'), { readonly: true })
  return {
    rowHits: textsWith(db, canary),
    reactionsLeft: countIn(
      server,
      `SELECT count(*) AS n FROM reactions JOIN messages USING (room_id, seq)
       WHERE author_id = ?1`,
      mallory,
    ),
    left: countIn(
      server,
      `SELECT count(*) AS n FROM messages
       WHERE author_id = ?1 AND system IS NULL AND deleted_at IS NULL`,
      mallory,
    ),
  }
}

/** Rows of all tables that have the canary in any column. */
function textsWith(db: Database, canary: string): number {
  const tables = db
    .query<{ name: string }, []>(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'`,
    )
    .all()
  const rows = tables.flatMap(({ name }) => db.query(`SELECT * FROM "${name}"`).values())
  return rows.filter((row) => JSON.stringify(row).includes(canary)).length
}

/** A new backup: its bytes, and the index of what is restored from it. */
async function lookIntoBackup({ server, canary }: Scene) {
  const place = makeFolder()
  const [backup, data] = [join(place, 'backup.tar'), join(place, 'restored')]
  for (const [kind, folder] of [
    ['backup', server.data],
    ['restore', data],
  ] as const) {
    const { code, err } = await runServer({ port: null, data: folder, flags: [kind, backup] })
    if (code !== 0) throw new Error(err)
  }
  using db = new Database(join(data, 'chatroom.db'), { readonly: true })
  const indexed = db
    .query<{ n: number }, [string]>('SELECT count(*) AS n FROM search WHERE search MATCH ?')
    .get(`"${letters.slice(0, 3)}"`)
  return {
    backupHits: readFileSync(backup).toString('latin1').split(canary).length - 1,
    indexHits: indexed?.n ?? 0,
  }
}

/** Files with the canary that are still on the disk. */
function countFiles({ server, canary }: Scene): number {
  const folder = join(server.data, 'files')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(canary)).length
}
