import { expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { can, type Rank } from '../../src/shared/rights'
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
      const before = stateOf(room)
      const { status } = await sendForm(server(), person, `/rooms/${room}/${path}`, form)
      const isRank = actor !== 'stranger' && actor !== 'signed out'
      const mayDo = isRank && can(actor, act)
      const refusal = { stranger: 404, 'signed out': 401 }[actor as string] ?? 403
      expect([act, actor, status]).toEqual([act, actor, mayDo ? 303 : refusal])
      expect([act, actor, stateOf(room) !== before]).toEqual([act, actor, mayDo])
    }
  },
)

/** Somebody of that kind, who is in the room unless they are a stranger. */
async function enter(room: number, ada: Person, actor: Actor): Promise<Person> {
  const person = await signIn(server(), `Somebody ${++made}x`)
  if (actor === 'stranger') return person
  await letIn(server(), ada, room, person)
  if (actor === 'signed out') await sendForm(server(), person, '/session/end', { asked: '1' })
  if (actor === 'moderator' || actor === 'owner') {
    using db = new Database(join(server().data, 'chatroom.db'))
    db.run('PRAGMA busy_timeout = 5000')
    db.query('UPDATE users SET role = ? WHERE nickname = ?').run(actor, person.nickname)
  }
  return person
}

/** What the acts change. */
function stateOf(room: number): string {
  using db = new Database(join(server().data, 'chatroom.db'), { readonly: true })
  const facts = db.query(`SELECT kind, archived_at, deleted_at FROM rooms WHERE id = ?`)
  const hosts = db.query(`SELECT user_id FROM memberships WHERE room_id = ? AND role = 'host'`)
  return JSON.stringify([facts.values(room), hosts.values(room)])
}
