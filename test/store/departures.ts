import { expect } from 'bun:test'
import type { Store } from '../../src/store/store'
import type { Within } from './contract'
import { append, hash, join, newUser, placeOf, session } from './people'

const dayMs = 24 * 60 * 60_000
const times = { unusedMs: 90 * dayMs, keepNamesMs: 90 * dayMs }

/** Joins now, as marks end with time. */
async function joinNow(store: Store, nickname: string, n: number, at = Date.now()) {
  const joined = await store.users.join(
    { ...newUser(nickname), createdAt: at },
    session(n, at),
    null,
  )
  if ('refused' in joined) throw new Error(`${nickname} is taken`)
  return joined
}

/** What the contract says of freed names, of people who have left, and of old sessions. */
export function testDepartures(within: Within): void {
  testNames(within)
  testConversations(within)
  testSessions(within)
}

function testNames(within: Within): void {
  within('who takes a name that was free for less than a week is new', async ({ store }) => {
    const now = Date.now()
    expect(await joinNow(store, 'Mei', 1)).toMatchObject({ mark: null })
    await store.sessions.leave(hash(1), now)
    const next = await joinNow(store, 'Mei', 2)
    expect(next).toMatchObject({ mark: 'new' })
    expect(await store.users.find(next.id)).toEqual(next)
    await store.sessions.leave(hash(2), now - 8 * dayMs)
    expect(await joinNow(store, 'Mei', 3, now + 7.5 * dayMs)).toMatchObject({ mark: null })
  })

  within('a name that was changed is free in the same way, but not for oneself', async (engine) => {
    const { store } = engine
    await joinNow(store, 'Ada', 1)
    const now = Date.now()
    const { createdAt: _, ...profile } = newUser('Augusta')
    const back = { ...profile, ...newUser('Ada'), face: null }
    expect(await store.users.change(hash(1), profile, now)).toMatchObject({ user: { mark: null } })
    expect(await store.users.change(hash(1), back, now)).toMatchObject({ user: { mark: null } })
    await store.users.change(hash(1), profile, now)
    expect(await joinNow(store, 'Ada', 2)).toMatchObject({ mark: 'new' })
    const bob = await joinNow(store, 'Bob', 3)
    expect(await store.users.change(hash(1), back, now)).toEqual({ refused: 'name_taken' })
    expect(await joinNow(store, 'Ada Lovelace', 4)).toMatchObject({ mark: null })
    expect(bob.mark).toBeNull()
  })

  within('what somebody said who has left says so, wherever it is read', async ({ store }) => {
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    await append(store, ada, { clientId: 'a', content: 'words' })
    await append(store, bob, { clientId: 'b', replyTo: 1 })
    const reaction = {
      room: 1,
      seq: 2,
      user: ada.id,
      emoji: '🎉',
      isActive: true,
      kindsMax: 9,
      reactionsMax: 9,
      at: 9,
    }
    await store.messages.react(reaction)
    await store.sessions.leave(hash(1), 9)
    const room = await store.rooms.find(bob.id, 1)
    if (room === null) throw new Error('everybody is in the first room')
    const [first, second] = await store.messages.before(room, null, 9)
    expect(first?.sender.mark).toBe('left')
    expect(second?.quote?.sender.mark).toBe('left')
    expect(second?.reactions[0]?.people).toEqual([{ id: ada.id, nickname: 'Ada', mark: 'left' }])
    const { messages } = await store.messages.changesAfter(room, 0, 9, 9_999)
    expect(messages[0]?.sender.mark).toBe('left')
    const exported = await store.readOn(room, { id: bob.id, address: '' }, 0, 9)
    expect(exported?.messages[0]?.sender.mark).toBe('left')
  })
}

function testConversations(within: Within): void {
  within('a conversation with somebody who has left can be read, not written', async (engine) => {
    const { store } = engine
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const room = (await store.rooms.direct(ada.id, bob.id, 1))?.id ?? 0
    for (const author of [ada, bob]) await append(store, author, { room, clientId: 'first' })
    await store.sessions.leave(hash(1), 9)
    const seen = await store.rooms.find(bob.id, room)
    expect(seen?.pair?.[1]).toMatchObject({ id: ada.id, mark: 'left' })
    expect((await store.rooms.direct(bob.id, ada.id, 9))?.id).toBe(room)
    const left = { status: 'refused', code: 'person_left' } as const
    expect(await append(store, bob, { room, clientId: 'late' })).toEqual(left)
    expect(placeOf(await append(store, bob, { room, clientId: 'first' }))).toBe(2)
    const edit = { room, seq: 2, author: bob.id, content: 'x', mentions: () => [], at: 9 }
    expect(await store.messages.edit(edit)).toEqual(left)
    const reaction = {
      room,
      user: bob.id,
      emoji: '🎉',
      isActive: true,
      kindsMax: 9,
      reactionsMax: 9,
      at: 9,
    }
    for (const seq of [1, 2]) expect(await store.messages.react({ ...reaction, seq })).toEqual(left)
    const removal = { room, seq: 2, user: bob.id, at: 9 }
    expect(await store.messages.remove(removal)).toMatchObject({ status: 'changed' })
    const eve = await join(store, 'Eve', 3)
    expect(await store.rooms.direct(eve.id, ada.id, 9)).toBeNull()
  })
}

function testSessions(within: Within): void {
  within('who is not seen for ninety days has left, the others stay', async (engine) => {
    const { store } = engine
    await join(store, 'Ada', 1)
    const bob = await join(store, 'Bob', 2)
    for (let day = 0; day <= 91; day += 1) {
      await store.sessions.see(hash(2), 1 + day * dayMs + 1)
      const left = await store.sessions.sweep(times, 1 + day * dayMs)
      expect(left.map(({ user }) => user.nickname)).toEqual(day === 91 ? ['Ada'] : [])
    }
    expect(await store.sessions.findUser(hash(1))).toBeNull()
    expect(await store.sessions.findUser(hash(2))).toEqual(bob)
  })

  within('days without the server, and jumps of its clock, end no session', async (engine) => {
    const { store } = engine
    const ada = await join(store, 'Ada', 1)
    for (const day of [0, 1, 200, 201, 20_000, 5, 20_001]) {
      expect(await store.sessions.sweep(times, 1 + day * dayMs)).toEqual([])
    }
    expect(await store.sessions.findUser(hash(1))).toEqual(ada)
  })

  within('that a session is in use is written once a day', async ({ store, seenAt }) => {
    await join(store, 'Ada', 1)
    const seen = async (at: number): Promise<unknown> => {
      await store.sessions.see(hash(1), at)
      return seenAt()
    }
    expect(await seen(5)).toBe(1)
    expect(await seen(1 + dayMs)).toBe(1)
    expect(await seen(2 + dayMs)).toBe(2 + dayMs)
    expect(await seen(3 + dayMs)).toBe(2 + dayMs)
  })

  within(
    'with another name a browser has another session, and the old one ends',
    async (engine) => {
      const { store } = engine
      const ada = await join(store, 'Ada', 1)
      const joined = await store.users.join(newUser('Bob'), session(2), hash(1))
      expect(joined).toMatchObject({ nickname: 'Bob' })
      expect(await store.users.find(ada.id)).toEqual(ada)
      expect(await store.sessions.findUser(hash(1))).toBeNull()
      expect(await store.users.join(newUser('Bob'), session(3), hash(2))).toEqual({
        refused: 'name_taken',
      })
      expect(await store.sessions.findUser(hash(2))).toMatchObject({ nickname: 'Bob' })
    },
  )
}
