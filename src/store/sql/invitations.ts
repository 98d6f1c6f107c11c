import { type Database, type Work, workOn } from './database'
import type {
  Candidate,
  Invitation,
  InviteOutcome,
  Member,
  PendingInvitation,
  RoomLimits,
  RoomPreview,
  Store,
  User,
} from '../store'
import { createFindClosed, isLockedSql } from './holds'
import { isHere, isShown, userColumns } from './persons'
import { mayInRoom } from './rights'
import { type OtherRow, selectOther, toOther } from './rooms'

/** After declining, a person is not asked into the same room for so long. */
export const pauseMs = 24 * 60 * 60_000

/**
 * Who is asked into which room. A trigger deletes an invitation as its person becomes a
 * member, by whatever way, or leaves the server.
 */
export function createInvitations(db: Database, caps: RoomLimits): Store['invitations'] {
  const statements = { ...prepare(db), ...prepareForDeclining(db), caps }
  const lists = prepareLists(db)
  const findClosed = createFindClosed(db)
  const invite = db.transaction(function* (by: Member, users: number[], why: string, at: number) {
    if ((yield* statements.mayInvite.get(by)) === null) return { refused: 'room_missing' } as const
    const closed = yield* findClosed(by.roomId)
    if (closed !== null) return { refused: closed }
    return yield* workOn(users, (invited) => inviteOne(statements, { ...by, invited, why, at }))
  })
  const { withdraw } = statements
  const decline = db.transaction(function* (by: Member, at: number): Work<boolean> {
    if ((yield* statements.isAsked.get(by)) === null) return false
    yield* statements.forget.run({ ...by, before: at - pauseMs })
    yield* statements.decline.run({ ...by, at })
    return true
  })
  return {
    invite,
    of: db.read(function* (userId, limit) {
      return (yield* lists.of.all(userId, limit)).flatMap(toInvitation)
    }),
    count: db.read(function* (userId) {
      return (yield* statements.countOf.get(userId))?.n ?? 0
    }),
    preview: db.read(function* (userId, roomId) {
      const row = yield* lists.preview.get(userId, roomId)
      if (row === null) return null
      return { room: toPreview(row), invitation: toInvitation(row)[0] ?? null }
    }),
    decline: async (userId, roomId, at) => decline({ userId, roomId }, at),
    withdraw: db.transaction(function* (by, invited) {
      return (yield* withdraw.run({ ...by, invited })).changes > 0
    }),
    pending: db.read(function* (member, after, limit) {
      return (yield* lists.pending.all({ ...member, after, limit })).flatMap(toPending)
    }),
    candidates: db.read(function* (member, users) {
      const ids = JSON.stringify(users)
      const found = yield* lists.candidates.all({ ...member, ids })
      return found.toSorted((a, b) => users.indexOf(a.id) - users.indexOf(b.id))
    }),
  }
}

type Statements = ReturnType<typeof prepare> &
  ReturnType<typeof prepareForDeclining> & { caps: RoomLimits }

type NewInvitation = Member & { invited: number; why: string; at: number }

function* inviteOne(statements: Statements, invitation: NewInvitation): Work<InviteOutcome> {
  const { roomId, userId, invited } = invitation
  const user = yield* statements.findUser.get(invited)
  const as = (outcome: InviteOutcome['outcome'], isShown = true): InviteOutcome => {
    return { user, outcome, isShown }
  }
  if (user === null) return as('unknown')
  if (user.mark === 'left') return as('left')
  const [standing] = yield* statements.standings.all({ roomId, invited })
  if (standing !== undefined) return as(standing.outcome)
  if ((yield* statements.isKeptOut.get({ roomId, userId: invited })) !== null) return as('kept_out')
  const { caps, countBy, countOf } = statements
  if (((yield* countBy.get(userId))?.n ?? 0) >= caps.invitationsPerInviter)
    return as('own_invitations_full')
  if (((yield* countOf.get(invited))?.n ?? 0) >= caps.invitationsPerPerson)
    return as('invitations_full')
  yield* statements.insert.run(invitation)
  yield* statements.mayAskAgain.run({ roomId, invited, before: invitation.at - pauseMs })
  return as('invited', (yield* statements.isAsked.get({ roomId, userId: invited })) !== null)
}

/** The person is in the room, which is not a direct one. */
const isMember = `EXISTS (SELECT 1 FROM memberships JOIN rooms ON rooms.id = room_id
  WHERE room_id = $roomId AND user_id = $userId AND kind <> 'direct' AND ${isHere('$userId')})`

function prepare(db: Database) {
  type Standing = { outcome: 'already_member' | 'already_invited' }
  return {
    mayInvite: db.query<unknown, [Member]>(`SELECT 1 WHERE ${isMember}`),
    findUser: db.query<User, [number]>(`SELECT ${userColumns()} FROM users WHERE id = ?`),
    standings: db.query<Standing, [{ roomId: number; invited: number }]>(
      `SELECT 'already_member' AS outcome FROM memberships
       WHERE room_id = $roomId AND user_id = $invited
       UNION ALL SELECT 'already_invited' FROM invitations
       WHERE room_id = $roomId AND user_id = $invited`,
    ),
    isKeptOut: db.query<unknown, [Member]>(
      `SELECT 1 FROM room_bans WHERE room_id = $roomId AND user_id = $userId`,
    ),
    countBy: db.query<{ n: number }, [number]>(
      `SELECT count(*) AS n FROM invitations WHERE invited_by = ?`,
    ),
    countOf: db.query<{ n: number }, [number]>(
      `SELECT count(*) AS n FROM invitations
       WHERE user_id = ?1 AND ${isShown} AND ${isHere('?1')}`,
    ),
    insert: db.query<never, [NewInvitation]>(
      `INSERT INTO invitations (room_id, user_id, invited_by, why, invited_at)
       VALUES ($roomId, $invited, $userId, $why, $at)`,
    ),
    withdraw: db.query<never, [Member & { invited: number }]>(
      `DELETE FROM invitations WHERE room_id = $roomId AND user_id = $invited AND ${isMember}
         AND (invited_by = $userId
           OR ${mayInRoom('room.withdraw_invitation', '$roomId', '$userId')})`,
    ),
  }
}

function prepareForDeclining(db: Database) {
  return {
    isAsked: db.query<unknown, [Member]>(
      `SELECT 1 FROM invitations
       WHERE room_id = $roomId AND user_id = $userId AND ${isShown} AND ${isHere('$userId')}`,
    ),
    mayAskAgain: db.query<never, [{ roomId: number; invited: number; before: number }]>(
      `DELETE FROM declined_rooms
       WHERE user_id = $invited AND room_id = $roomId AND declined_at <= $before`,
    ),
    decline: db.query<never, [Member & { at: number }]>(
      `INSERT INTO declined_rooms (user_id, room_id, declined_at) VALUES ($userId, $roomId, $at)`,
    ),
    // What hides no invitation has no effect after the pause.
    forget: db.query<never, [Member & { before: number }]>(
      `DELETE FROM declined_rooms
       WHERE user_id = $userId AND room_id <> $roomId AND declined_at <= $before
         AND NOT EXISTS (SELECT 1 FROM invitations AS others
           WHERE others.room_id = declined_rooms.room_id AND others.user_id = $userId)`,
    ),
  }
}

/** In these rows the other person is who invited; without an invitation there is none. */
type InvitedBy = OtherRow & { why: string; invitedAt: number }
type InvitationRow = Omit<RoomPreview, 'isLocked'> & { isLocked: 0 | 1 } & InvitedBy
type PendingRow = User & InvitedBy

function prepareLists(db: Database) {
  const invitedBy = `why, invited_at AS invitedAt, ${selectOther}`
  const columns = `rooms.id, kind, name, topic, members, ${isLockedSql} AS isLocked,
    ${invitedBy}`
  return {
    of: db.query<InvitationRow, [number, number]>(
      `SELECT ${columns} FROM invitations JOIN rooms ON rooms.id = room_id
         JOIN users AS other ON other.id = invited_by
       WHERE user_id = ?1 AND ${isShown} AND ${isHere('?1')}
       ORDER BY invited_at DESC, room_id DESC LIMIT ?2`,
    ),
    preview: db.query<InvitationRow, [number, number]>(
      `SELECT ${columns} FROM rooms
         LEFT JOIN invitations
           ON room_id = rooms.id AND user_id = ?1 AND ${isShown} AND ${isHere('?1')}
         LEFT JOIN users AS other ON other.id = invited_by
       WHERE rooms.id = ?2 AND (kind = 'open' OR invitations.user_id IS NOT NULL)`,
    ),
    pending: db.query<PendingRow, [Member & { after: number; limit: number }]>(
      `SELECT ${userColumns()}, ${invitedBy}
       FROM invitations JOIN users ON users.id = user_id
         JOIN users AS other ON other.id = invited_by
       WHERE room_id = $roomId AND user_id > $after AND ${isMember}
       ORDER BY user_id LIMIT $limit`,
    ),
    candidates: db.query<Candidate, [Member & { ids: string }]>(
      `SELECT ${userColumns()},
         CASE WHEN EXISTS (SELECT 1 FROM memberships AS others
             WHERE others.room_id = $roomId AND others.user_id = users.id) THEN 'member'
           WHEN EXISTS (SELECT 1 FROM invitations
             WHERE room_id = $roomId AND user_id = users.id) THEN 'invited' END AS standing
       FROM users
       WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each($ids))
         AND left_at IS NULL AND ${isMember}`,
    ),
  }
}

function toPreview({ id, kind, name, topic, members, isLocked }: InvitationRow): RoomPreview {
  return { id, kind, name, topic, members, isLocked: isLocked === 1 }
}

function toInvitation(row: InvitationRow): Invitation[] {
  const [{ why, invitedAt }, by] = [row, toOther(row)]
  return by === null ? [] : [{ room: toPreview(row), by, why, invitedAt }]
}

function toPending(row: PendingRow): PendingInvitation[] {
  const { id, nickname, avatar, mark, why, invitedAt } = row
  const by = toOther(row)
  return by === null ? [] : [{ user: { id, nickname, avatar, mark }, by, why, invitedAt }]
}
