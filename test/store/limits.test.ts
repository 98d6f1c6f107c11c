import { expect, test } from 'bun:test'
import { openStore } from '../../src/store/sqlite/sqlite'
import type { Store } from '../../src/store/store'
import { makeFolder, removeFolder } from '../helpers/server'
import { rules } from './engine'
import { append, join, placeOf } from './people'
import { asMember, make, newRoom } from './rooms'

const roomLimits = { all: 6, perPerson: 3, conversationsPerPerson: 2, emptyPerPerson: 2 }

async function withLimits(work: (store: Store) => Promise<void>): Promise<void> {
  const folder = makeFolder()
  const store = openStore({ folder, ...rules, roomLimits, now: () => 1 })
  if ('problem' in store) throw new Error(store.problem)
  try {
    await work(store)
  } finally {
    await store.close()
    removeFolder(folder)
  }
}

test('a server has only so many rooms, whoever makes them', () =>
  withLimits(async (store) => {
    const people = await Promise.all([1, 2, 3].map((n) => join(store, `P${n}`, n)))
    const made: string[] = []
    for (const [n, person] of [...people, ...people].entries()) {
      const room = await store.rooms.create(newRoom(person, `R${n}`))
      made.push('refused' in room ? room.refused : 'made')
    }
    expect(made).toEqual([...['made', 'made', 'made', 'made', 'made'], 'rooms_full'])
  }))

test('a person is in only so many rooms, and nobody puts them into more', () =>
  withLimits(async (store) => {
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const rooms = []
    for (const name of ['Tea', 'Milk']) rooms.push(await make(store, ada, name, 'closed'))
    const open = await make(store, bob, 'Open')
    const other = await make(store, bob, 'Other')
    const [first, second] = rooms
    if (first === undefined || second === undefined) throw new Error('two rooms')
    expect(await store.rooms.invite(asMember(first, ada), bob.id, 9)).toEqual({
      refused: 'their_rooms_full',
    })
    expect(await store.rooms.find(bob.id, first.id)).toBeNull()
    expect(await store.rooms.join(ada.id, open.id, 9)).toEqual({ refused: 'own_rooms_full' })
    expect(await store.rooms.create(newRoom(ada, 'More'))).toEqual({ refused: 'own_rooms_full' })
    await store.rooms.leave(asMember(other, bob), 9)
    expect(await store.rooms.invite(asMember(first, ada), bob.id, 9)).toMatchObject({
      id: first.id,
    })
  }))

test('a person has only so many conversations, also when all begin at once', () =>
  withLimits(async (store) => {
    const people = await Promise.all([1, 2, 3, 4].map((n) => join(store, `P${n}`, n)))
    const [ada, ...others] = people
    if (ada === undefined) throw new Error('four people')
    const batch = []
    for (const other of others) {
      const room = (await store.rooms.direct(other.id, ada.id, 1))?.id ?? 0
      batch.push({ room, author: other.id, clientId: `c${other.id}`, content: 'hello' })
    }
    const rest = { replyTo: null, mentions: [], attachments: [], writtenIn: null, createdAt: 1 }
    const outcomes = await store.messages.append(batch.map((one) => ({ ...one, ...rest })))
    expect(outcomes.map(placeOf)).toEqual([1, 1, 'conversations_full'])
    expect(await store.rooms.count(ada.id)).toBe(3)
    const [known] = batch
    expect(placeOf(await append(store, ada, { room: known?.room ?? 0, clientId: 'a' }))).toBe(2)
  }))

test('rooms in which nothing was said make way for new ones of the same person', () =>
  withLimits(async (store) => {
    const people = await Promise.all([1, 2, 3, 4].map((n) => join(store, `P${n}`, n)))
    const [ada, bob, ...others] = people
    if (ada === undefined || bob === undefined) throw new Error('four people')
    const opened = []
    for (const other of [bob, ...others]) {
      opened.push((await store.rooms.direct(ada.id, other.id, 1))?.id ?? 0)
    }
    const found = await Promise.all(opened.map((id) => store.rooms.find(ada.id, id)))
    expect(found.map((room) => room !== null)).toEqual([false, true, true])
    expect(await store.rooms.count(bob.id)).toBe(1)
    expect(await store.rooms.direct(bob.id, ada.id, 2)).not.toBeNull()
  }))
