import { expect, test } from 'bun:test'
import { openStore } from '../../src/store/sqlite/sqlite'
import type { Room, Store, User } from '../../src/store/store'
import { makeFolder, removeFolder } from '../helpers/folders'
import { rules } from './engine'
import { append, join, placeOf } from './people'
import { asMember, letIn, make, newRoom } from './rooms'

const roomLimits = {
  ...{ all: 6, perPerson: 3, conversationsPerPerson: 2, emptyPerPerson: 2 },
  ...{ invitationsPerPerson: 3, invitationsPerInviter: 4 },
}

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
    expect(await letIn(store, ada, first, bob)).toEqual({ refused: 'own_rooms_full' })
    expect(await store.rooms.find(bob.id, first.id)).toBeNull()
    expect(await store.rooms.join(ada.id, open.id, 9)).toEqual({ refused: 'own_rooms_full' })
    expect(await store.rooms.create(newRoom(ada, 'More'))).toEqual({ refused: 'own_rooms_full' })
    await store.rooms.leave(asMember(other, bob), 9)
    // The invitation was kept.
    expect(await store.rooms.accept(bob.id, first.id, 9)).toMatchObject({ isNew: true })
  }))

test('of invitations that wait, a person has only so many, and so has who made them', () =>
  withLimits(async (store) => {
    const people = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => join(store, `P${n}`, n)))
    const [ada, bob, eve, ...others] = people
    if (ada === undefined || bob === undefined || eve === undefined) throw new Error('six people')
    const outcomes = async (by: User, room: Room, users: User[]): Promise<unknown[]> => {
      const ids = users.map(({ id }) => id)
      const found = await store.invitations.invite(asMember(room, by), ids, '', 9)
      return 'refused' in found ? [found.refused] : found.map(({ outcome }) => outcome)
    }
    const [tea, milk] = [await make(store, ada, 'Tea'), await make(store, ada, 'Milk')]
    const [own, sweets] = [await make(store, bob, 'Own'), await make(store, bob, 'Sweets')]
    expect(await outcomes(ada, tea, [eve, bob])).toEqual(['invited', 'invited'])
    expect(await outcomes(ada, milk, [eve, bob, ...others])).toEqual([
      ...['invited', 'invited', 'own_invitations_full'],
      ...['own_invitations_full', 'own_invitations_full'],
    ])
    expect(await outcomes(bob, own, [eve])).toEqual(['invited'])
    expect(await outcomes(bob, sweets, [eve, ada])).toEqual(['invitations_full', 'invited'])
    await store.invitations.decline(eve.id, tea.id, 10)
    expect(await outcomes(bob, sweets, [eve])).toEqual(['invited'])
    // Nobody learns of a no by what they may do then.
    expect(await outcomes(ada, milk, others)).toEqual(others.map(() => 'own_invitations_full'))
  }))

test('of many invitations that are accepted at once, as many succeed as there is room for', () =>
  withLimits(async (store) => {
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const rooms = [await make(store, ada, 'Tea'), await make(store, ada, 'Milk')]
    // Bob is in the first room, so one more is left to him.
    await make(store, bob, 'Own')
    for (const room of rooms) await store.invitations.invite(asMember(room, ada), [bob.id], '', 9)
    const answers = await Promise.all(rooms.map(({ id }) => store.rooms.accept(bob.id, id, 10)))
    expect(answers.map((answer) => ('refused' in answer ? answer.refused : 'joined'))).toEqual([
      'joined',
      'own_rooms_full',
    ])
    expect(await store.invitations.count(bob.id)).toBe(1)
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
