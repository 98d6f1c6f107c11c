import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { nameRules } from '../../src/chat/people/name'
import type { Room, Store, User } from '../../src/store/store'
import { makeFolder } from '../helpers/folders'
import { open, openEngine } from './engine'
import { uploaded } from './attachments'
import { texts } from './finding'
import { append, join as enter, placeOf } from './people'
import { asMember, letIn, make, newRoom } from './rooms'

const first = 1

async function openDisposable() {
  const engine = await openEngine(10)
  return { ...engine, [Symbol.asyncDispose]: () => engine.close() }
}

const by = (user: User) => ({ userId: user.id })

/** Every fact of a room that a change may give. */
const seen = async (store: Store, user: User, room: number) => {
  const { name, kind, archivedAt, rank } = (await store.rooms.find(user.id, room)) ?? {}
  return { name, kind, archivedAt, rank }
}

test('a room is made public where no public room has its name, and keeps its members', async () => {
  await using engine = await openDisposable()
  const { store } = engine
  const [ada, bob, eve] = await three(store)
  const room = await make(store, ada, 'Tea', 'closed')
  await letIn(store, ada, room, bob)
  const lookAlike = { ...newRoom(eve, 'Tеa'), ...nameRules.ofRoom('Tеa') }
  const other = await store.rooms.create(lookAlike)
  if ('refused' in other) throw new Error(other.refused)
  const { setKind } = store.roomLife
  expect(await setKind(by(bob), room.id, 'open', 9)).toEqual({ refused: 'host_only' })
  expect(await setKind(by(eve), room.id, 'open', 9)).toEqual({ refused: 'room_missing' })
  // The other name has a Cyrillic letter.
  expect(await setKind(by(ada), room.id, 'open', 9)).toEqual({ refused: 'room_name_taken' })
  expect(await setKind(by(eve), other.id, 'closed', 9)).toMatchObject({ kind: 'closed' })
  expect(await setKind(by(ada), room.id, 'open', 9)).toMatchObject({ kind: 'open', name: 'Tea' })
  expect(await setKind(by(eve), other.id, 'open', 9)).toEqual({ refused: 'room_name_taken' })
  expect(await store.rooms.create(newRoom(eve, 'tea'))).toEqual({ refused: 'room_name_taken' })
  expect(await store.rooms.join(eve.id, room.id, 9)).toMatchObject({ isNew: true })
  expect(await setKind(by(ada), room.id, 'closed', 9)).toMatchObject({ kind: 'closed' })
  expect(await seen(store, eve, room.id)).toMatchObject({ kind: 'closed', rank: 'member' })
  expect(await store.rooms.open(eve.id, { part: 'tea', after: null, limit: 9 })).toEqual([])
})

test('the first room stays what it is, whoever asks', async () => {
  await using engine = await openDisposable()
  const { store } = engine
  const [ada] = await three(store)
  asRole(engine.folder, ada, 'owner')
  const { archive, setKind } = store.roomLife
  const refused = { refused: 'first_room' as const }
  expect(await setKind(by(ada), first, 'closed', 9)).toEqual(refused)
  expect(await archive(by(ada), first, true, 9)).toEqual(refused)
  expect(await store.roomLife.delete(by(ada), first, 'general', 9)).toEqual(refused)
})

test('there are several hosts, and the last one stays until another one is made', async () => {
  await using engine = await openDisposable()
  const { store } = engine
  const [ada, bob, eve] = await three(store)
  const room = await make(store, ada, 'Tea')
  await store.rooms.join(bob.id, room.id, 2)
  const set = (actor: User, user: User, isHost: boolean) =>
    store.roomLife.setHost(by(actor), room.id, { user: user.id, isHost }, 9)
  expect(await set(bob, bob, true)).toEqual({ refused: 'host_only' })
  expect(await set(ada, eve, true)).toEqual({ refused: 'person_missing' })
  expect(await set(ada, ada, false)).toEqual({ refused: 'host_needed' })
  expect(await set(ada, bob, true)).toEqual({ isNew: true })
  expect(await set(ada, bob, true)).toEqual({ isNew: false })
  expect(await store.users.hostsOf(room)).toEqual([ada.id, bob.id])
  const [line] = await store.systemLines.take().then((lines) => lines.slice(-1))
  expect(line?.system).toMatchObject({ kind: 'host', people: [{ id: bob.id }] })
  // A host who leaves makes nobody else one while another host is there.
  await store.rooms.join(eve.id, room.id, 3)
  expect(await store.rooms.leave(asMember(room, ada), 9)).toEqual({ heir: null })
  expect(await store.rooms.leave(asMember(room, bob), 9)).toEqual({
    heir: { room: room.id, user: eve.id },
  })
})

test('an archived room is listed as one, and is reopened by its hosts', async () => {
  await using engine = await openDisposable()
  const { store } = engine
  const [ada, bob] = await three(store)
  const room = await make(store, ada, 'Tea')
  await store.rooms.join(bob.id, room.id, 2)
  expect(await store.roomLife.archive(by(bob), room.id, true, 9)).toEqual({ refused: 'host_only' })
  expect(await store.roomLife.archive(by(ada), room.id, true, 9)).toMatchObject({ archivedAt: 9 })
  expect(await seen(store, bob, room.id)).toMatchObject({ archivedAt: 9 })
  const listed = async (isArchived: boolean) => {
    const rooms = await store.rooms.open(bob.id, { part: '', after: null, limit: 9, isArchived })
    return rooms.map(({ name }) => name)
  }
  expect(await listed(false)).toEqual(['general'])
  expect(await listed(true)).toEqual(['Tea'])
  expect(await store.roomLife.archive(by(ada), room.id, false, 9)).toMatchObject({
    archivedAt: null,
  })
  expect(await listed(false)).toContain('Tea')
})

test('of a deleted room nothing is left, also when the process ends meanwhile', async () => {
  await using engine = await openDisposable()
  let { store } = engine
  const [ada, bob, eve] = await three(store)
  const room = await make(store, ada, 'Harbour')
  await store.rooms.join(bob.id, room.id, 2)
  await store.invitations.invite(asMember(room, ada), [eve.id], '', 3)
  await store.invitations.decline(eve.id, room.id, 3)
  await fill(store, room, ada, bob)
  await engine.indexed()
  const { delete: remove } = store.roomLife
  expect(await remove(by(bob), room.id, 'Harbour', 9)).toEqual({ refused: 'host_only' })
  expect(await remove(by(ada), room.id, 'harbour', 9)).toEqual({ refused: 'room_name_differs' })
  expect(await remove(by(ada), room.id, '#Harbour', 9)).toEqual({
    name: 'Harbour',
    uninvited: [eve.id],
    isReported: false,
  })
  // Its name is free at once, and nobody comes in.
  expect(await store.rooms.join(eve.id, room.id, 9)).toEqual({ refused: 'room_missing' })
  await make(store, eve, 'Harbour')
  expect(await store.roomLife.dropMembers(room.id)).toEqual([ada.id, bob.id])
  expect(await store.rooms.find(ada.id, room.id)).toBeNull()
  expect(await store.roomLife.erase()).toMatchObject({ isLast: false })

  // A copy that is taken then is whole, and is looked through as it is opened.
  const copy = await copyOf(engine.folder)
  await copy.close()
  store = await engine.reopen()
  const files = []
  for (
    let part = await store.roomLife.erase();
    part !== null;
    part = await store.roomLife.erase()
  ) {
    files.push(...part.files)
    store = await engine.reopen()
  }
  expect(files).toEqual([uploaded(1, 7).id])
  const db = new Database(join(engine.folder, 'chatroom.db'), { readonly: true })
  const ofRooms = db.query<{ table: string }, []>(
    `SELECT tables.name AS "table" FROM sqlite_schema AS tables
       JOIN pragma_table_info(tables.name) AS columns ON columns.name = 'room_id'
     WHERE tables.type = 'table' AND tables.name <> 'acts'`,
  )
  for (const { table } of ofRooms.all()) {
    const left = db.query<{ n: number }, [number]>(
      `SELECT count(*) AS n FROM ${table} WHERE room_id = ?`,
    )
    expect([table, left.get(room.id)?.n]).toEqual([table, 0])
  }
  expect(db.query(`SELECT 1 FROM messages WHERE written_in = ?`).get(room.id)).toBeNull()
  // Also not marked as deleted in the index, which keeps this sign whole: no other one is near.
  const inIndex = `SELECT 1 FROM search_data WHERE instr(block, cast('灯' AS BLOB)) > 0`
  expect(db.query(inIndex).get()).toBeNull()
  expect(db.query('PRAGMA integrity_check').values()).toEqual([['ok']])
  expect(db.query(`SELECT 1 FROM rooms WHERE id = ?`).get(room.id)).toBeNull()
  expect(db.query(`SELECT act, room_name FROM acts`).values()).toEqual([['room.delete', 'Harbour']])
  db.close()
  // What is said next gets the ids of what was erased, and is found.
  await append(store, bob, { clientId: 'next', content: 'lanterns again' })
  await (await copyOf(engine.folder)).close()
  expect(await texts(store, bob, 'lanterns')).toEqual(['lanterns again'])
})

test('what one of two deletions erases is its own', async () => {
  await using engine = await openDisposable()
  const { store } = engine
  const [ada, bob] = await three(store)
  const [one, two] = [await make(store, ada, 'One'), await make(store, ada, 'Two')]
  await store.rooms.join(bob.id, one.id, 2)
  await fill(store, one, ada, bob)
  await append(store, ada, { room: two.id, clientId: 'kept', content: 'kept' })
  await store.roomLife.delete(by(ada), one.id, 'One', 9)
  while ((await store.roomLife.erase()) !== null);
  const kept = await store.rooms.find(ada.id, two.id)
  expect(kept === null ? [] : await store.messages.before(kept, null, 9)).toMatchObject([
    { content: 'kept' },
  ])
  const direct = await store.rooms.direct(ada.id, bob.id, 9)
  const notes = direct === null ? [] : await store.messages.before(direct, null, 9)
  expect(notes).toMatchObject([{ content: 'a note', writtenIn: null }])
})

/** Messages, mentions, reactions, a file and a private note. */
async function fill(store: Store, room: Room, ada: User, bob: User): Promise<void> {
  const direct = await store.rooms.direct(ada.id, bob.id, 5)
  const note = { room: direct?.id ?? 0, clientId: `note${room.id}`, content: 'a note' }
  await append(store, ada, { ...note, writtenIn: room.id })
  for (let n = 0; n < 120; n += 1) {
    const mentions = n % 3 === 0 ? [{ user: bob.id, start: 0, length: 3 }] : []
    const said = {
      room: room.id,
      clientId: `m${room.id}.${n}`,
      content: `lanterns 灯${n}`,
      mentions,
    }
    await append(store, ada, said)
  }
  const file = uploaded(ada.id, 7)
  await store.attachments.add(file)
  const withFile = { room: room.id, clientId: `file${room.id}`, attachments: [file.id] }
  expect(placeOf(await append(store, ada, withFile))).toBeNumber()
  const reaction = { room: room.id, seq: 122, user: bob.id, emoji: '🎉', isActive: true }
  await store.messages.react({ ...reaction, at: 9, kindsMax: 9, reactionsMax: 9 })
}

/** Opens a copy of a database that is in use. */
async function copyOf(folder: string): Promise<Store> {
  const copy = makeFolder()
  await cp(folder, copy, { recursive: true, filter: (path) => !path.endsWith('/lock') })
  return open(copy)
}

async function three(store: Store): Promise<[User, User, User]> {
  return [await enter(store, 'Ada', 1), await enter(store, 'Bob', 2), await enter(store, 'Eve', 3)]
}

function asRole(folder: string, user: User, role: string): void {
  using db = new Database(join(folder, 'chatroom.db'))
  db.query('UPDATE users SET role = ? WHERE id = ?').run(role, user.id)
}
