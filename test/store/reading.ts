import { expect } from 'bun:test'
import type { Room } from '../../src/store/store'
import type { Within } from './contract'
import { append, hash, join, roomOf } from './people'

/** What a store promises about reading, and about coming back. */
export function testReading(within: Within): void {
  within('a read marker only moves forward, and never past what was said', async ({ store }) => {
    const [ada, eve] = [await join(store, 'Ada', 1), await join(store, 'Eve', 2)]
    for (const clientId of ['a', 'b', 'c']) await append(store, ada, { clientId })
    const readTo = async (seq: number): Promise<Room> => {
      await store.rooms.markRead({ roomId: (await roomOf(store, eve)).id, userId: eve.id }, seq)
      return roomOf(store, eve)
    }
    expect(await roomOf(store, eve)).toMatchObject({ readSeq: 0, unread: 3 })
    expect(await readTo(2)).toMatchObject({ readSeq: 2, unread: 1 })
    expect(await readTo(1)).toMatchObject({ readSeq: 2, unread: 1 })
    expect(await readTo(1e9)).toMatchObject({ readSeq: 3, unread: 0 })
    expect(await roomOf(store, ada)).toMatchObject({ unread: 0 })
  })

  within('nothing said before somebody joined is unread for them', async ({ store }) => {
    await append(store, await join(store, 'Ada', 1), {})
    expect(await roomOf(store, await join(store, 'Eve', 2))).toMatchObject({ unread: 0 })
  })

  within(
    'the instance and the epoch survive a restart, and so do people and messages',
    async (engine) => {
      const { store } = engine
      const ada = await join(store, 'Ada', 1)
      await append(store, ada, { content: 'kept' })
      const { instance, epoch } = store
      const again = await engine.reopen()
      expect(again).toMatchObject({ instance, epoch })
      expect(epoch.length).toBeGreaterThanOrEqual(32)
      expect(await again.sessions.findUser(hash(1))).toEqual(ada)
      const [message] = await again.messages.before(await roomOf(again, ada), null, 1)
      expect(message?.content).toBe('kept')
    },
  )
}

/** What rooms know without looking through their messages. */
export function testMeasures(within: Within): void {
  within('a room knows how many messages it has, without counting them', async ({ store }) => {
    const [ada, eve] = [await join(store, 'Ada', 1), await join(store, 'Eve', 2)]
    const room = await roomOf(store, ada)
    const measured = () => store.measure(room, eve.id)
    expect(await measured()).toEqual({ count: 0, revision: 0, firstAt: null, lastAt: null })
    for (const [n, clientId] of ['a', 'b', 'c', 'd', 'c'].entries()) {
      await append(store, ada, { clientId, createdAt: n })
    }
    expect(await measured()).toEqual({ count: 4, revision: 4, firstAt: 0, lastAt: 3 })
    for (const seq of [1, 4, 4]) {
      await store.messages.remove({ room: room.id, seq, user: ada.id, at: 9 })
    }
    expect(await measured()).toEqual({ count: 2, revision: 6, firstAt: 1, lastAt: 2 })
    expect(await store.measure(room, 999)).toBeNull()
  })
}
