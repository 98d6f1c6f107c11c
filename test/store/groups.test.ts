import { expect, test } from 'bun:test'
import type { Room, Store, User } from '../../src/store/store'
import { openEngine } from './engine'
import { texts } from './finding'
import { append, join } from './people'
import { asMember } from './rooms'

async function openDisposable() {
  const engine = await openEngine(10)
  return { ...engine, [Symbol.asyncDispose]: () => engine.close() }
}

async function people(store: Store, count: number): Promise<User[]> {
  const names = Array.from({ length: count }, (_, n) => `P${n}`)
  const all = []
  for (const [n, name] of names.entries()) all.push(await join(store, name, n + 1))
  return all
}

async function group(store: Store, ...members: (User | undefined)[]): Promise<Room> {
  const ids = members.map((user) => user?.id ?? 0)
  const room = await store.rooms.group(ids, 5)
  if (room === null) throw new Error('no group')
  return room
}

test('the same people are the same conversation, which is named by them', async () => {
  await using engine = await openDisposable()
  const { store } = engine
  const [ada, bob, cara, eve] = await people(store, 4)
  const one = await group(store, ada, bob, cara)
  expect(one).toMatchObject({ kind: 'direct', name: 'P1, P2', pair: null, members: 3 })
  expect((await group(store, cara, ada, bob, cara)).id).toBe(one.id)
  expect((await group(store, ada, bob, eve)).id).not.toBe(one.id)
  const direct = await store.rooms.direct(ada?.id ?? 0, bob?.id ?? 0, 5)
  expect(direct).toMatchObject({ pair: [{ nickname: 'P0' }, { nickname: 'P1' }], group: null })
})

test('too few, too many, unknown people, and people who have left make no group', async () => {
  await using engine = await openDisposable()
  const { store } = engine
  const all = await people(store, 10)
  const ids = all.map(({ id }) => id)
  const wanted = [ids.slice(0, 2), [ids[0], ids[1], ids[0]], ids, [ids[0], ids[1], 999]]
  for (const some of wanted) expect(await store.rooms.group(some as number[], 5)).toBeNull()
  expect(await store.rooms.group(ids.slice(0, 9), 5)).toMatchObject({ members: 9 })
  await store.sessions.leave(new Uint8Array(32).fill(10), 6)
  expect(await store.rooms.group([ids[0] ?? 0, ids[1] ?? 0, ids[9] ?? 0], 7)).toBeNull()
})

test('a group appears with its first message, and is for its people only', async () => {
  await using engine = await openDisposable()
  const { store } = engine
  const [ada, bob, cara, eve] = await people(store, 4)
  if (ada === undefined || bob === undefined || cara === undefined || eve === undefined)
    throw new Error('four people')
  const room = await group(store, ada, bob, cara)
  const listed = async ({ id }: User) =>
    (await store.rooms.ofUser(id, 9, null)).map((one) => one.id)
  expect(await listed(bob)).toEqual([1])
  const said = { room: room.id, clientId: 'a', content: 'lanterns at eight' }
  expect(await append(store, ada, said)).toMatchObject({
    status: 'accepted',
    begins: [ada.id, bob.id, cara.id],
    message: { recipient: null },
  })
  expect(await append(store, bob, { ...said, clientId: 'b' })).not.toHaveProperty('begins')
  expect(await listed(cara)).toEqual([1, room.id])
  // As in a conversation of two, each message is for its reader.
  expect(await store.rooms.find(cara.id, room.id)).toMatchObject({ unread: 2, mentions: 2 })
  expect(await append(store, eve, { ...said, clientId: 'c' })).toMatchObject({
    code: 'room_missing',
  })
  expect(await store.rooms.find(eve.id, room.id)).toBeNull()
  await engine.indexed()
  expect(await texts(store, cara, 'lanterns')).toHaveLength(2)
  expect(await texts(store, eve, 'lanterns')).toEqual([])
  const own = await store.rooms.own(bob.id, { part: 'p2', after: null, limit: 9 })
  expect(own).toMatchObject([{ id: room.id, name: 'P0, P2', other: null }])
  // Nobody is more than a member there.
  expect(await store.rooms.remove(asMember(room, ada), bob.id, 9)).toEqual({ refused: 'host_only' })
  const invited = await store.invitations.invite(asMember(room, ada), [eve.id], '', 9)
  expect(invited).toEqual({ refused: 'room_missing' })
})

test('the others go on when somebody leaves, and the same people begin a new one', async () => {
  await using engine = await openDisposable()
  const { store } = engine
  const [ada, bob, cara] = await people(store, 3)
  if (ada === undefined || bob === undefined || cara === undefined) throw new Error('three people')
  const room = await group(store, ada, bob, cara)
  await append(store, ada, { room: room.id, clientId: 'a', content: 'before' })
  expect(await store.rooms.leave(asMember(room, cara), 9)).toEqual({ heir: null })
  expect(await store.rooms.find(cara.id, room.id)).toBeNull()
  expect(await store.rooms.find(ada.id, room.id)).toMatchObject({ name: 'P1', members: 2 })
  const again = await group(store, ada, bob, cara)
  expect(again.id).not.toBe(room.id)
  expect(await store.messages.before(again, null, 9)).toEqual([])
  // A conversation of two cannot be left.
  const direct = await store.rooms.direct(ada.id, bob.id, 9)
  expect(await store.rooms.leave(asMember(direct ?? room, ada), 9)).toBeNull()
})
