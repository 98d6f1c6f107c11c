import { SQL } from 'bun'
import { beforeAll, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { actOn, idOf } from '../helpers/acts'
import { answered } from '../helpers/answers'
import { history, openSocket, type Person, readJson, signIn } from '../helpers/client'
import { fetchAs, photo, postFiles, upload } from '../helpers/files'
import { becomeOwner } from '../helpers/owners'
import { sharedPostgres } from '../helpers/postgres'
import { letIn, makeRoom, openDirect } from '../helpers/rooms'
import { makeFolder } from '../helpers/folders'
import { type RunningServer, runServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'
import { describeOnPostgres } from '../store/postgres/databases'

/** A server on SQLite, whatever engine the other tests run on. */
const onSqlite = { CHATROOM_DATABASE: '' }
const onPostgres = (url: string) => ({ CHATROOM_DATABASE: url, CHATROOM_ACCEPT_LOSS: 'on' })

const place = makeFolder()
const old = join(place, 'old')
let [olga, mo, zed]: Person[] = []
let rooms: number[] = []
let file = ''
/** What its people saw when it was stopped. */
let before: object = {}

const is = (person: Person | undefined): Person => person ?? { nickname: '', cookie: '' }

/** Everything that two people see of a server. */
async function seenIn(server: RunningServer): Promise<object> {
  const all = [is(olga), is(mo)].map(async (person) => {
    const socket = await openSocket(server, person)
    await socket.close()
    const { user } = socket.hello
    // But for who is online just then.
    const listed = socket.hello.rooms.map((room) => ({ ...room, online: 0, checksum: 0 }))
    const texts = rooms.map((room) => history(server, person, room).catch(() => 'not a member'))
    const bytes = await (await fetchAs(server, person, file)).bytes()
    return { user, listed, texts: await Promise.all(texts), bytes: bytes.toHex() }
  })
  return Promise.all(all)
}

/** Runs a command; gives what it says at its end. */
function run(
  data: string,
  ...flags: string[]
): Promise<{ code: number; out: string; err: string }> {
  return runServer({ data: join(place, data), port: null, flags })
}

const createDatabase = async (): Promise<string> => (await sharedPostgres()).create()

beforeAll(async () => {
  const server = await startServer({ data: old, env: onSqlite })
  ;[olga, mo, zed] = [
    await signIn(server, 'Olga'),
    await signIn(server, 'Mo 梅'),
    await signIn(server, 'Zed'),
  ]
  await becomeOwner(server, is(olga))
  const harbour = await makeRoom(server, is(olga), 'Harbour', 'closed')
  await letIn(server, is(olga), harbour, is(mo))
  const direct = await openDirect(server, is(olga), await idOf(server, is(mo)))
  rooms = [1, harbour, direct]
  const socket = await openSocket(server, is(olga))
  for (const room of rooms) {
    for (const text of ['a lighthouse', 'two\nlines\tand \\N', '灯塔 @Mo 梅']) {
      await socket.post(room, crypto.randomUUID(), text)
    }
  }
  const emoji = { type: 'reaction.set', room: harbour, seq: 2, emoji: '🎉', active: true }
  await answered(socket, { ...emoji, client_id: crypto.randomUUID() })
  await socket.close()
  const sent = await upload(server, is(mo), photo.jpeg, { name: 'a.jpeg' })
  await postFiles(server, is(mo), harbour, crypto.randomUUID(), [sent.id])
  file = `/attachments/${sent.id}`
  await actOn(server, is(olga), 'ban', await idOf(server, is(zed)), { reason: 'noise' })
  before = await seenIn(server)
  const refused = await run('new', 'import', '--from', old, '--database', await createDatabase())
  const err = `A Chatroom is running on ${old}. Stop it, first.\n`
  expect(refused).toEqual({ code: 1, out: '', err })
  await server.stop()
})

describeOnPostgres('a server that is moved from SQLite to PostgreSQL', () => {
  const archive = join(place, 'moved.tar')
  let url = ''

  test('has everything, for people who are still signed in, and goes on from there', async () => {
    url = await createDatabase()
    const moved = await run('new', 'import', '--from', old, '--database', url)
    expect(moved.out).toStartWith('Imported 11 messages and 1 files (0.0 MB)')
    expect(moved.err).toMatch(/of files \(100 %\)\n\d+ of \d+ rows \(100 %\)\n$/)
    const again = await run('new', 'import', '--from', old, '--database', url)
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('There are people in') })
    await using server = await startServer({ data: join(place, 'new'), env: onPostgres(url) })
    expect(await seenIn(server)).toEqual(before)
    const found = async () => JSON.stringify(await readJson(server, is(mo), '/search?q=灯塔'))
    await waitUntil(async () => (await found()).split('"message"').length === 4, 'the index')
    // Who was banned has no session, and the name is not free.
    await expect(openSocket(server, is(zed))).rejects.toThrow()
    await expect(signIn(server, 'zed')).rejects.toThrow()
    const backedUp = await run('new', 'backup', archive, '--database', url)
    expect(backedUp.out).toStartWith('Backed up 11 messages and 1 files')
    await expectOperatorsLinks(server, url)
    const socket = await openSocket(server, is(mo))
    expect(await socket.post(1, crypto.randomUUID(), 'later')).toMatchObject({ type: 'accepted' })
    await socket.close()
    const used = await run('x', 'restore', archive, '--database', url)
    expect(used.err).toContain('There are people in the database')
  })

  test('comes back from a backup, on either engine', async () => {
    const other = await createDatabase()
    expect((await run('back', 'restore', archive)).out).toStartWith('Restored 11 messages')
    const again = await run('back-too', 'restore', archive, '--database', other)
    expect(again.out).toStartWith('Restored 11 messages and 1 files')
    expect(again.out).toEndWith(` into ${new URL(other).host}${new URL(other).pathname}.\n`)
    expect(existsSync(join(place, 'back-too', 'chatroom.db'))).toBe(false)
    for (const [data, env] of [
      ['back', onSqlite],
      ['back-too', onPostgres(other)],
    ] as const) {
      await using server = await startServer({ data: join(place, data), env })
      expect(await seenIn(server)).toEqual(before)
    }
  })

  test('keeps its files where they are, if that is their place already', async () => {
    const stays = await createDatabase()
    await using sql = new SQL(stays, { max: 1 })
    await sql.unsafe('SELECT 1')
    const busy = await run('old', 'import', '--from', old, '--database', stays)
    expect(busy.err).toMatch(/ is in use. Stop every Chatroom on it, first.\n$/)
    await sql.close()
    const moved = await run('old', 'import', '--from', old, '--database', stays)
    expect(moved).toMatchObject({ code: 0 })
    const start = (env: Record<string, string>) => startServer({ data: old, env })
    // With other rows it would remove files that it does not know.
    await expect(start(onSqlite)).rejects.toThrow('This Chatroom was moved')
    await using server = await start(onPostgres(stays))
    expect(await seenIn(server)).toEqual(before)
  })
})

/** The commands of the operator work beside the server. */
async function expectOperatorsLinks(server: RunningServer, url: string): Promise<void> {
  const env = onPostgres(url)
  const ask = async (...flags: string[]) =>
    runServer({ data: server.data, port: server.port, flags, env })
  for (const flags of [['owner'], ['way-back', 'mo 梅']]) {
    const { out } = await ask(...flags)
    const link = /\/(owner|way-back)\/[\w-]+/.exec(out)?.[0] ?? ''
    expect((await fetchAs(server, null, link)).status).toBe(200)
    expect((await fetchAs(server, null, `${link}x`)).status).toBe(404)
  }
  expect((await ask('way-back', 'zed')).err).toStartWith('“zed” is banned.')
}
