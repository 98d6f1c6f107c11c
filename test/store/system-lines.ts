import { expect } from 'bun:test'
import type { Message, Room, Store, User } from '../../src/store/store'
import type { Within } from './contract'
import { append, hash, join, newUser, placeOf, say } from './people'
import { asMember, letIn, make } from './rooms'

const minute = 60_000

/** What the contract says of lines such as "Bob joined". */
export function testSystemLines(within: Within): void {
  testTelling(within)
  testNicknames(within)
  testTogether(within)
  testTransactions(within)
  testNoMessages(within)
  testChoice(within)
}

function testTelling(within: Within): void {
  within('lines tell who joins, is invited, leaves and is removed, in order', async (engine) => {
    const { store } = engine
    const { ada, bob, eve, room } = await settle(store)
    await store.rooms.join(bob.id, room.id, 1_000)
    await letIn(store, bob, room, eve, 10 * minute)
    await store.rooms.leave(asMember(room, bob), 11 * minute)
    await store.rooms.remove(asMember(room, ada), eve.id, 12 * minute)
    expect(told(await read(store, ada, room))).toEqual([
      '1 Bob joined Bob',
      '2 Eve joined Eve by Bob',
      '3 Bob left Bob',
      '4 Ada removed Eve',
    ])
    expect(told(await store.systemLines.take())).toEqual(told(await read(store, ada, room)))
    expect(await store.systemLines.take()).toEqual([])
  })

  within('a new name or topic is told of with the old one; the same is not', async ({ store }) => {
    const { ada, room } = await settle(store)
    const owner = asMember(room, ada)
    const named = (name: string) => ({ name, folded: name, skeleton: name })
    await store.rooms.change(owner, named('port'), 'Ships', 1_000)
    await store.rooms.change(owner, named('port'), 'Ships', 2_000)
    await store.rooms.change(owner, named('general'), 'Boats', 3_000)
    expect(told(await read(store, ada, room))).toEqual([
      '1 Ada renamed Tea→port',
      '2 Ada topic →Ships',
    ])
    // Within five minutes a line says where it ended; and nothing, back where it began.
    await store.rooms.change(owner, named('quay'), 'Boats', 4_000)
    expect(told(await read(store, ada, room))).toEqual([
      '1 Ada renamed Tea→quay',
      '2 Ada topic →Boats',
    ])
    await store.rooms.change(owner, named('Tea'), null, 5_000)
    expect(told(await read(store, ada, room))).toEqual(['2 Ada topic →Boats'])
    const now = await store.rooms.find(ada.id, room.id)
    if (now === null) throw new Error('Ada is in the room')
    const { messages } = await store.messages.changesAfter(now, 4, 99, 1e6)
    expect(messages.map(({ seq, deletedAt }) => [seq, deletedAt])).toEqual([[1, 5_000]])
  })
}

function testNicknames(within: Within): void {
  within('a new nickname is told of where its person spoke lately only', async ({ store }) => {
    const { ada, bob, room } = await settle(store)
    const quiet = await make(store, ada, 'Quiet')
    const long = await make(store, ada, 'Long ago')
    await append(store, ada, { room: room.id, clientId: 'a' })
    await append(store, ada, { room: long.id, clientId: 'b' })
    await store.rooms.join(bob.id, long.id, 1_000)
    const since = Array.from({ length: 300 }, (_, n) => `since-${n}`)
    for (const clientId of since) await append(store, bob, { room: long.id, clientId })
    const direct = await store.rooms.direct(ada.id, bob.id, 1)
    await append(store, ada, { room: direct?.id ?? 0, clientId: 'c' })
    await store.systemLines.take()
    const { createdAt: _, ...profile } = newUser('Anna')
    await store.users.change(hash(1), profile, 2_000)
    await store.users.change(hash(1), { ...profile, avatar: 'boat' }, 3_000)
    const lines = await store.systemLines.take()
    expect(lines.map((line) => line.room)).toEqual([room.id])
    expect(told(lines)).toEqual(['2 Anna nickname Ada→Anna'])
    expect(told(await read(store, ada, quiet))).toEqual([])
  })
}

function testTogether(within: Within): void {
  within('who follows within five minutes waits, and all of them are one line', async (engine) => {
    const { store } = engine
    const { ada, room } = await settle(store)
    const crowd = await Promise.all(
      Array.from({ length: 60 }, (_, n) => join(store, `Guest ${n}`, 100 + n)),
    )
    for (const [n, { id }] of crowd.entries()) await store.rooms.join(id, room.id, 1_000 + n)
    await say(store, ada, 'meanwhile')
    const before = await store.rooms.head(ada.id, room.id)
    expect(before?.revision).toBe(1)
    await store.systemLines.take()
    await store.systemLines.gather()
    const [line, ...others] = await store.systemLines.take()
    expect(others).toEqual([])
    expect(line).toMatchObject({ seq: 1, revision: 2, system: { kind: 'joined', count: 60 } })
    expect(line?.system?.people.map(({ nickname }) => nickname)).toEqual(
      crowd.slice(0, 20).map(({ nickname }) => nickname),
    )
    // Nobody waits any more.
    await store.systemLines.gather()
    expect(await store.systemLines.take()).toEqual([])
    const late = await join(store, 'Late', 99)
    await store.rooms.join(late.id, room.id, 1_000 + 5 * minute)
    expect(told(await store.systemLines.take())).toEqual(['3 Late joined Late'])
  })

  within('who comes and goes twice is told of twice', async ({ store }) => {
    const { ada, bob, eve, room } = await settle(store)
    for (const person of [eve, bob]) await store.rooms.join(person.id, room.id, 1_000)
    await store.rooms.leave(asMember(room, bob), 2_000)
    await store.rooms.join(bob.id, room.id, 3_000)
    await store.rooms.leave(asMember(room, bob), 4_000)
    await store.systemLines.gather()
    expect(told(await read(store, ada, room))).toEqual([
      '1 Eve joined Eve+Bob',
      '2 Bob left Bob',
      '4 Bob joined Bob',
      '5 Bob left Bob',
    ])
  })

  within('those who wait are told of after a restart, too', async (engine) => {
    const { ada, bob, eve, room } = await settle(engine.store)
    for (const person of [eve, bob]) await engine.store.rooms.join(person.id, room.id, 1_000)
    const store = await engine.reopen()
    await store.systemLines.gather()
    expect(told(await store.systemLines.take())).toEqual(['1 Eve joined Eve+Bob'])
    expect(told(await read(store, ada, room))).toEqual(['1 Eve joined Eve+Bob'])
  })
}

function testTransactions(within: Within): void {
  within('an act whose line cannot be written does not happen', async (engine) => {
    const { store } = engine
    const { ada, bob, eve, room } = await settle(store)
    const owner = asMember(room, ada)
    await store.rooms.join(eve.id, room.id, 1_000)
    await append(store, ada, { room: room.id, clientId: 'a' })
    await store.invitations.invite(owner, [bob.id], '', 1_000)
    await store.systemLines.take()
    const seen = (): Promise<unknown> =>
      Promise.all([store.rooms.find(ada.id, room.id), store.rooms.find(eve.id, room.id)])
    const before = await seen()
    await engine.breakLines()
    const { createdAt: _, ...profile } = newUser('Anna')
    const acts = [
      () => store.rooms.join(bob.id, room.id, 2_000),
      () => store.rooms.join(bob.id, room.id, 9 * minute),
      () => store.rooms.accept(bob.id, room.id, 9 * minute),
      () => store.rooms.leave(asMember(room, eve), 9 * minute),
      () => store.rooms.remove(owner, eve.id, 9 * minute),
      () => store.rooms.change(owner, { name: 'x', folded: 'x', skeleton: 'x' }, null, 9 * minute),
      () => store.rooms.change(owner, null, 'Ships', 9 * minute),
      () => store.users.change(hash(1), profile, 9 * minute),
    ]
    for (const act of acts) await expect(act()).rejects.toThrow('planted')
    expect(await seen()).toEqual(before)
    expect(await store.rooms.find(bob.id, room.id)).toBeNull()
    expect((await store.users.find(ada.id))?.nickname).toBe('Ada')
    expect(await store.systemLines.take()).toEqual([])
  })

  within('what was refused is not told of', async ({ store }) => {
    const { ada, bob, room } = await settle(store)
    const stranger = asMember(room, bob)
    await store.rooms.leave(stranger, 1)
    await store.rooms.remove(stranger, ada.id, 1)
    await store.rooms.change(stranger, null, 'Ships', 1)
    await store.rooms.join(bob.id, 999, 1)
    await store.invitations.invite(stranger, [bob.id], '', 1)
    await store.rooms.accept(bob.id, room.id, 1)
    await store.rooms.join(ada.id, room.id, 1)
    expect(await store.systemLines.take()).toEqual([])
    expect(await read(store, ada, room)).toEqual([])
  })
}

function testNoMessages(within: Within): void {
  within('a line is not edited, deleted, reacted to or answered, nor found', async (engine) => {
    const { store } = engine
    const { ada, bob, room } = await settle(store)
    await store.rooms.join(bob.id, room.id, 1_000)
    const place = { room: room.id, seq: 1, at: 9 }
    const missing = { status: 'refused', code: 'message_missing' } as const
    const emoji = { emoji: '🎉', isActive: true, kindsMax: 9, reactionsMax: 9 }
    const edit = { ...place, author: bob.id, content: 'x', mentions: () => [] }
    expect(await store.messages.edit(edit)).toEqual(missing)
    for (const user of [ada.id, bob.id]) {
      expect(await store.messages.remove({ ...place, user })).toEqual(missing)
      expect(await store.messages.react({ ...place, user, ...emoji })).toEqual(missing)
    }
    const answer = await append(store, ada, { room: room.id, clientId: 'a', replyTo: 1 })
    expect(placeOf(answer)).toBe('reply_missing')
    await append(store, ada, { room: room.id, clientId: 'b', content: 'found' })
    for (const isIndexed of [false, true]) {
      if (isIndexed) await engine.indexed()
      const query = { ...everything, user: ada.id, room: room.id }
      const byBob = await store.search({ ...query, sender: bob.id })
      expect(byBob).toMatchObject({ hits: [] })
      const found = await store.search(query)
      expect(found).toMatchObject({ hits: [{ before: null, after: null }] })
    }
  })

  within('a line is not unread, counts as no message, and moves no room', async ({ store }) => {
    const { ada, bob, eve, room } = await settle(store)
    const other = await make(store, ada, 'Other')
    await append(store, ada, { room: other.id, clientId: 'a', createdAt: 50 })
    const order = async (): Promise<number[]> => {
      const rooms = await store.rooms.own(ada.id, { part: '', after: null, limit: 9 })
      return rooms.map(({ id }) => id)
    }
    const [before, count] = [await order(), await store.measure(room, ada.id)]
    await store.rooms.join(bob.id, room.id, 9 * minute)
    await store.rooms.change(asMember(room, bob), null, 'Ships', 9 * minute)
    await store.rooms.leave(asMember(room, bob), 9 * minute)
    const after = { unread: 0, unreadSince: null, mentions: 0, revision: 3 }
    expect(await store.rooms.find(ada.id, room.id)).toMatchObject(after)
    expect(await order()).toEqual(before)
    expect(await store.measure(room, ada.id)).toEqual({ ...count, revision: 3 } as typeof count)
    // A room where only lines are new is not among the first because of them.
    await store.rooms.join(eve.id, other.id, 9 * minute)
    await append(store, eve, { room: other.id, clientId: 'b', createdAt: 60 })
    const [first] = await store.rooms.ofUser(ada.id, 1, null)
    expect(first).toMatchObject({ id: other.id, unread: 1 })
  })
}

function testChoice(within: Within): void {
  within('a person chooses for each room whether they see who comes and goes', async (engine) => {
    const { store } = engine
    const { ada, room } = await settle(store)
    const member = asMember(room, ada)
    expect(room.showsComings).toBe(true)
    expect(await store.rooms.setNotify(member, null, false)).toBeNull()
    const seen = { showsComings: false, notify: 'mentions' }
    expect(await store.rooms.find(ada.id, room.id)).toMatchObject(seen)
    expect(await store.rooms.setNotify(member, 'all', null)).toBeNull()
    expect(await store.rooms.find(ada.id, room.id)).toMatchObject({ ...seen, notify: 'all' })
  })
}

const everything = {
  words: [],
  sender: null,
  room: null,
  since: null,
  until: null,
  has: [],
  after: null,
  limit: 9,
}

/** A room of Ada's, in which Bob and Eve are not yet. */
async function settle(store: Store) {
  const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
  const eve = await join(store, 'Eve', 3)
  return { ada, bob, eve, room: await make(store, ada, 'Tea') }
}

async function read(store: Store, reader: User, { id }: Room): Promise<Message[]> {
  const room = await store.rooms.find(reader.id, id)
  return room === null ? [] : store.messages.before(room, null, 99)
}

/** Lines in short: `1 Bob joined Bob by Ada`. */
function told(messages: Message[]): string[] {
  return messages.flatMap(({ seq, sender, system }) => {
    if (system === null) return []
    const { kind, people, from, to } = system
    const names = people.map(({ nickname, by }) =>
      by === null ? nickname : `${nickname} by ${by.nickname}`,
    )
    const what = people.length > 0 ? names.join('+') : `${from}→${to}`
    return `${seq} ${sender.nickname} ${kind} ${what}`
  })
}
