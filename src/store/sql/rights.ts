import type { Database, Work } from './database'
import { type Act, type Rank, ranks, rights } from '../../shared/rights'
import type { NoRight } from '../store'

/**
 * The rights (shared/rights.ts) as conditions of statements, so that they hold at the moment of the
 * act. A rank is its place in the list of ranks; null for who has left, or is not in the room.
 */

/** The rank of a person on the server. */
export function rankOf(person: string): string {
  return `(SELECT ${rankOfRole('ranked.role')} FROM users AS ranked
    WHERE ranked.id = ${person} AND ranked.left_at IS NULL)`
}

/** The rank of a person in a room, if they are in it. */
function rankIn(room: string, person: string): string {
  return `(SELECT CASE WHEN places.kind = 'direct' THEN 0
      ELSE max(${rankOfRole('ranked.role')}, held.role = 'host') END
    FROM memberships AS held JOIN users AS ranked ON ranked.id = held.user_id
    JOIN rooms AS places ON places.id = held.room_id
    WHERE held.room_id = ${room} AND held.user_id = ${person} AND ranked.left_at IS NULL)`
}

/** Whether a person may do something on the server, to another one where `target` is given. */
export function mayOnServer(act: Act, person: string, target?: string): string {
  return mayWith(act, rankOf(person), target === undefined ? null : rankOf(target))
}

/** Whether a person may do something in a room, to another one where `target` is given. */
export function mayInRoom(act: Act, room: string, person: string, target?: string): string {
  // Who acts on somebody who is not in the room acts on what they are on the server.
  const other = target === undefined ? null : `coalesce(${rankIn(room, target)}, ${rankOf(target)})`
  return mayWith(act, rankIn(room, person), other)
}

/**
 * Makes the function that says, in the transaction of the act, why a person may not do something in
 * a room; null when they may. To those who are not in it the room is unknown.
 */
export function createRefuseInRoom(db: Database) {
  return function* (
    act: Act,
    room: number,
    person: number,
    target: number | null = null,
  ): Work<NoRight | 'room_missing' | null> {
    type Asked = { isIn: 0 | 1; isEnough: 0 | 1; may: 0 | 1 }
    const ask = db.query<Asked, [number, number, number | null]>(
      `SELECT ${rankIn('?1', '?2')} IS NOT NULL AS isIn,
         ${mayInRoom(act, '?1', '?2')} AS isEnough,
         ${mayInRoom(act, '?1', '?2', '?3')}
           OR ?3 IS NULL AND ${mayInRoom(act, '?1', '?2')} AS may`,
    )
    const { isIn = 0, isEnough = 0, may = 0 } = (yield* ask.get(room, person, target)) ?? {}
    if (isIn === 0) return 'room_missing'
    if (may === 1) return null
    return isEnough === 1 ? 'rank_equal' : 'host_only'
  }
}

/** The same for what is done on the server. */
export function createRefuseOnServer(db: Database) {
  return function* (act: Act, person: number, target: number | null = null): Work<NoRight | null> {
    type Asked = { isEnough: 0 | 1; may: 0 | 1 }
    const ask = db.query<Asked, [number, number | null]>(
      `SELECT ${mayOnServer(act, '?1')} AS isEnough,
         ${mayOnServer(act, '?1', '?2')} OR ?2 IS NULL AND ${mayOnServer(act, '?1')} AS may`,
    )
    const { isEnough = 0, may = 0 } = (yield* ask.get(person, target)) ?? {}
    if (may === 1) return null
    return isEnough === 1 ? 'rank_equal' : 'role_missing'
  }
}

/** Whether a person is told of a room that is not open: owners are, and those who are in it. */
export function seesRoom(room: string, person: string): string {
  return `(coalesce(${rankOf(person)}, 0) >= ${ranks.indexOf('owner')}
    OR EXISTS (SELECT 1 FROM memberships AS seen
      WHERE seen.room_id = ${room} AND seen.user_id = ${person}))`
}

/** Null is not enough for anything; who has left is of the lowest rank. */
function mayWith(act: Act, rank: string, target: string | null): string {
  const right: { least: Rank; onlyLower?: true } = rights[act]
  const isEnough = `coalesce(${rank}, -1) >= ${ranks.indexOf(right.least)}`
  return right.onlyLower !== true || target === null
    ? isEnough
    : `(${isEnough} AND ${rank} > coalesce(${target}, 0))`
}

function rankOfRole(role: string): string {
  return `CASE ${role} WHEN 'owner' THEN ${ranks.indexOf('owner')}
    WHEN 'moderator' THEN ${ranks.indexOf('moderator')} ELSE 0 END`
}
