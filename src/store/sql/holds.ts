import type { Database, Work } from './database'
import { muteChoices, type RoomHold } from '../../shared/holds'
import { ranks } from '../../shared/rights'
import type { Closed, Holds } from '../holds'
import type { HeldBack, Member, Switches, User } from '../store'
import { createWriteAct } from './acts'
import { settingOf } from './administration'
import { isHere, userColumns, type WriteLine } from './persons'
import { createRefuseInRoom, mayInRoom, rankOf } from './rights'

/** A longer one was written while the clock was wrong. */
const muteMsMax = Math.max(...muteChoices)

/** Whether the row of `mutes` holds at a time. */
const isMuted = (at: string): string =>
  `(mutes.until > ${at} AND mutes.until - ${at} <= ${muteMsMax})`

/** The milliseconds until a person who is not a host may write again in a slow room. */
function waitIn(person: string, at: string): string {
  return `coalesce((SELECT max(0, slow_ms - (${at} - last_posts.at)) FROM last_posts
    WHERE last_posts.room_id = rooms.id AND last_posts.user_id = ${person}
      AND last_posts.at <= ${at}), 0)`
}

/**
 * Why the server's setting keeps a person from writing privately to another one; null where it does
 * not. Moderators and owners write to everybody, and may be answered in `room`.
 */
function refusalOfPrivate(person: string, other: string, room: string): string {
  const moderator = ranks.indexOf('moderator')
  const isHostOfBoth = `EXISTS (SELECT 1 FROM memberships AS hers JOIN memberships AS his
      ON his.room_id = hers.room_id AND his.user_id = ${other}
    WHERE hers.user_id = ${person} AND 'host' IN (hers.role, his.role))`
  const hasWritten = `EXISTS (SELECT 1 FROM
    (SELECT author_id FROM messages WHERE room_id = ${room} ORDER BY seq DESC LIMIT 1000)
    WHERE author_id = ${other})`
  return `CASE WHEN ${settingOf('privateMessages')} = 'everybody' THEN NULL
    WHEN ${rankOf(person)} >= ${moderator} THEN NULL
    WHEN ${settingOf('privateMessages')} = 'hosts' THEN
      iif(${rankOf(other)} >= ${moderator} OR ${isHostOfBoth}, NULL, 'private_hosts')
    ELSE iif(${rankOf(other)} >= ${moderator} AND ${hasWritten}, NULL, 'private_off') END`
}

/** The same of all who are in a direct room: everybody there reads what one of them writes. */
function refusalOfDirect(room: string, person: string): string {
  return `iif(kind = 'direct', (SELECT code FROM (
      SELECT ${refusalOfPrivate(person, 'mates.user_id', room)} AS code FROM memberships AS mates
      WHERE mates.room_id = ${room} AND mates.user_id <> ${person} AND ${isHere('mates.user_id')})
    WHERE code IS NOT NULL LIMIT 1), NULL)`
}

export type FindDirectRefusal = (room: number, person: number) => Work<RoomHold['direct']>

/** Makes the function that says why the server's setting keeps somebody from writing in a room. */
export function createFindDirectRefusal(db: Database): FindDirectRefusal {
  const find = db.query<{ code: RoomHold['direct'] }, [number, number]>(
    `SELECT ${refusalOfDirect('?1', '?2')} AS code FROM rooms WHERE id = ?1 AND ${isLimitedSql}`,
  )
  return function* (room, person) {
    return (yield* find.get(room, person))?.code ?? null
  }
}

/** Makes the function that says the same of a conversation that is not there yet. */
export function createFindPrivateRefusal(db: Database) {
  const find = db.query<{ code: RoomHold['direct'] }, [number, number]>(
    `SELECT ${refusalOfPrivate('?1', '?2', 'NULL')} AS code WHERE ${isHere('?2')}`,
  )
  return function* (person: number, other: number) {
    return (yield* find.get(person, other))?.code ?? null
  }
}

/** Whether the server's setting limits who writes in the direct room of a row. */
export const isLimitedSql = `(kind = 'direct' AND ${settingOf('privateMessages')} <> 'everybody')`

/** Whether anything is set in the room of a row, or keeps a person from writing: few rooms. */
export function hasHold(person: string): string {
  return `(writers <> 'everybody' OR slow_ms > 0 OR is_locked = 1 OR archived_at IS NOT NULL
    OR ${isLimitedSql} OR EXISTS (SELECT 1 FROM mutes
      WHERE mutes.room_id = rooms.id AND mutes.user_id = ${person}))`
}

/** Makes the function that says what holds in a room for one of its members; null for nothing. */
export function createFindHold(
  db: Database,
): (room: number, person: number) => Work<RoomHold | null> {
  const at = `CAST(unixepoch('subsec') * 1000 AS INTEGER)`
  const muted = `FROM mutes
    WHERE mutes.room_id = rooms.id AND mutes.user_id = ?2 AND ${isMuted(at)}`
  const find = db.query<HoldRow, [number, number]>(
    `SELECT writers, slow_ms AS slowMs, is_locked AS isLocked, archived_at AS archivedAt,
       coalesce((SELECT mutes.until - ${at} ${muted}), 0) AS mutedMs,
       coalesce((SELECT mutes.reason ${muted}), '') AS mutedWhy,
       ${waitIn('?2', at)} AS waitMs,
       ${refusalOfDirect('?1', '?2')} AS direct
     FROM rooms WHERE id = ?1`,
  )
  return function* (room, person) {
    const row = yield* find.get(room, person)
    return row === null ? null : toHold(row)
  }
}

type HoldRow = {
  writers: Switches['writers']
  slowMs: number
  isLocked: 0 | 1
  archivedAt: number | null
  mutedMs: number
  mutedWhy: string
  waitMs: number
  direct: RoomHold['direct']
}

function toHold(row: HoldRow): RoomHold | null {
  const { writers, slowMs, isLocked, archivedAt, mutedMs, mutedWhy, waitMs, direct } = row
  const isPlain = writers === 'everybody' && slowMs === 0 && isLocked === 0 && mutedMs === 0
  if (isPlain && archivedAt === null && direct === null) return null
  return {
    ...{ writers, slow_ms: slowMs, locked: isLocked === 1, archived: archivedAt !== null },
    ...{ muted_ms: mutedMs, muted_why: mutedWhy, wait_ms: slowMs > 0 ? waitMs : 0, direct },
  }
}

/** Whether nobody new comes into the room of a row. */
export const isLockedSql = `(is_locked = 1 OR archived_at IS NOT NULL)`

/** Whether a row of `rooms` holds anybody back: then `createHeldBack` is asked for each person. */
export const isHeldSql = `(writers <> 'everybody' OR slow_ms > 0 OR archived_at IS NOT NULL
  OR EXISTS (SELECT 1 FROM mutes WHERE mutes.room_id = rooms.id))`

/** Makes the function that says why nobody comes into a room. */
export function createFindClosed(db: Database): (room: number) => Work<Closed | null> {
  const find = db.query<{ code: Closed | null }, [number]>(
    `SELECT CASE WHEN archived_at IS NOT NULL THEN 'room_archived'
       WHEN is_locked = 1 THEN 'room_locked' END AS code
     FROM rooms WHERE id = ?`,
  )
  return function* (room) {
    return (yield* find.get(room))?.code ?? null
  }
}

/** `post`: a message; `edit`: another text for one; `react`: as readers do. */
type Writing = 'post' | 'edit' | 'react'

export type FindHeldBack = (
  what: Writing,
  room: number,
  person: number,
  at: number,
) => Work<HeldBack | null>

/** Makes the function that says, in the transaction of the act, why somebody may not write. */
export function createFindHeldBack(db: Database): FindHeldBack {
  type Held = { archivedAt: number | null; mutedMs: number; isHosts: 0 | 1; waitMs: number }
  const find = db.query<Held & { isHost: 0 | 1 }, [number, number, number]>(
    `SELECT archived_at AS archivedAt, writers = 'hosts' AS isHosts,
       coalesce((SELECT mutes.until - ?3 FROM mutes
         WHERE mutes.room_id = rooms.id AND mutes.user_id = ?2 AND ${isMuted('?3')}), 0) AS mutedMs,
       iif(slow_ms > 0, ${waitIn('?2', '?3')}, 0) AS waitMs,
       (writers = 'hosts' OR slow_ms > 0) AND ${mayInRoom('room.switch', '?1', '?2')} AS isHost
     FROM rooms WHERE id = ?1`,
  )
  return function* (what, room, person, at) {
    const held = yield* find.get(room, person, at)
    if (held === null) return null
    if (held.archivedAt !== null) return { code: 'room_archived' }
    if (held.mutedMs > 0) return { code: 'muted', retryMs: held.mutedMs }
    if (held.isHost === 1 || what === 'react') return null
    if (held.isHosts === 1) return { code: 'hosts_only' }
    const isEarly = what === 'post' && held.waitMs > 0
    return isEarly ? { code: 'slow', retryMs: held.waitMs } : null
  }
}

/** Switches of rooms and muted people; the right is asked in each transaction. */
export function createHolds(db: Database, writeLine: WriteLine): Holds {
  const findHeldBack = createFindHeldBack(db)
  const findPrivateRefusal = createFindPrivateRefusal(db)
  const findDirectRefusal = createFindDirectRefusal(db)
  const change = db.transaction(createSwitch(db, writeLine))
  const { mute, unmute, find } = createMutes(db)
  const isMember = db.query<unknown, [Member]>(
    `SELECT 1 FROM memberships WHERE room_id = $roomId AND user_id = $userId`,
  )
  return {
    change,
    mute,
    unmute,
    mutable: db.read((by, people, at) => find(by, people, at)),
    whyNotPrivate: db.read((person, other) => findPrivateRefusal(person, other)),
    mayWrite: db.read(function* (member, at) {
      return (
        (yield* isMember.get(member)) !== null &&
        (yield* findDirectRefusal(member.roomId, member.userId)) === null &&
        [null, 'slow'].includes(
          (yield* findHeldBack('post', member.roomId, member.userId, at))?.code ?? null,
        )
      )
    }),
  }
}

/** Each change is a line of its own: it stands between what was and was not allowed. */
function createSwitch(db: Database, writeLine: WriteLine) {
  const refuse = createRefuseInRoom(db)
  type Found = Omit<Switches, 'isLocked'> & { isLocked: 0 | 1; isFirst: 0 | 1 }
  const find = db.query<Found & { archivedAt: number | null }, [number]>(
    `SELECT writers, slow_ms AS slowMs, is_locked AS isLocked, archived_at AS archivedAt,
       id = (SELECT min(id) FROM rooms WHERE kind = 'open') AS isFirst
     FROM rooms WHERE id = ?`,
  )
  const set = db.query<never, [number, string, number, boolean]>(
    `UPDATE rooms SET writers = ?2, slow_ms = ?3, is_locked = ?4 WHERE id = ?1`,
  )
  const head = db.query<{ revision: number }, [number]>(`SELECT revision FROM rooms WHERE id = ?`)
  const forget = db.query<never, [number]>(`DELETE FROM last_posts WHERE room_id = ?`)
  // Who wrote just before waits, too.
  const remember = db.query<never, [number, number]>(
    `INSERT INTO last_posts (room_id, user_id, at)
     SELECT ?1, author_id, max(created_at) FROM
       (SELECT author_id, created_at FROM messages
        WHERE room_id = ?1 AND system IS NULL ORDER BY seq DESC LIMIT 5000)
     WHERE created_at > ?2 GROUP BY author_id`,
  )
  return function* (
    { roomId: room, userId: author }: Member,
    wanted: Partial<Switches>,
    at: number,
  ) {
    const refused = yield* refuse('room.switch', room, author)
    if (refused !== null) return { refused }
    const found = yield* find.get(room)
    if (found === null || found.archivedAt !== null) return { refused: 'room_archived' } as const
    if (wanted.isLocked === true && found.isFirst === 1) return { refused: 'first_room' } as const
    const before: Switches = {
      writers: found.writers,
      slowMs: found.slowMs,
      isLocked: found.isLocked === 1,
    }
    const after = { ...before, ...wanted }
    yield* set.run(room, after.writers, after.slowMs, after.isLocked)
    if (after.slowMs === 0) yield* forget.run(room)
    else if (before.slowMs === 0) yield* remember.run(room, at - after.slowMs)
    const switches = [
      ['writers', before.writers, after.writers],
      ['slow', before.slowMs, after.slowMs],
      ['locked', before.isLocked, after.isLocked],
    ] as const
    for (const [kind, from, to] of switches) {
      if (from === to) continue
      yield* writeLine({ kind, room, author, at, from: String(from), to: String(to) })
    }
    return { switches: after, revision: (yield* head.get(room))?.revision ?? 0 }
  }
}

/** As the log shows it in every language. */
function spanOf(ms: number): string {
  if (ms < 3_600_000) return `${ms / 60_000} min`
  return ms < 86_400_000 ? `${ms / 3_600_000} h` : `${ms / 86_400_000} d`
}

function createMutes(db: Database) {
  const refuse = createRefuseInRoom(db)
  const writeAct = createWriteAct(db)
  const isMember = db.query<unknown, [number, number]>(
    `SELECT 1 FROM memberships WHERE room_id = ? AND user_id = ?`,
  )
  const add = db.query<never, [Record<string, number | string>]>(
    `INSERT INTO mutes (room_id, user_id, until, reason, by_id, at)
     VALUES ($room, $person, $until, $reason, $actor, $at)
     ON CONFLICT (room_id, user_id) DO UPDATE SET until = excluded.until, reason = excluded.reason,
       by_id = excluded.by_id, at = excluded.at`,
  )
  const dropOld = db.query<never, [number]>(`DELETE FROM mutes WHERE NOT ${isMuted('?1')}`)
  const drop = db.query<never, [number, number]>(
    `DELETE FROM mutes WHERE room_id = ? AND user_id = ?`,
  )
  type Row = User & { person: number; until: number | null; reason: string }
  type Asked = Member & { people: string; at: number }
  const find = db.query<Row, [Asked]>(
    `SELECT asked.id AS person, until, reason, ${userColumns()}
     FROM (SELECT CAST(value AS INTEGER) AS id FROM json_each($people)) AS asked
       LEFT JOIN mutes ON mutes.room_id = $roomId AND mutes.user_id = asked.id
         AND ${isMuted('$at')}
       LEFT JOIN users ON users.id = by_id
     WHERE ${mayInRoom('person.mute', '$roomId', '$userId', 'asked.id')}`,
  )
  type Told = { ms: number; reason: string; at: number }
  return {
    mute: db.transaction(function* (by: Member, person: number, told: Told) {
      const { roomId: room, userId: actor } = by
      const refused = yield* refuse('person.mute', room, actor, person)
      if (refused !== null) return { refused }
      if ((yield* isMember.get(room, person)) === null)
        return { refused: 'person_missing' } as const
      const { ms, reason, at } = told
      yield* dropOld.run(at)
      yield* add.run({ room, person, until: at + ms, reason, actor, at })
      yield* writeAct({ at, actor, act: 'person.mute', person, room, detail: spanOf(ms), reason })
      return { until: at + ms }
    }),
    unmute: db.transaction(function* (by: Member, person: number, at: number) {
      const { roomId: room, userId: actor } = by
      const refused = yield* refuse('person.mute', room, actor, person)
      if (refused !== null) return { refused }
      yield* dropOld.run(at)
      if ((yield* drop.run(room, person)).changes === 0) return { isUndone: false }
      yield* writeAct({ at, actor, act: 'person.unmute', person, room })
      return { isUndone: true }
    }),
    *find(by: Member, people: number[], at: number) {
      const rows = yield* find.all({ ...by, people: JSON.stringify(people), at })
      return rows.map(({ person, until, reason, ...user }) => ({
        person,
        mute: until === null ? null : { until, reason, by: user },
      }))
    },
  }
}
