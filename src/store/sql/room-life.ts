import type { Database, Work } from './database'
import type { Act } from '../../shared/rights'
import type {
  AdministeredRoom,
  NameRules,
  NoRoomRight,
  Refused,
  RoomActor,
  RoomFacts,
  RoomLife,
} from '../store'
import { actorOf, createRefuseActing, createWriteAct } from './acts'
import { isHere, type WriteLine } from './persons'
import { createRefuseInRoom, mayOnServer, seesRoom } from './rights'

type Acts = Omit<RoomLife, 'dropMembers' | 'erase'>

/**
 * What becomes of a room. Each act is a transaction, which begins with the question
 * whether the actor may do it now.
 */
export function createRoomLife(db: Database, names: NameRules, writeLine: WriteLine): Acts {
  const work = { ...prepare(db), allow: createAllow(db), writeAct: createWriteAct(db), writeLine }
  const setKind = db.transaction(
    (by: RoomActor, room: number, kind: 'open' | 'closed', at: number) =>
      changeKind(work, names, by, room, kind, at),
  )
  const setHost = db.transaction(
    (by: RoomActor, room: number, user: number, isHost: boolean, at: number) =>
      changeHost(work, by, room, { user, isHost }, at),
  )
  const archive = db.transaction((by: RoomActor, room: number, isArchived: boolean, at: number) =>
    changeArchive(work, by, room, isArchived, at),
  )
  const begin = db.transaction((by: RoomActor, room: number, name: string, at: number) =>
    beginDeletion(work, by, room, name, at),
  )
  return {
    setKind,
    setHost: async (by, room, { user, isHost }, at) => setHost(by, room, user, isHost, at),
    archive,
    administered: createAdministered(db),
    delete: async (by, room, name, at) => begin(by, room, name, at),
  }
}

type Shared = RoomFacts & { isFirst: 0 | 1 }
type Allowed = { actor: number; reason: string; room: Shared }
type Allow = (act: Act, by: RoomActor, room: number) => Work<Allowed | Refused<NoRoomRight>>
type Statements = ReturnType<typeof prepare> & {
  allow: Allow
  writeAct: ReturnType<typeof createWriteAct>
  writeLine: WriteLine
}

/** Makes the function that asks, within a transaction, whether somebody may act on a room. */
function createAllow(db: Database): Allow {
  const refuseMember = createRefuseInRoom(db)
  const refuse = createRefuseActing(db)
  const find = db.query<Shared, [number]>(
    `SELECT name, topic, kind, archived_at AS archivedAt, created_by IS NULL AS isFirst
     FROM rooms WHERE id = ? AND kind IN ('open', 'closed') AND deleted_at IS NULL`,
  )
  const isSeen = db.query<unknown, [number, number]>(
    `SELECT 1 FROM rooms WHERE id = ?1 AND (kind = 'open' OR ${seesRoom('?1', '?2')})`,
  )
  const ask = function* (
    act: Act,
    by: RoomActor,
    room: number,
  ): Work<Omit<Allowed, 'room'> | Refused<NoRoomRight>> {
    if ('userId' in by) {
      const refused = yield* refuseMember(act, room, by.userId)
      return refused === null ? { actor: by.userId, reason: '' } : { refused }
    }
    const asked = yield* refuse('rooms.administer', by.acting, null)
    if ('refused' in asked) return asked
    if ((yield* isSeen.get(room, asked.actor)) === null) return { refused: 'room_missing' }
    return { actor: asked.actor, reason: by.reason }
  }
  return function* (act, by, id) {
    const allowed = yield* ask(act, by, id)
    if ('refused' in allowed) return allowed
    const room = yield* find.get(id)
    return room === null ? { refused: 'room_missing' } : { ...allowed, room }
  }
}

function* changeKind(
  work: Statements,
  names: NameRules,
  by: RoomActor,
  id: number,
  kind: 'open' | 'closed',
  at: number,
): Work<RoomFacts | Refused<NoRoomRight | 'first_room' | 'room_name_taken'>> {
  const allowed = yield* work.allow('room.kind', by, id)
  if ('refused' in allowed) return allowed
  const { isFirst, ...room } = allowed.room
  if (isFirst === 1) return { refused: 'first_room' }
  if (room.kind === kind) return room
  const { changes } = yield* work.setKind.run({ id, kind, ...names.ofRoom(room.name) })
  if (changes === 0) return { refused: 'room_name_taken' }
  const told = { room: id, author: allowed.actor, at }
  yield* work.writeLine({ ...told, kind: 'kind', from: room.kind, to: kind })
  return { ...room, kind }
}

function* changeHost(
  work: Statements,
  by: RoomActor,
  room: number,
  { user, isHost }: { user: number; isHost: boolean },
  at: number,
): Work<{ isNew: boolean } | Refused<NoRoomRight | 'person_missing' | 'host_needed'>> {
  const allowed = yield* work.allow('room.hand_over', by, room)
  if ('refused' in allowed) return allowed
  const member = { room, user }
  const role = (yield* work.findRole.get(member))?.role
  if (role === undefined) return { refused: 'person_missing' }
  if (isHost === (role === 'host')) return { isNew: false }
  const isLast =
    !isHost && allowed.room.isFirst === 0 && (yield* work.findOther.get(member)) === null
  if (isLast) return { refused: 'host_needed' }
  yield* work.setRole.run({ ...member, role: isHost ? 'host' : 'member' })
  const told = { room, author: allowed.actor, at }
  if (isHost) yield* work.writeLine({ ...told, kind: 'host', person: user })
  if ('acting' in by)
    yield* log(work, 'room.hand_over', allowed, at, room, user, isHost ? 'yes' : 'no')
  return { isNew: true }
}

function* changeArchive(
  work: Statements,
  by: RoomActor,
  id: number,
  isArchived: boolean,
  at: number,
): Work<RoomFacts | Refused<NoRoomRight | 'first_room'>> {
  const allowed = yield* work.allow('room.archive', by, id)
  if ('refused' in allowed) return allowed
  const { isFirst, ...room } = allowed.room
  if (isFirst === 1) return { refused: 'first_room' }
  if (isArchived === (room.archivedAt !== null)) return room
  const archivedAt = isArchived ? at : null
  yield* work.setArchived.run(id, archivedAt)
  const [from, to] = isArchived ? ['', 'yes'] : ['yes', '']
  yield* work.writeLine({ kind: 'archive', room: id, author: allowed.actor, at, from, to })
  yield* log(work, 'room.archive', allowed, at, id, null, isArchived ? 'yes' : 'no')
  return { ...room, archivedAt }
}

function* beginDeletion(
  work: Statements,
  by: RoomActor,
  id: number,
  typed: string,
  at: number,
): Work<
  | { name: string; uninvited: number[]; isReported: boolean }
  | Refused<NoRoomRight | 'first_room' | 'room_name_differs'>
> {
  const allowed = yield* work.allow('room.delete', by, id)
  if ('refused' in allowed) return allowed
  const { isFirst, name } = allowed.room
  if (isFirst === 1) return { refused: 'first_room' }
  // Pages show the name with a sign.
  if (typed !== name && typed !== `#${name}`) return { refused: 'room_name_differs' }
  // What is gone needs no answer any more; the log still says who was reported.
  const reported = yield* work.reported.all(id)
  yield* work.dropReports.run(id)
  for (const { person } of reported) {
    yield* log(work, 'report.handle', allowed, at, id, person, 'deleted')
  }
  yield* log(work, 'room.delete', allowed, at, id, null)
  // Nobody comes in any more, and its name is free.
  yield* work.markDeleted.run(id, at)
  const uninvited = (yield* work.dropInvitations.all(id)).map(({ user }) => user)
  return { name, uninvited, isReported: reported.length > 0 }
}

function* log(
  { writeAct }: Statements,
  act: 'room.hand_over' | 'room.archive' | 'room.delete' | 'report.handle',
  { actor, reason }: Allowed,
  at: number,
  room: number,
  person: number | null,
  detail = '',
): Work<void> {
  yield* writeAct({ at, actor, act, room, person, detail, reason })
}

function prepare(db: Database) {
  type Member = { room: number; user: number }
  type Kind = { id: number; kind: string; folded: string; skeleton: string }
  return {
    setKind: db.query<never, [Kind]>(
      `UPDATE rooms SET kind = $kind, name_folded = iif($kind = 'open', $folded, NULL),
         name_skeleton = iif($kind = 'open', $skeleton, NULL)
       WHERE id = $id AND ($kind = 'closed' OR NOT EXISTS (SELECT 1 FROM rooms AS others
         WHERE others.id <> $id
           AND (others.name_folded = $folded OR others.name_skeleton = $skeleton)))`,
    ),
    findRole: db.query<{ role: string }, [Member]>(
      `SELECT role FROM memberships
       WHERE room_id = $room AND user_id = $user AND ${isHere('$user')}`,
    ),
    findOther: db.query<unknown, [Member]>(
      `SELECT 1 FROM memberships AS hosts WHERE hosts.room_id = $room AND hosts.role = 'host'
         AND hosts.user_id <> $user AND ${isHere('hosts.user_id')}`,
    ),
    setRole: db.query<never, [Member & { role: string }]>(
      `UPDATE memberships SET role = $role WHERE room_id = $room AND user_id = $user`,
    ),
    setArchived: db.query<never, [number, number | null]>(
      `UPDATE rooms SET archived_at = ?2 WHERE id = ?1`,
    ),
    markDeleted: db.query<never, [number, number]>(
      `UPDATE rooms SET deleted_at = ?2, kind = 'closed', name_folded = NULL, name_skeleton = NULL
       WHERE id = ?1`,
    ),
    reported: db.query<{ person: number }, [number]>(
      `SELECT DISTINCT author_id AS person FROM reports JOIN messages USING (room_id, seq)
       WHERE room_id = ?`,
    ),
    dropReports: db.query<never, [number]>(`DELETE FROM reports WHERE room_id = ?`),
    dropInvitations: db.query<{ user: number }, [number]>(
      `DELETE FROM invitations WHERE room_id = ? RETURNING user_id AS user`,
    ),
  }
}

/** Of many hosts the list names these. */
const hostsNamed = 3

function createAdministered(db: Database): RoomLife['administered'] {
  const list = db.query<AdministeredRoom, [Uint8Array, string, number | null, number, number]>(
    `SELECT rooms.id, kind, name, members, messages, active_at AS activeAt,
       archived_at AS archivedAt, coalesce((SELECT group_concat(nickname, ', ') FROM (
         SELECT nickname FROM memberships JOIN users ON users.id = user_id
         WHERE room_id = rooms.id AND memberships.role = 'host' AND left_at IS NULL
         LIMIT ${hostsNamed})), '') AS hosts
     FROM rooms
     WHERE kind IN ('open', 'closed') AND deleted_at IS NULL AND instr(name_sought, ?2) > 0
       AND (?3 IS NULL OR (active_at, rooms.id) < (?3, ?4))
       AND (kind = 'open' OR ${seesRoom('rooms.id', actorOf)})
       AND ${mayOnServer('rooms.administer', actorOf)}
     ORDER BY active_at DESC, rooms.id DESC LIMIT ?5`,
  )
  return db.read((acting, { part, after, limit }) =>
    list.all(acting, part, after?.activeAt ?? null, after?.id ?? 0, limit),
  )
}
