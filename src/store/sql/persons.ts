import { type Database, type Work, workOn } from './database'
import type { Departure, Heir, NewLine, User } from '../store'

/** The condition that a person has not left: the others have no authority anywhere. */
export function isHere(person: string): string {
  return `EXISTS (SELECT 1 FROM users AS somebody
    WHERE somebody.id = ${person} AND somebody.left_at IS NULL)`
}

/** The condition that nobody but this person has the name, or one that looks alike. */
export function isNameFree(folded: string, skeleton: string, person: string): string {
  return `NOT EXISTS (SELECT 1 FROM users AS others WHERE others.id <> ${person}
    AND (others.nickname_folded = ${folded} OR others.nickname_skeleton = ${skeleton}))`
}

/** What keeps a person from being taken for another one, of a row of `users`. */
export function markOf(users: string): string {
  return `CASE WHEN ${users}.left_at IS NOT NULL THEN 'left'
    WHEN ${users}.new_until > unixepoch() * 1000 THEN 'new' END`
}

/** The columns of a `User`, of a row of `users`. */
export function userColumns(users = 'users'): string {
  return `${users}.id, ${users}.nickname, ${users}.avatar, ${markOf(users)} AS mark`
}

/** Writes a system line in the transaction of what it tells. */
export type WriteLine = (line: NewLine) => Work<void>

/**
 * Makes the function that gives a room without a present host to the member who is there longest;
 * null when nothing changes. The first room and direct rooms have no host.
 */
export function createPassHost(
  db: Database,
  writeLine: WriteLine,
): (room: number, at: number) => Work<Heir | null> {
  const findHeir = db.query<{ user: number }, [number]>(
    `SELECT user_id AS user FROM memberships CROSS JOIN users ON users.id = user_id
     WHERE room_id = ?1 AND left_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM memberships AS hosts
         WHERE hosts.room_id = ?1 AND hosts.role = 'host' AND ${isHere('hosts.user_id')})
       AND EXISTS (SELECT 1 FROM rooms
         WHERE rooms.id = ?1 AND kind <> 'direct' AND created_by IS NOT NULL)
     ORDER BY joined_at, user_id LIMIT 1`,
  )
  const give = db.query<never, [number, number]>(
    `UPDATE memberships SET role = iif(user_id = ?2, 'host', 'member')
     WHERE room_id = ?1 AND (user_id = ?2 OR role = 'host')`,
  )
  return function* (room, at) {
    const heir = yield* findHeir.get(room)
    if (heir === null) return null
    yield* give.run(room, heir.user)
    yield* writeLine({ kind: 'host', room, author: heir.user, person: heir.user, at })
    return { room, user: heir.user }
  }
}

/**
 * Makes the function that lets a person leave: their sessions end, the name becomes free, unless
 * they are banned, and their rooms get other hosts. Null for people who have left already.
 */
export function createDepart(
  db: Database,
  writeLine: WriteLine,
  isBan = false,
): (userId: number, at: number) => Work<Departure | null> {
  const release = createReleaseName(db)
  const findLeaver = db.query<{ skeleton: string | null }, [number]>(
    `SELECT nickname_skeleton AS skeleton FROM users WHERE id = ? AND left_at IS NULL`,
  )
  const endSessions = db.query<never, [number]>(`DELETE FROM sessions WHERE user_id = ?`)
  const leave = db.query<User, [number, number]>(
    `UPDATE users SET ${isBan ? '' : 'nickname_folded = NULL, nickname_skeleton = NULL,'}
       left_at = ?2, code_hash = NULL, code_made_at = NULL
     WHERE id = ?1 RETURNING ${userColumns()}`,
  )
  const owned = db.query<{ room: number }, [number]>(
    `SELECT room_id AS room FROM memberships WHERE user_id = ? AND role = 'host'`,
  )
  const passHost = createPassHost(db, writeLine)
  return function* (userId, at) {
    const leaver = yield* findLeaver.get(userId)
    if (leaver === null) return null
    yield* endSessions.run(userId)
    if (!isBan) yield* release(userId, leaver.skeleton, at)
    const user = yield* leave.get(userId, at)
    if (user === null) return null
    const heirs = (yield* workOn(yield* owned.all(userId), ({ room }) =>
      passHost(room, at),
    )).filter((heir) => heir !== null)
    return { user, heirs }
  }
}

type ReleaseName = (userId: number, skeleton: string | null, at: number) => Work<void>

/** Makes the function that remembers a name that has become free. */
export function createReleaseName(db: Database): ReleaseName {
  const release = db.query<never, [number, string, number]>(
    `INSERT INTO freed_names (user_id, nickname_skeleton, freed_at) VALUES (?, ?, ?)
     ON CONFLICT (nickname_skeleton, user_id) DO UPDATE SET freed_at = excluded.freed_at`,
  )
  return function* (userId, skeleton, at) {
    if (skeleton !== null) yield* release.run(userId, skeleton, at)
  }
}

/** A freed name is remembered this long: a person who takes it meanwhile is shown as new. */
export const newNameMs = 7 * 24 * 60 * 60_000

/** When a person who takes a name now stops being new: null if nobody else had it just before. */
export function newUntil(skeleton: string, at: string, person = '0'): string {
  return `iif(EXISTS (SELECT 1 FROM freed_names WHERE freed_names.nickname_skeleton = ${skeleton}
    AND freed_names.user_id <> ${person} AND freed_at > ${at} - ${newNameMs}),
    ${at} + ${newNameMs}, NULL)`
}

/** The person of an invitation has not declined it, nor one into the same room lately. */
export const isShown = `NOT EXISTS (SELECT 1 FROM declined_rooms AS declined
  WHERE declined.user_id = invitations.user_id AND declined.room_id = invitations.room_id)`
