import type { Database, Work } from './database'
import { fold } from '../../shared/fold'
import { limits } from '../../shared/limits'
import type { Closed } from '../holds'
import type {
  Heir,
  Joined,
  Member,
  NewRoom,
  NoRight,
  Refused,
  Removal,
  RoomFacts,
  RoomLimits,
  RoomName,
  Store,
  User,
} from '../store'
import { createPassHost, isHere, isShown, userColumns, type WriteLine } from './persons'
import { createWriteAct } from './acts'
import { settingOf } from './administration'
import { createConversations, type SeenBy } from './conversations'
import { createFindClosed } from './holds'
import { createRefuseInRoom, mayOnServer } from './rights'

type Memberships = Omit<
  Store['rooms'],
  'ofUser' | 'count' | 'own' | 'find' | 'head' | 'heads' | 'open' | 'first'
>

/**
 * Who is in which room. What takes more than one statement is one transaction, which
 * begins with the question whether the person may do it now.
 */
export function createMemberships(
  db: Database,
  caps: RoomLimits,
  seenBy: SeenBy,
  writeLine: WriteLine,
): Memberships {
  const refuse = createRefuseInRoom(db)
  const findClosed = createFindClosed(db)
  const passHost = createPassHost(db, writeLine)
  const writeAct = createWriteAct(db)
  const statements = { ...prepare(db), refuse, findClosed, writeAct, caps, writeLine, passHost }
  const { markRead, markUnread, setNotify } = statements
  const create = db.transaction((room: NewRoom) => createRoom(statements, seenBy, room))
  const join = db.transaction((member: Member, at: number) =>
    enter(statements, seenBy, member, at, true),
  )
  const accept = db.transaction((member: Member, at: number) =>
    enter(statements, seenBy, member, at, false),
  )
  type NewTexts = { name: RoomName | null; topic: string | null }
  const change = db.transaction((by: Member, wanted: NewTexts, at: number) =>
    changeRoom(statements, by, wanted, at),
  )
  return {
    create,
    async join(userId, roomId, at) {
      return (await join({ userId, roomId }, at)) ?? { refused: 'room_missing' }
    },
    async accept(userId, roomId, at) {
      return (await accept({ userId, roomId }, at)) ?? { refused: 'invitation_over' }
    },
    ...createEndings(db, statements),
    change: async (by, name, topic, at) => change(by, { name, topic }, at),
    ...createConversations(db, caps, seenBy),
    markRead: db.write(function* (member, seq) {
      return (yield* markRead.run({ ...member, seq })).changes > 0
    }),
    markUnread: db.write(function* (member, seq) {
      return void (yield* markUnread.run({ ...member, seq }))
    }),
    setNotify: db.transaction(function* (member, notify, comings) {
      return (yield* setNotify.run({ ...member, notify, comings })).changes > 0
        ? null
        : 'room_missing'
    }),
  }
}

type Statements = ReturnType<typeof prepare> & {
  caps: RoomLimits
  writeLine: WriteLine
  refuse: ReturnType<typeof createRefuseInRoom>
  findClosed: ReturnType<typeof createFindClosed>
  passHost: (room: number, at: number) => Work<Heir | null>
  writeAct: ReturnType<typeof createWriteAct>
}

/** Makes somebody a member: where it is open, or as they are invited; else null. */
function* enter(
  statements: Statements,
  seenBy: SeenBy,
  member: Member,
  at: number,
  isOpen: boolean,
): Work<Joined | Refused<'own_rooms_full' | 'kept_out' | Closed> | null> {
  const { roomId, userId } = member
  const known = yield* seenBy(userId, roomId)
  if (known !== null) return { room: known, invitedBy: null, isNew: false }
  const invitedBy = yield* statements.findInviter.get(member)
  const mayEnter = isOpen ? (yield* statements.isOpen.get(roomId)) !== null : invitedBy !== null
  if (!mayEnter || (yield* statements.isHere.get(userId)) === null) return null
  if ((yield* statements.isKeptOut.get(member)) !== null) return { refused: 'kept_out' }
  const closed = yield* statements.findClosed(roomId)
  if (closed !== null) return { refused: closed }
  if (yield* isFull(statements, userId)) return { refused: 'own_rooms_full' }
  yield* statements.insertMember.run({ roomId, userId, role: 'member', at })
  const by = invitedBy?.id ?? null
  yield* statements.writeLine({
    kind: 'joined',
    room: roomId,
    author: userId,
    person: userId,
    by,
    at,
  })
  yield* statements.passHost(roomId, at)
  const room = yield* seenBy(userId, roomId)
  return room === null ? null : { room, invitedBy, isNew: true }
}

/** The membership of a person who has not left. */
const own = `room_id = $roomId AND user_id = $userId AND ${isHere('$userId')}`

function createEndings(
  db: Database,
  statements: Statements,
): Pick<Memberships, 'leave' | 'remove'> {
  const end = function* (member: Member): Work<boolean> {
    return (yield* statements.removeMember.run(member)).changes > 0
  }
  const { passHost, writeLine } = statements
  const leave = db.transaction(function* (member: Member, at: number) {
    const { roomId: room, userId: author } = member
    if ((yield* statements.findRole.get(member)) === null || !(yield* end(member))) return null
    yield* writeLine({ kind: 'left', room, author, person: author, at })
    // The others go on, and may begin another one with the same people.
    yield* statements.freeKey.run(room)
    return { heir: yield* passHost(room, at) }
  })
  const remove = db.transaction(function* (host: Member, person: number, at: number, how: Removal) {
    const refused = yield* statements.refuse('person.remove', host.roomId, host.userId, person)
    if (refused !== null) return { refused }
    const removed = { ...host, userId: person }
    if (!(yield* end(removed))) return { refused: 'person_missing' } as const
    const { roomId: room, userId: actor } = host
    if (how.isForGood) yield* statements.keepOut.run({ ...removed, at })
    yield* writeLine({ kind: 'removed', room, author: actor, person, at })
    const act = how.isForGood ? 'person.keep_out' : 'person.remove'
    yield* statements.writeAct({ at, actor, act, person, room, reason: how.reason })
    yield* passHost(room, at)
    return { uninvited: (yield* statements.dropInvitations.all(removed)).map(({ id }) => id) }
  })
  return {
    leave,
    remove: async (host, userId, at, how = { isForGood: false, reason: '' }) =>
      remove(host, userId, at, how),
  }
}

/** Whether a person is in as many rooms as anybody may be; private conversations count apart. */
function* isFull({ caps, countRooms }: Statements, userId: number): Work<boolean> {
  return ((yield* countRooms.get(userId))?.rooms ?? 0) >= caps.perPerson
}

function* changeRoom(
  statements: Statements,
  by: Member,
  { name, topic }: { name: RoomName | null; topic: string | null },
  at: number,
): Work<RoomFacts | Refused<'room_missing' | NoRight | 'room_name_taken' | 'room_archived'>> {
  const told = { room: by.roomId, author: by.userId, at }
  const room = yield* statements.findShared.get(by)
  if (room === null) return { refused: 'room_missing' }
  if ((yield* statements.findClosed(by.roomId)) === 'room_archived')
    return { refused: 'room_archived' }
  if (name !== null && name.name !== room.name) {
    const refused = yield* statements.refuse('room.rename', by.roomId, by.userId)
    if (refused !== null) return { refused }
    const { changes } = yield* statements.rename.run({
      id: by.roomId,
      ...name,
      sought: fold(name.name),
    })
    if (changes === 0) return { refused: 'room_name_taken' }
    yield* statements.writeLine({ ...told, kind: 'renamed', from: room.name, to: name.name })
  }
  if (topic !== null && topic !== room.topic) {
    yield* statements.setTopic.run(by.roomId, topic)
    yield* statements.writeLine({ ...told, kind: 'topic', from: room.topic, to: topic })
  }
  return { ...room, name: name?.name ?? room.name, topic: topic ?? room.topic }
}

function* createRoom(statements: Statements, seenBy: SeenBy, room: NewRoom) {
  const { host: userId, createdAt: at } = room
  if ((yield* statements.isHere.get(userId)) === null) return { refused: 'not_signed_in' } as const
  if ((yield* statements.mayMakeRooms.get(userId)) === null)
    return { refused: 'role_missing' } as const
  const { made: before = 0 } = (yield* statements.countMade.get(userId)) ?? {}
  if (before >= limits.roomsMadeMax) return { refused: 'rooms_too_many' } as const
  if (yield* isFull(statements, userId)) return { refused: 'own_rooms_full' } as const
  const { rooms = 0 } = (yield* statements.countAll.get()) ?? {}
  if (rooms >= statements.caps.all) return { refused: 'rooms_full' } as const
  const made = yield* statements.insertRoom.get({ ...room, sought: fold(room.name) })
  if (made === null) return { refused: 'room_name_taken' } as const
  yield* statements.insertMember.run({ roomId: made.id, userId, role: 'host', at })
  return (yield* seenBy(userId, made.id)) ?? ({ refused: 'not_signed_in' } as const)
}

type Sought = { sought: string }

function prepare(db: Database) {
  return {
    // The name of a closed room is private: it neither takes a name nor shows that it has one.
    insertRoom: db.query<{ id: number }, [NewRoom & Sought]>(
      `INSERT INTO rooms (kind, name, name_folded, name_skeleton, name_sought, topic,
         created_by, created_at, active_at)
       SELECT $kind, $name, iif($kind = 'open', $folded, NULL),
         iif($kind = 'open', $skeleton, NULL), $sought, $topic, $host, $createdAt, $createdAt
       WHERE NOT EXISTS
         (SELECT 1 FROM rooms WHERE name_folded = $folded OR name_skeleton = $skeleton)
       RETURNING id`,
    ),
    countAll: db.query<{ rooms: number }, []>(
      `SELECT count(*) AS rooms FROM rooms WHERE kind <> 'direct'`,
    ),
    countRooms: db.query<{ rooms: number }, [number]>(
      `SELECT count(*) AS rooms FROM memberships JOIN rooms ON rooms.id = room_id
       WHERE user_id = ? AND kind <> 'direct'`,
    ),
    freeKey: db.query<never, [number]>(
      `UPDATE rooms SET direct_key = 'left ' || id WHERE id = ? AND is_group = 1`,
    ),
    // Messages from before somebody joined are not unread for them.
    insertMember: db.query<never, [Member & { role: string; at: number }]>(
      `INSERT INTO memberships (room_id, user_id, role, joined_at, read_seq)
       SELECT id, $userId, $role, $at, revision FROM rooms WHERE id = $roomId
       ON CONFLICT DO NOTHING`,
    ),
    isHere: db.query<unknown, [number]>(`SELECT 1 WHERE ${isHere('?')}`),
    isOpen: db.query<{ id: number }, [number]>(
      `SELECT id FROM rooms WHERE id = ? AND kind = 'open'`,
    ),
    removeMember: db.query<never, [Member]>(
      `DELETE FROM memberships WHERE room_id = $roomId AND user_id = $userId
         AND EXISTS (SELECT 1 FROM rooms
           WHERE id = $roomId AND (kind <> 'direct' OR is_group = 1))`,
    ),
    findInviter: db.query<User, [Member]>(
      `SELECT ${userColumns()} FROM invitations JOIN users ON users.id = invited_by
       WHERE room_id = $roomId AND user_id = $userId AND ${isShown}`,
    ),
    dropInvitations: db.query<{ id: number }, [Member]>(
      `DELETE FROM invitations WHERE room_id = $roomId AND invited_by = $userId
       RETURNING user_id AS id`,
    ),
    ...prepareForMembers(db),
    ...prepareForMakers(db),
    ...prepareForKeptOut(db),
  }
}

/** What members do: the membership is part of each statement. */
function prepareForMembers(db: Database) {
  return {
    // A marker only moves forward, and never past the newest message.
    markRead: db.query<never, [Member & { seq: number }]>(
      `UPDATE memberships
       SET read_seq = min($seq, (SELECT revision FROM rooms WHERE id = $roomId))
       WHERE ${own}
         AND read_seq < min($seq, (SELECT revision FROM rooms WHERE id = $roomId))`,
    ),
    markUnread: db.query<never, [Member & { seq: number }]>(
      `UPDATE memberships SET read_seq = min(read_seq, $seq - 1) WHERE ${own}`,
    ),
    setNotify: db.query<never, [Member & { notify: string | null; comings: boolean | null }]>(
      `UPDATE memberships SET notify = coalesce($notify, notify),
         shows_comings = coalesce($comings, shows_comings)
       WHERE ${own}`,
    ),
    findRole: db.query<{ role: string; isDirect: 0 | 1 }, [Member]>(
      `SELECT role, kind = 'direct' AS isDirect FROM memberships JOIN rooms ON id = room_id
       WHERE ${own}`,
    ),
    rename: db.query<never, [RoomName & Sought & { id: number }]>(
      `UPDATE rooms SET name = $name, name_sought = $sought,
         name_folded = iif(kind = 'open', $folded, NULL),
         name_skeleton = iif(kind = 'open', $skeleton, NULL)
       WHERE id = $id AND kind <> 'direct'
         AND NOT EXISTS (SELECT 1 FROM rooms AS others WHERE others.id <> $id
           AND (others.name_folded = $folded OR others.name_skeleton = $skeleton))`,
    ),
    findShared: db.query<RoomFacts, [Member]>(
      `SELECT name, topic, kind, archived_at AS archivedAt
       FROM memberships JOIN rooms ON id = room_id WHERE ${own} AND kind <> 'direct'`,
    ),
    setTopic: db.query<never, [number, string]>(`UPDATE rooms SET topic = ?2 WHERE id = ?1`),
  }
}

/** Those who were put out for good. */
function prepareForKeptOut(db: Database) {
  return {
    isKeptOut: db.query<unknown, [Member]>(
      `SELECT 1 FROM room_bans WHERE room_id = $roomId AND user_id = $userId`,
    ),
    keepOut: db.query<never, [Member & { at: number }]>(
      `INSERT INTO room_bans (room_id, user_id, banned_at) VALUES ($roomId, $userId, $at)
       ON CONFLICT (room_id, user_id) DO UPDATE SET banned_at = excluded.banned_at`,
    ),
  }
}

/** What somebody asks who makes a room. */
function prepareForMakers(db: Database) {
  return {
    mayMakeRooms: db.query<unknown, [number]>(
      `SELECT 1 WHERE ${settingOf('roomMakers')} = 'everybody'
         OR ${mayOnServer('rooms.administer', '?1')}`,
    ),
    countMade: db.query<{ made: number }, [number]>(
      `SELECT count(*) AS made FROM rooms WHERE created_by = ? AND kind <> 'direct'`,
    ),
  }
}
