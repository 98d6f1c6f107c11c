import type { Bus } from '../../server/bus'
import { takeFitting, weigh } from '../fitting'
import type { Followed, Hint, MembershipChange, NodeStore, Position } from '../nodes'
import type { Database } from '../sql/database'
import { type MessageRow, selectMessages, toMessageWithOther } from '../sql/message-rows'
import { isHere, markOf } from '../sql/persons'
import { isListed, joinOther, type OtherRow, selectOther } from '../sql/rooms'
import type { RoomKind, User } from '../store'

/** A node that has not looked for so long begins afresh. */
const keptMinutes = 15
const hintsMax = 1_000

/** What the nodes of a server ask; `readEpoch` is given by the store. */
export function createNodeStore(
  db: Database,
  bus: Bus,
  { readEpoch, isPooled }: { readEpoch: NodeStore['readEpoch']; isPooled: boolean },
): NodeStore {
  const { heads, headsOf, people, hints, newest, forgotten, moved, claim, forget } = prepare(db)
  return {
    bus,
    follow: createFollow(db),
    heads: db.read((rooms: number[]) => heads.all(JSON.stringify(rooms))),
    headsOf: db.read((userId: number) => headsOf.all(userId)),
    peopleIn: db.read(function* (room: number) {
      return (yield* people.all(room)).map(({ id }) => id)
    }),
    hintsAfter: db.read(function* (id: number) {
      const rows = yield* hints.all(id)
      return rows.map(({ isOwn, ...hint }) => ({ ...hint, isOwn: isOwn === 1 }))
    }),
    newestHint: db.read(function* () {
      return (yield* newest.get())?.id ?? 0
    }),
    isForgotten: db.read(function* (id: number) {
      return ((yield* forgotten.get())?.id ?? 0) > id
    }),
    movedLately: db.read((users: number[], ms: number) => moved.all(JSON.stringify(users), ms)),
    readEpoch,
    claim: db.write(function* (job: string, ms: number) {
      return (yield* claim.run(job, ms, Number(isPooled))).changes > 0
    }),
    tidy: db.write(function* () {
      yield* forget.run()
    }),
  }
}

const forgottenHint = `
  SELECT CAST(value AS INTEGER) AS id FROM settings WHERE key = 'forgotten_hint'`
const thisNode = `current_setting('application_name')`

function prepare(db: Database) {
  return {
    heads: db.query<Position, [string]>(
      `SELECT id AS room, revision, members_version AS members FROM rooms
       WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`,
    ),
    headsOf: db.query<Position, [number]>(
      `SELECT rooms.id AS room, revision, members_version AS members
       FROM memberships JOIN rooms ON rooms.id = room_id WHERE user_id = ?1 AND ${isListed}
         AND ${isHere('?1')}`,
    ),
    people: db.query<{ id: number }, [number]>(
      `SELECT user_id AS id FROM memberships WHERE room_id = ?`,
    ),
    hints: db.query<Omit<Hint, 'isOwn'> & { isOwn: 0 | 1 }, [number]>(
      `SELECT id, kind, coalesce(user_id, 0) AS user, coalesce(room_id, 0) AS room,
         node = ${thisNode} AS isOwn
       FROM hints WHERE id > ? ORDER BY id LIMIT ${hintsMax}`,
    ),
    newest: db.query<{ id: number }, []>(
      `SELECT max(coalesce((SELECT max(id) FROM hints), 0), coalesce((${forgottenHint}), 0)) AS id`,
    ),
    moved: db.query<{ user: number; room: number }, [string, number]>(
      `SELECT user_id AS user, room_id AS room FROM memberships
       WHERE user_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?1))
         AND read_at > clock_timestamp() - ?2 * interval '1 millisecond'`,
    ),
    // Behind a pool the connections do not tell which nodes there are.
    claim: db.query<never, [string, number, number]>(
      `INSERT INTO jobs (name, node, until)
       VALUES (?1, ${thisNode}, clock_timestamp() + ?2 * interval '1 millisecond')
       ON CONFLICT (name) DO UPDATE SET node = excluded.node, until = excluded.until
       WHERE jobs.node = excluded.node OR jobs.until < clock_timestamp()
         OR ?3 = 0 AND NOT EXISTS (
           SELECT 1 FROM pg_stat_activity WHERE application_name = jobs.node)`,
    ),
    forgotten: db.query<{ id: number }, []>(forgottenHint),
    forget: db.query<never, []>(
      `WITH old AS (
         DELETE FROM hints WHERE at < clock_timestamp() - interval '${keptMinutes} minutes'
         RETURNING id)
       INSERT INTO settings (key, value)
       SELECT 'forgotten_hint', CAST(max(id) AS text) FROM old HAVING count(*) > 0
       ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    ),
  }
}

type FollowedRow = MessageRow &
  OtherRow & {
    followed: number
    headRevision: number
    headMembers: number
    roomDeletedAt: number | null
    roomName: string
    roomTopic: string
    roomKind: RoomKind
    archivedAt: number | null
    changes: string | null
  }

/** One statement is one moment: no message is seen without the removals that came before it. */
function createFollow(db: Database): NodeStore['follow'] {
  const changedSince = (where: string): string =>
    selectMessages(`room_id = wanted.room AND ${where}`)
  const find = db.query<FollowedRow, [string, number]>(
    `SELECT wanted.room AS followed, rooms.revision AS headRevision,
       members_version AS headMembers, deleted_at AS roomDeletedAt, rooms.name AS roomName,
       rooms.topic AS roomTopic, rooms.kind AS roomKind, archived_at AS archivedAt,
       iif(members_version > wanted.members, (${changesOf('wanted')}), NULL) AS changes,
       said.*, ${selectOther}
     FROM (SELECT CAST(value ->> 0 AS INTEGER) AS room, CAST(value ->> 1 AS INTEGER) AS revision,
         CAST(value ->> 2 AS INTEGER) AS members FROM json_each(?1)) AS wanted
       JOIN rooms ON rooms.id = wanted.room
       LEFT JOIN LATERAL (
         SELECT * FROM (${changedSince('seq > wanted.revision AND revision = seq')}
           ORDER BY seq LIMIT ?2) AS fresh
         UNION ALL SELECT * FROM (${changedSince('revision > wanted.revision AND revision > seq')}
           ORDER BY revision LIMIT ?2) AS changed
         ORDER BY revision LIMIT ?2) AS said ON TRUE
       ${joinOther('said.senderId')}
     ORDER BY said.revision`,
  )
  return db.read(function* (positions: Position[], size: { rows: number; units: number }) {
    const wanted = positions.map(({ room, revision, members }) => [room, revision, members])
    const rows = yield* find.all(JSON.stringify(wanted), size.rows + 1)
    return [...Map.groupBy(rows, (row) => row.followed).values()].map((of) => toFollowed(of, size))
  })
}

/** Who came into a room and went since a version, as JSON. */
function changesOf(wanted: string): string {
  return `SELECT json_group_array(json_array(version, is_in, changed.revision,
      users.id, nickname, avatar, ${markOf('users')}) ORDER BY version)
    FROM membership_changes AS changed JOIN users ON users.id = user_id
    WHERE room_id = ${wanted}.room AND version > ${wanted}.members`
}

function toFollowed(rows: FollowedRow[], size: { rows: number; units: number }): Followed {
  const [first] = rows
  if (first === undefined) throw new Error('a group has a row')
  const { followed: room, headRevision: revision, headMembers: members } = first
  const { roomName: name, roomTopic: topic, roomKind: kind, archivedAt, roomDeletedAt } = first
  const { taken, more } = takeFitting(toMessages(rows), size, weigh)
  return {
    ...{ room, revision, members, name, topic, kind, archived: archivedAt !== null },
    deleted: roomDeletedAt === null ? null : name,
    changes: readChanges(first.changes),
    messages: taken,
    more,
  }
}

/** A room in which nothing was said has one row without a message. */
function* toMessages(rows: FollowedRow[]) {
  for (const row of rows) if (row.seq !== null) yield toMessageWithOther(row)
}

function readChanges(text: string | null): MembershipChange[] {
  if (text === null) return []
  type Change = [number, 0 | 1, number, number, string, string, User['mark']]
  const all: Change[] = JSON.parse(text)
  return all.map(([version, isIn, revision, id, nickname, avatar, mark]) => ({
    ...{ version, revision, isIn: isIn === 1 },
    user: { id, nickname, avatar, mark },
  }))
}
