import { expect, test } from 'bun:test'
import { can, type Rank } from '../../src/shared/rights'
import { askDatabase } from '../helpers/database'
import { promote } from '../helpers/door'
import { openSocket, type Person, signIn } from '../helpers/client'
import { letIn, makeRoom, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

/** What people do with rooms: each act by each kind of person, compared with the list of rights. */
const server = serverForAll({ env: { CHATROOM_RATE_LIMITS: 'off' } })

type Actor = Rank | 'stranger' | 'signed out'
const actors: Actor[] = ['member', 'host', 'moderator', 'owner', 'stranger', 'signed out']

/** A form for each act; `rooms.administer` without being in the room. */
const acts = {
  'room.kind': { path: 'kind', fields: () => ({ kind: 'open' }) },
  'room.hand_over': { path: 'hosts', fields: (user: number) => ({ user: `${user}`, host: 'yes' }) },
  'room.archive': { path: 'archive', fields: () => ({ archived: 'yes' }) },
  'room.delete': { path: 'delete', fields: (_: number, name: string) => ({ name }) },
} as const

let made = 0

test.each(Object.keys(acts) as (keyof typeof acts)[])(
  '%s is done by whom the list of rights allows it, and nobody else',
  async (act) => {
    const ada = await signIn(server(), `Ada ${++made}x`)
    const guest = await signIn(server(), `Guest ${made}x`)
    const socket = await openSocket(server(), guest)
    const { id } = socket.hello.user
    await socket.close()
    for (const actor of actors) {
      const name = `Room ${++made}x`
      const room = await makeRoom(server(), ada, name, 'closed')
      await letIn(server(), ada, room, guest)
      const person = actor === 'host' ? ada : await enter(room, ada, actor)
      const { fields, path } = acts[act]
      const form = fields(id, name)
      const before = await stateOf(room)
      const { status } = await sendForm(server(), person, `/rooms/${room}/${path}`, form)
      const isRank = actor !== 'stranger' && actor !== 'signed out'
      const mayDo = isRank && can(actor, act)
      const refusal = { stranger: 404, 'signed out': 401 }[actor as string] ?? 403
      expect([act, actor, status]).toEqual([act, actor, mayDo ? 303 : refusal])
      expect([act, actor, (await stateOf(room)) !== before]).toEqual([act, actor, mayDo])
    }
  },
)

/** The same by those who administer rooms and need not be in them, at /admin/rooms. */
const administered = {
  archive: () => ({ archived: 'yes' }),
  host: (guest: string) => ({ name: guest }),
  delete: (_: string, name: string) => ({ name }),
} as const

test.each(Object.keys(administered) as (keyof typeof administered)[])(
  'rooms.administer: %s is done by whom the list of rights allows it',
  async (act) => {
    const ada = await signIn(server(), `Ada ${++made}x`)
    const guest = await signIn(server(), `Guest ${made}x`)
    const roles: Actor[] = ['member', 'host', 'moderator', 'owner', 'signed out']
    for (const kind of ['open', 'closed'] as const) {
      for (const actor of roles) {
        const name = `Room ${++made}x`
        const room = await makeRoom(server(), ada, name, kind)
        await letIn(server(), ada, room, guest)
        const person = actor === 'host' ? ada : await becomeOf(actor)
        const before = await stateOf(room)
        const form = administered[act](guest.nickname, name)
        const fields = { room: `${room}`, reason: 'why', ...form }
        const { status } = await sendForm(server(), person, `/admin/rooms/${act}`, fields)
        // Moderators are not told of rooms by invitation that they are not in.
        const isTold = kind === 'open' || actor === 'owner'
        const mayDo = actor !== 'signed out' && can(actor as Rank, 'rooms.administer')
        const refusal = actor === 'signed out' ? 401 : mayDo ? 404 : 403
        const cell = [act, kind, actor]
        expect([...cell, status]).toEqual([...cell, mayDo && isTold ? 303 : refusal])
        expect([...cell, (await stateOf(room)) !== before]).toEqual([...cell, mayDo && isTold])
      }
    }
  },
)

/** Somebody with that role on the server. */
async function becomeOf(actor: Actor): Promise<Person> {
  const person = await signIn(server(), `Somebody ${++made}x`)
  if (actor === 'signed out') await sendForm(server(), person, '/session/end', { asked: '1' })
  if (actor === 'moderator' || actor === 'owner') await promote(server(), person, actor)
  return person
}

/** Somebody of that kind, who is in the room unless they are a stranger. */
async function enter(room: number, ada: Person, actor: Actor): Promise<Person> {
  const person = await signIn(server(), `Somebody ${++made}x`)
  if (actor === 'stranger') return person
  await letIn(server(), ada, room, person)
  if (actor === 'signed out') await sendForm(server(), person, '/session/end', { asked: '1' })
  if (actor === 'moderator' || actor === 'owner') await promote(server(), person, actor)
  return person
}

/** What the acts change. */
async function stateOf(room: number): Promise<string> {
  const facts = `SELECT kind, archived_at, deleted_at FROM rooms WHERE id = ?`
  const hosts = `SELECT user_id FROM memberships WHERE room_id = ? AND role = 'host'`
  return JSON.stringify([
    await askDatabase(server(), facts, room),
    await askDatabase(server(), hosts, room),
  ])
}
