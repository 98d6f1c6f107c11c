import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { actOn } from '../helpers/acts'
import { type Person, signIn } from '../helpers/client'
import { letIn, sendForm } from '../helpers/rooms'
import type { RunningServer } from '../helpers/server'

/** What the acts of people with a role need. */
export type NeededForActs = {
  /** Somebody to whom something is done: a member, banned, or put out of the room for good. */
  victim?: 'here' | 'banned' | 'kept out' | undefined
  /** A message of Ada that the person has reported. */
  hasReport?: boolean | undefined
  /** Something that the person is told. */
  hasNotice?: boolean | undefined
  /** A link with which the person comes back. */
  hasWayBack?: boolean | undefined
}

export type SettledActs = { victim: number; report: number; notice: number; wayBack: string }

type Place = { ada: Person; person: Person; host: Person; user: number; room: number; n: number }

/** Brings the acts of a scene as far as wanted. */
export async function settleActs(
  server: RunningServer,
  { ada, person, host, user, room, n }: Place,
  needed: NeededForActs,
): Promise<SettledActs> {
  const settled = { victim: 0, report: 0, notice: 0, wayBack: '' }
  if (needed.victim !== undefined) {
    const victim = await signIn(server, `Victim${n}x`)
    settled.victim = newest(server, 'users')
    if (needed.victim === 'banned') await asOwner(server, ada, 'ban', settled.victim)
    if (needed.victim === 'kept out') {
      await letIn(server, host, room, victim)
      const fields = { user: `${settled.victim}`, for_good: 'yes' }
      await sendForm(server, host, `/rooms/${room}/members/remove`, fields)
    }
  }
  if (needed.hasReport === true) {
    await sendForm(server, person, `/rooms/${room}/messages/3/report`)
    settled.report = newest(server, 'reports')
  }
  if (needed.hasNotice === true) {
    write(server, 'INSERT INTO notices (user_id, kind) VALUES (?, ?)', user, 'renamed')
    settled.notice = newest(server, 'notices')
  }
  if (needed.hasWayBack === true) {
    const made = await asOwner(server, ada, 'way-back', user)
    settled.wayBack = /\/way-back\/[\w-]{22}/.exec(made)?.[0] ?? ''
  }
  return settled
}

/** Ada does something as an owner of the server, which she is for as long only. */
export async function asOwner(
  server: RunningServer,
  ada: Person,
  act: 'ban' | 'way-back',
  user: number,
): Promise<string> {
  write(server, `UPDATE users SET role = 'owner' WHERE nickname = ?`, ada.nickname)
  const answer = await actOn(server, ada, act, user)
  write(server, `UPDATE users SET role = 'member' WHERE nickname = ?`, ada.nickname)
  if (answer.status >= 400) throw new Error(`${act} was answered with ${answer.status}`)
  return answer.text()
}

/** What is done at /admin/people, or by a command of the operator, without one. */
export function write(server: RunningServer, sql: string, ...values: (string | number)[]): void {
  using db = open(server)
  db.query(sql).run(...values)
}

function newest(server: RunningServer, table: string): number {
  using db = open(server)
  return db.query<{ id: number }, []>(`SELECT max(id) AS id FROM ${table}`).get()?.id ?? 0
}

function open({ data }: RunningServer): Database {
  const db = new Database(join(data, 'chatroom.db'))
  db.run('PRAGMA busy_timeout = 5000')
  return db
}
