import { expect } from 'bun:test'
import type { NewPushSubscription, Store } from '../../src/store/store'
import type { Within } from './contract'
import { append, hash, join, message, say, session } from './people'

const device = (endpoint: string, muted: number[] = []): NewPushSubscription => ({
  endpoint,
  publicKey: new Uint8Array(65).fill(4),
  secret: new Uint8Array(16),
  language: 'en',
  showsText: false,
  muted: JSON.stringify(muted),
})

const wished = async ({ push }: Store, room: number, after = 0, upTo = 9) =>
  (await push.wishes(room, after, upTo)).map(({ endpoint, seq }) => `${endpoint} ${seq}`)

/** What the contract says of devices that are told of messages. */
export function testPush(within: Within): void {
  testWishes(within)
  testAuthority(within)
}

function testWishes(within: Within): void {
  within('a person is told of what they want to hear of, the newest of a room', async (engine) => {
    const { store } = engine
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    expect(await store.push.subscribe(hash(1), device('ada'))).toBe(true)
    await store.push.subscribe(hash(2), device('bob'))
    await say(store, bob, 'one')
    expect(await wished(store, 1)).toEqual([])
    const mentions = [{ user: ada.id, start: 0, length: 4 }]
    await append(store, bob, { clientId: 'two', content: '@Ada', mentions })
    expect(await wished(store, 1)).toEqual(['ada 2'])
    await store.rooms.setNotify({ userId: ada.id, roomId: 1 }, 'all', null)
    await say(store, bob, 'three')
    expect(await wished(store, 1)).toEqual(['ada 3'])
    expect(await wished(store, 1, 0, 2)).toEqual(['ada 2'])
    await store.push.subscribe(hash(1), device('ada', [bob.id]))
    expect(await wished(store, 1)).toEqual([])
    await store.push.subscribe(hash(1), device('ada'))
    await store.rooms.markRead({ userId: ada.id, roomId: 1 }, 3)
    expect(await wished(store, 1)).toEqual([])
    await say(store, bob, 'four')
    const [wish] = await store.push.wishes(1, 0, 9)
    if (wish === undefined) throw new Error('Ada wants to hear of it')
    const notice = await store.push.notice({ ...wish, room: 1 })
    expect(notice).toMatchObject({ content: 'four', sender: 'Bob' })
    expect(JSON.parse(notice?.unread ?? '')).toEqual([[1, 0]])
    await engine.remove(1, 4)
    expect(await store.push.notice({ ...wish, room: 1 })).toBeNull()
    await store.rooms.setNotify({ userId: ada.id, roomId: 1 }, 'nothing', null)
    await say(store, bob, 'five')
    expect(await wished(store, 1)).toEqual([])
  })

  within('a private message is told at every level but “nothing”', async ({ store }) => {
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    await store.push.subscribe(hash(1), device('ada'))
    const room = (await store.rooms.direct(bob.id, ada.id, 1))?.id ?? 0
    await append(store, bob, { room, clientId: 'a' })
    expect(await wished(store, room)).toEqual(['ada 1'])
    await store.rooms.setNotify({ userId: ada.id, roomId: room }, 'nothing', null)
    expect(await wished(store, room)).toEqual([])
  })

  within('in a burst in a large room the newest messages are compared', async ({ store }) => {
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    await store.push.subscribe(hash(1), device('ada'))
    await store.rooms.setNotify({ userId: ada.id, roomId: 1 }, 'all', null)
    const burst = Array.from({ length: 200 }, (_, n) => message(bob, { clientId: `m-${n}` }))
    await store.messages.append(burst)
    expect(await wished(store, 1, 0, 200)).toEqual(['ada 200'])
  })
}

function testAuthority(within: Within): void {
  within('nobody is told of what they may not see any more', async (engine) => {
    const { store } = engine
    const bob = await join(store, 'Bob', 9)
    const ends: ((n: number, member: { userId: number; roomId: number }) => unknown)[] = [
      (_, member) => store.rooms.leave(member, 5),
      (_, { roomId, userId }) => store.rooms.remove({ userId: bob.id, roomId }, userId, 5),
      (n) => store.sessions.end(hash(n), 5),
      (n) => store.sessions.leave(hash(n), 5),
      (n) => store.sessions.renew(hash(n), session(n + 100, 5)),
      (n) => store.push.end(hash(n)),
      (n) => store.push.drop(`device-${n}`),
    ]
    for (const [n, end] of ends.entries()) {
      const acting = n + 1
      const person = await join(store, `Ada${n}`, acting)
      const made = { name: `r${n}`, folded: `r${n}`, skeleton: `r${n}`, topic: '' }
      const by = { host: bob.id, createdAt: 1 } as const
      const room = await store.rooms.create({ ...made, kind: 'open', ...by })
      if (typeof room !== 'object' || !('id' in room)) throw new Error('the room was not made')
      const member = { userId: person.id, roomId: room.id }
      await store.rooms.join(person.id, room.id, 2)
      await store.rooms.setNotify(member, 'all', null)
      await store.push.subscribe(hash(acting), device(`device-${acting}`))
      await append(store, bob, { room: room.id, clientId: `m-${n}` })
      const [wish] = await store.push.wishes(room.id, 0, 9)
      if (wish === undefined) throw new Error('a member is told')
      expect(await store.push.notice({ ...wish, room: room.id })).not.toBeNull()
      await end(acting, member)
      expect(await store.push.wishes(room.id, 0, 9)).toEqual([])
      expect(await store.push.notice({ ...wish, room: room.id })).toBeNull()
    }
  })

  within('a device is that of one session, and an address that of one device', async (engine) => {
    const { store } = engine
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const eve = await join(store, 'Eve', 3)
    for (const { id } of [ada, bob])
      await store.rooms.setNotify({ userId: id, roomId: 1 }, 'all', null)
    expect(await store.push.subscribe(hash(77), device('nobody'))).toBe(false)
    await store.push.subscribe(hash(1), device('first'))
    await store.push.subscribe(hash(1), device('second'))
    await say(store, eve, 'hello')
    expect(await wished(store, 1)).toEqual(['second 1'])
    // Somebody else signed in with the same browser.
    await store.push.subscribe(hash(2), device('second'))
    const [wish, ...others] = await store.push.wishes(1, 0, 9)
    expect([wish?.user, others]).toEqual([bob.id, []])
  })

  within('keys are made once', async ({ store, reopen }) => {
    expect(await store.push.keys(async () => 'first')).toBe('first')
    expect(await store.push.keys(async () => 'second')).toBe('first')
    expect(await (await reopen()).push.keys(async () => 'third')).toBe('first')
  })
}
