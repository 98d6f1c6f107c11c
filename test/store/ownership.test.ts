import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join as joinPath } from 'node:path'
import type { Heir } from '../../src/store/store'
import { chooseSeed, createRandom } from '../helpers/random'
import { openEngine } from './engine'
import { append, hash, join } from './people'
import { asMember, make } from './rooms'

const people = 8
const steps = 400

test('a made room with people has one owner among them, whoever comes and goes', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const engine = await openEngine()
  const { store } = engine
  const db = new Database(joinPath(engine.folder, 'chatroom.db'), { readonly: true })
  const bad = db.query<{ id: number; owners: number; members: number }, []>(
    `SELECT rooms.id, count(*) FILTER (WHERE role = 'owner') AS owners, rooms.members
     FROM rooms JOIN memberships ON room_id = rooms.id JOIN users ON users.id = user_id
     WHERE left_at IS NULL GROUP BY rooms.id
     HAVING owners <> iif(created_by IS NULL OR kind = 'direct', 0, 1) OR count(*) <> members`,
  )
  const tokens: number[] = []
  const users = await Promise.all(
    Array.from({ length: people }, (_, n) => join(store, `P${n}`, (tokens[n] = n + 1))),
  )
  const pick = (): number => random(people)
  const rooms: number[] = []
  const comeBack = async (n: number, at: number): Promise<void> => {
    tokens[n] = people + at
    users[n] = await join(store, `P${n}x${at}`, people + at)
  }
  try {
    for (let step = 1; step <= steps; step += 1) {
      const [n, other] = [pick(), pick()]
      const [user, third] = [users[n], users[other]]
      if (user === undefined || third === undefined) throw new Error('eight people')
      const member = { roomId: rooms[random(rooms.length)] ?? 1, userId: user.id }
      const role = (await store.rooms.find(user.id, member.roomId))?.role
      const act = random(8)
      if (act === 0 && rooms.length < 6) {
        const kind = random(2) === 0 ? 'open' : 'closed'
        rooms.push((await make(store, user, `R${step}`, kind)).id)
      } else if (act <= 2) await store.rooms.join(user.id, member.roomId, step)
      else if (act === 3) await store.rooms.invite(member, third.id, step)
      else if (act === 4) {
        const left = await store.rooms.leave(member)
        await expectHeir(left?.heir ?? null, role)
      } else if (act === 5) await store.rooms.remove(member, third.id)
      else if (act === 6) await store.rooms.direct(user.id, third.id, step)
      else if (random(3) === 0) {
        const departure = await store.sessions.end(hash(tokens[n] ?? 0), step)
        expect(departure?.user).toEqual({ ...user, mark: 'left' })
        for (const heir of departure?.heirs ?? []) await expectHeir(heir, 'owner')
        await comeBack(n, step)
      }
      expect({ step, bad: bad.all() }).toEqual({ step, bad: [] })
    }
    async function expectHeir(heir: Heir | null, before: string | undefined): Promise<void> {
      if (heir === null) return
      expect(before).toBe('owner')
      expect((await store.rooms.find(heir.user, heir.room))?.role).toBe('owner')
    }
  } finally {
    db.close()
    await engine.close()
  }
})

test('who comes first into a room that all have left owns it', async () => {
  await using engine = await openDisposable()
  const { store } = engine
  const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
  const room = await make(store, ada, 'Tea')
  await store.sessions.end(hash(1), 5)
  expect(await store.rooms.join(bob.id, room.id, 6)).toMatchObject({ role: 'owner', members: 1 })
  await append(store, bob, { room: room.id, clientId: 'a' })
  expect(await store.rooms.leave(asMember(room, bob))).toEqual({ heir: null })
})

async function openDisposable() {
  const engine = await openEngine()
  return { ...engine, [Symbol.asyncDispose]: () => engine.close() }
}
