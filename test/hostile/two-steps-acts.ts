import { actOn } from '../helpers/acts'
import { type Person, signIn } from '../helpers/client'
import { askDatabase } from '../helpers/database'
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
    settled.victim = await newest(server, 'users')
    if (needed.victim === 'banned') await asOwner(server, ada, 'ban', settled.victim)
    if (needed.victim === 'kept out') {
      await letIn(server, host, room, victim)
      const fields = { user: `${settled.victim}`, for_good: 'yes' }
      await sendForm(server, host, `/rooms/${room}/members/remove`, fields)
    }
  }
  if (needed.hasReport === true) {
    await sendForm(server, person, `/rooms/${room}/messages/3/report`)
    settled.report = await newest(server, 'reports')
  }
  if (needed.hasNotice === true) {
    await askDatabase(server, 'INSERT INTO notices (user_id, kind) VALUES (?, ?)', user, 'renamed')
    settled.notice = await newest(server, 'notices')
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
  await askDatabase(server, `UPDATE users SET role = 'owner' WHERE nickname = ?`, ada.nickname)
  const answer = await actOn(server, ada, act, user)
  await askDatabase(server, `UPDATE users SET role = 'member' WHERE nickname = ?`, ada.nickname)
  if (answer.status >= 400) throw new Error(`${act} was answered with ${answer.status}`)
  return answer.text()
}

async function newest(server: RunningServer, table: string): Promise<number> {
  const [row] = await askDatabase<{ id: number }>(server, `SELECT max(id) AS id FROM ${table}`)
  return row?.id ?? 0
}
