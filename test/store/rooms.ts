import { expect } from 'bun:test'
import type { Joined, Member, Message, NewRoom, Room, Store, User } from '../../src/store/store'
import { chooseSeed, createRandom } from '../helpers/random'
import type { Within } from './contract'
import { anything } from './finding'
import { append, join, roomOf, say } from './people'

export function newRoom(owner: User, name: string, kind: NewRoom['kind'] = 'open'): NewRoom {
  const folded = name.toLowerCase()
  return { kind, name, folded, skeleton: folded, topic: '', host: owner.id, createdAt: 5 }
}

export function asMember({ id }: Pick<Room, 'id'>, user: User): Member {
  return { roomId: id, userId: user.id }
}

const everything = { part: '', after: null, limit: 99 }
const taken = { refused: 'room_name_taken' as const }

export async function make(
  store: Store,
  owner: User,
  name: string,
  kind?: NewRoom['kind'],
): Promise<Room> {
  const room = await store.rooms.create(newRoom(owner, name, kind))
  if ('refused' in room) throw new Error(`${name} is taken`)
  return room
}

/** One asks, the other accepts. */
export async function letIn(
  store: Store,
  by: User,
  room: Pick<Room, 'id'>,
  guest: User,
  at = 2,
): Promise<Joined | { refused: string }> {
  await store.invitations.invite(asMember(room, by), [guest.id], '', at)
  return store.rooms.accept(guest.id, room.id, at)
}

export function testRooms(within: Within): void {
  testMaking(within)
  testComing(within)
  testChanging(within)
  testMentions(within)
  testPrivateNotes(within)
  testTellingOfPlaces(within)
}

function testMaking(within: Within): void {
  within('how far a room has come is told to those in it, and to nobody else', async (engine) => {
    const { store } = engine
    const [ada, eve] = [await join(store, 'Ada', 1), await join(store, 'Eve', 2)]
    const room = await make(store, ada, 'Tea', 'closed')
    await append(store, ada, { room: room.id, clientId: 'a' })
    expect(await store.rooms.head(ada.id, room.id)).toEqual({
      id: room.id,
      revision: 1,
      pair: null,
    })
    expect(await store.rooms.head(eve.id, room.id)).toBeNull()
    expect(await store.rooms.head(ada.id, 999)).toBeNull()
    const direct = await store.rooms.direct(ada.id, eve.id, 1)
    const known = await store.rooms.head(eve.id, direct?.id ?? 0)
    expect(known?.pair?.map(({ nickname }) => nickname)).toEqual(['Eve', 'Ada'])
  })

  within('a room has its maker for owner, and an open name is held once', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    const room = await make(store, ada, 'Tea')
    expect(room).toMatchObject({
      name: 'Tea',
      kind: 'open',
      rank: 'host',
      revision: 0,
      pair: null,
    })
    expect(await store.rooms.create(newRoom(ada, 'TEA'))).toEqual(taken)
    expect(await store.rooms.create({ ...newRoom(ada, 'Другой'), skeleton: 'tea' })).toEqual(taken)
    expect(await store.rooms.first()).not.toBe(room.id)
  })

  within(
    'a closed room is found by its members only, and its name by nobody',
    async ({ store }) => {
      const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
      const room = await make(store, ada, 'Secret', 'closed')
      expect(await store.rooms.find(bob.id, room.id)).toBeNull()
      expect(await store.rooms.join(bob.id, room.id, 9)).toEqual({ refused: 'room_missing' })
      expect((await store.rooms.open(bob.id, everything)).map(({ name }) => name)).not.toContain(
        'Secret',
      )
      expect(await store.rooms.create(newRoom(bob, 'Secret'))).not.toEqual(taken)
      expect(await letIn(store, ada, room, bob)).toMatchObject({
        room: { id: room.id, rank: 'member' },
        invitedBy: ada,
      })
    },
  )
}

function testComing(within: Within): void {
  within('whoever comes finds nothing unread, whoever goes finds nothing', async ({ store }) => {
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const room = await make(store, ada, 'Tea')
    await append(store, ada, { room: room.id, clientId: 'early' })
    const seen = await store.rooms.join(bob.id, room.id, 9)
    expect(seen).toMatchObject({ room: { unread: 0, unreadSince: null, revision: 2 } })
    await append(store, ada, { room: room.id, clientId: 'late', createdAt: 77 })
    expect(await store.rooms.find(bob.id, room.id)).toMatchObject({ unread: 1, unreadSince: 77 })
    expect(await store.rooms.leave(asMember(room, bob), 9)).toEqual({ heir: null })
    expect(await store.rooms.leave(asMember(room, bob), 9)).toBeNull()
    expect(await store.rooms.find(bob.id, room.id)).toBeNull()
    const refused = await append(store, bob, { room: room.id, clientId: 'gone' })
    expect(refused).toEqual({ status: 'refused', code: 'room_missing' })
  })

  within('a room its owner left goes to whoever has been there longest', async ({ store }) => {
    const people = await Promise.all([1, 2, 3].map((n) => join(store, `P${n}`, n)))
    const [ada, bob, eve] = people
    if (ada === undefined || bob === undefined || eve === undefined) throw new Error('three')
    const room = await make(store, ada, 'Tea')
    await store.rooms.join(eve.id, room.id, 20)
    await store.rooms.join(bob.id, room.id, 10)
    await store.rooms.leave(asMember(room, ada), 9)
    expect(await store.rooms.find(bob.id, room.id)).toMatchObject({ rank: 'host' })
    expect(await store.rooms.find(eve.id, room.id)).toMatchObject({ rank: 'member' })
    // The first room has no maker and gets no owner.
    const general = await roomOf(store, ada)
    await store.rooms.leave(asMember(general, bob), 9)
    expect(await roomOf(store, ada)).toMatchObject({ rank: 'member' })
  })
}

function testChanging(within: Within): void {
  within('a name is changed to a free one only; topic and sound are kept', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    const room = await make(store, ada, 'Tea')
    const [held, free] = ['general', 'Coffee'].map((name) => {
      const folded = name.toLowerCase()
      return { name, folded, skeleton: folded }
    })
    if (held === undefined || free === undefined) throw new Error('two names')
    const owner = asMember(room, ada)
    expect(await store.rooms.change(owner, held, 'Beans', 9)).toEqual(taken)
    expect(await store.rooms.find(ada.id, room.id)).toMatchObject({ name: 'Tea', topic: '' })
    expect(await store.rooms.change(owner, free, 'Beans', 9)).toEqual({
      name: 'Coffee',
      topic: 'Beans',
      kind: 'open',
      archivedAt: null,
    })
    expect(await store.rooms.setNotify(owner, 'nothing', null)).toBeNull()
    expect(await store.rooms.find(ada.id, room.id)).toMatchObject({
      name: 'Coffee',
      topic: 'Beans',
      notify: 'nothing',
    })
    expect(await store.rooms.create(newRoom(ada, 'Tea'))).toMatchObject({ name: 'Tea' })
  })

  within('two people have one conversation, whoever opens it and how often', async ({ store }) => {
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const rooms = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        n % 2 === 0 ? store.rooms.direct(ada.id, bob.id, 1) : store.rooms.direct(bob.id, ada.id, 1),
      ),
    )
    expect(new Set(rooms.map((room) => room?.id)).size).toBe(1)
    expect(rooms[0]?.pair).toEqual([ada, bob])
    expect(rooms[1]?.pair).toEqual([bob, ada])
    expect(await store.rooms.direct(ada.id, ada.id, 1)).toBeNull()
    expect(await store.rooms.direct(ada.id, 9_999, 1)).toBeNull()
    const direct = { roomId: rooms[0]?.id ?? 0, userId: ada.id }
    expect(await store.rooms.leave(direct, 9)).toBeNull()
    const invited = await store.invitations.invite(direct, [bob.id], '', 1)
    expect(invited).toEqual({ refused: 'room_missing' })
  })
}

function testMentions(within: Within): void {
  within('mentions are counted until they are read', async ({ store }) => {
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const mentions = [{ user: ada.id, start: 0, length: 4 }]
    await append(store, bob, { clientId: 'a', content: '@Ada', mentions })
    await append(store, bob, { clientId: 'b', mentions: [{ user: 0, start: 0, length: 4 }] })
    await append(store, ada, { clientId: 'c', mentions })
    await say(store, bob, 'plain')
    const room = await roomOf(store, ada)
    expect(room).toMatchObject({ unread: 3, mentions: 2 })
    const [first] = await store.messages.before(room, null, 10)
    expect(first?.mentions).toEqual(mentions)
    await store.rooms.markRead({ roomId: room.id, userId: ada.id }, 1)
    expect(await roomOf(store, ada)).toMatchObject({ unread: 2, mentions: 1 })
    const named = await store.users.namedIn(1, ada.id, ['bob', 'nobody'])
    expect(named.map(({ folded }) => folded).toSorted()).toEqual(['ada', 'bob'])
    const room2 = await make(store, ada, 'Tea')
    expect(await store.users.namedIn(room2.id, bob.id, ['ada'])).toEqual([])
  })
}

function testPrivateNotes(within: Within): void {
  within('a private message is shown where it was written, for two only', async ({ store }) => {
    const people = await Promise.all([1, 2, 3].map((n) => join(store, `P${n}`, n)))
    const [ada, bob, eve] = people
    if (ada === undefined || bob === undefined || eve === undefined) throw new Error('three')
    const direct = await store.rooms.direct(ada.id, bob.id, 1)
    const secret = await make(store, bob, 'Not Ada’s', 'closed')
    for (const text of ['one', 'two']) await say(store, eve, text)
    const room = direct?.id ?? 0
    const sent = await append(store, ada, { room, clientId: 's', content: 'psst', writtenIn: 1 })
    expect(sent).toMatchObject({ message: { recipient: bob, writtenIn: 1, writtenAfter: 2 } })
    await say(store, eve, 'three')
    // Written in a room the author is not in, or in public: that is no place.
    const odd = await append(store, ada, { room, clientId: 'o', writtenIn: secret.id })
    expect(odd).toMatchObject({ message: { writtenIn: null, writtenAfter: null } })
    const open = await append(store, ada, { clientId: 'p', writtenIn: 1 })
    expect(open).toMatchObject({ message: { writtenIn: null, recipient: null } })
    const notes = async (person: User, from: number, before: number | null, limit = 9) => {
      const here = await roomOf(store, person)
      const found = await store.messages.privateNotes(here, person.id, from, before, limit)
      return found.map(({ content, recipient }) => [content, recipient?.nickname])
    }
    expect(await notes(ada, 0, null)).toEqual([['psst', 'P2']])
    expect(await notes(bob, 0, null)).toEqual([['psst', 'P2']])
    expect(await notes(eve, 0, null)).toEqual([])
    // Each page has its own: after the second message, before the third.
    expect(await notes(ada, 3, null)).toEqual([])
    expect(await notes(ada, 2, 3)).toEqual([['psst', 'P2']])
    expect(await notes(ada, 0, 2)).toEqual([])
    await append(store, bob, { room, clientId: 't', content: 'yes?', writtenIn: 1 })
    const both = [
      ['psst', 'P2'],
      ['yes?', 'P1'],
    ]
    expect(await notes(ada, 0, null)).toEqual(both)
    // Of more than a page may have, the newest.
    expect(await notes(ada, 0, null, 1)).toEqual(both.slice(1))
  })
}

function testTellingOfPlaces(within: Within): void {
  within('where a private message was written is told while both are there', async (engine) => {
    const { store } = engine
    const seed = chooseSeed()
    const random = createRandom(seed)
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const talk = await store.rooms.direct(ada.id, bob.id, 1)
    const owner = await join(store, 'Owner', 3)
    const secret = await make(store, owner, 'Secret', 'closed')
    if (talk === null) throw new Error('there is a conversation')
    const room = talk.id
    const inside = new Set<User>()
    for (let step = 0; step < 40; step += 1) {
      const one = random(2) === 0 ? ada : bob
      if (inside.delete(one)) await store.rooms.leave(asMember(secret, one), 3)
      else if (inside.add(one)) await letIn(store, owner, secret, one)
      const isTold = inside.size === 2
      const author = random(2) === 0 ? ada : bob
      const fields = { room, clientId: `c-${step}`, writtenIn: secret.id, content: `tea ${step}` }
      const sent = await append(store, author, fields)
      const again = await append(store, author, fields)
      const seq = sent.status === 'accepted' ? sent.message.seq : 0
      const edit = { room, seq, author: author.id, mentions: () => [], at: 4 }
      const edited = await store.messages.edit({ ...edit, content: `more tea ${step}` })
      const here = await store.rooms.find(bob.id, room)
      if (here === null) throw new Error('Bob is in the conversation')
      const query = { ...anything, user: bob.id, words: ['tea'], limit: 5 }
      const found = await store.search(query)
      const seen: (Message | undefined)[] = [
        ...[sent, again, edited].map((outcome) =>
          'message' in outcome ? outcome.message : undefined,
        ),
        ...(await store.messages.before(here, null, 1)),
        ...(await store.messages.changesAfter(here, seq, 9, 1e6)).messages.slice(-1),
        ...('hits' in found ? found.hits.map(({ message }) => message) : []),
      ]
      const places = seen.map((message) => [message?.writtenIn, message?.writtenAfter !== null])
      const mayTell = isTold && inside.has(author)
      expect({ seed, step, places: places.slice(0, 5) }).toEqual({
        ...{ seed, step, places: Array(5).fill([mayTell ? secret.id : null, mayTell]) },
      })
      if (!isTold) expect(places.filter(([place]) => place !== null)).toEqual([])
    }
  })
}
