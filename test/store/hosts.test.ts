import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Heir, Store, User } from '../../src/store/store'
import { chooseSeed, createRandom } from '../helpers/random'
import { openEngine } from './engine'
import { append, newUser, session } from './people'
import { asMember, make } from './rooms'

const people = 8
const roomsMax = 6
const steps = 400

/** Somebody with a session; who has left comes back as somebody else. */
type Somebody = { user: User; token: Uint8Array }

test('a made room with people has a host among them, whoever comes and goes', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  await using engine = await openDisposable()
  const { store } = engine
  const db = new Database(join(engine.folder, 'chatroom.db'), { readonly: true })
  const wrong = db.query(
    `SELECT rooms.id, count(*) FILTER (WHERE memberships.role = 'host') AS hosts, rooms.members
     FROM rooms JOIN memberships ON room_id = rooms.id JOIN users ON users.id = user_id
     WHERE left_at IS NULL GROUP BY rooms.id
     HAVING (hosts = 0) <> (created_by IS NULL OR kind = 'direct') OR count(*) <> members`,
  )
  const world = { store, random, rooms: [] as number[], somebodies: [] as Somebody[] }
  for (let n = 0; n < people; n += 1) world.somebodies.push(await arrive(store, n))
  for (let step = 1; step <= steps; step += 1) {
    const did = await act(world, people + step)
    expect({ seed, step, did, wrong: wrong.all() }).toEqual({ seed, step, did, wrong: [] })
  }
  db.close()
})

type World = {
  store: Store
  random: (below: number) => number
  rooms: number[]
  somebodies: Somebody[]
}

/** Does one thing, at a time, and gives what. */
async function act({ store, random, rooms, somebodies }: World, at: number): Promise<string> {
  const n = random(people)
  const [one, other] = [somebodies[n], somebodies[random(people)]]
  if (one === undefined || other === undefined) throw new Error('eight people')
  const { user, token } = one
  const member = { roomId: rooms[random(rooms.length)] ?? 1, userId: user.id }
  const rank = (await store.rooms.find(user.id, member.roomId))?.rank
  switch (random(13)) {
    case 0:
      if (rooms.length === roomsMax) return 'nothing'
      rooms.push((await make(store, user, `R${at}`, random(2) === 0 ? 'open' : 'closed')).id)
      return 'made a room'
    case 1:
      await store.invitations.invite(member, [other.user.id], '', at)
      return 'invited'
    case 2: {
      const left = await store.rooms.leave(member, 9)
      if (left?.heir != null) expect(rank).toBe('host')
      await expectHost(store, left?.heir)
      return 'left a room'
    }
    case 3:
      await store.rooms.remove(member, other.user.id, 9)
      return 'removed somebody'
    case 4:
      await store.rooms.direct(user.id, other.user.id, at)
      return 'opened a conversation'
    case 5: {
      const departure = await store.sessions.leave(token, at)
      if (departure === null || 'refused' in departure) throw new Error('Nobody is an owner')
      expect(departure.user).toEqual({ ...user, mark: 'left' })
      for (const heir of departure.heirs) await expectHost(store, heir)
      somebodies[n] = await arrive(store, at)
      return 'signed out'
    }
    case 6:
      await store.rooms.accept(user.id, member.roomId, at)
      return 'accepted'
    case 8: {
      const set = { user: other.user.id, isHost: random(2) === 0 }
      const did = await store.roomLife.setHost({ userId: user.id }, member.roomId, set, 9)
      if (!('refused' in did)) expect(rank).toBe('host')
      return set.isHost ? 'made a host' : 'took a host back'
    }
    case 9: {
      const kind = random(2) === 0 ? 'open' : 'closed'
      await store.roomLife.setKind({ userId: user.id }, member.roomId, kind, at)
      return 'opened or closed'
    }
    case 7:
      await store.invitations.withdraw(member, other.user.id)
      return 'withdrew'
    default:
      await store.rooms.join(user.id, member.roomId, at)
      return 'joined'
  }
}

async function expectHost(store: Store, heir: Heir | null | undefined): Promise<void> {
  if (heir == null) return
  expect((await store.rooms.find(heir.user, heir.room))?.rank).toBe('host')
}

async function arrive(store: Store, n: number): Promise<Somebody> {
  const token = new Uint8Array(new Uint32Array(8).fill(n).buffer)
  const joined = await store.users.join(newUser(`P${n}`), { ...session(0), tokenHash: token }, null)
  if ('refused' in joined) throw new Error(`P${n} is taken`)
  return { user: joined, token }
}

test('who comes first into a room that all have left owns it', async () => {
  await using engine = await openDisposable()
  const { store } = engine
  const [ada, bob] = [await arrive(store, 1), await arrive(store, 2)]
  const room = await make(store, ada.user, 'Tea')
  await store.sessions.leave(ada.token, 5)
  const seen = await store.rooms.join(bob.user.id, room.id, 6)
  expect(seen).toMatchObject({ room: { rank: 'host', members: 1 } })
  await append(store, bob.user, { room: room.id, clientId: 'a' })
  expect(await store.rooms.leave(asMember(room, bob.user), 9)).toEqual({ heir: null })
})

async function openDisposable() {
  const engine = await openEngine()
  return { ...engine, [Symbol.asyncDispose]: () => engine.close() }
}
