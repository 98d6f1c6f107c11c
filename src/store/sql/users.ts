import type { Database } from './database'
import { nameForms, rankInSql } from '../../shared/rank-name'
import type {
  NamedUser,
  NewSession,
  NewUser,
  Pass,
  PeopleMatch,
  Profile,
  Store,
  User,
} from '../store'
import { insertAttachment } from './attachments'
import { createAddSession } from './devices'
import { createRefuseBrowser } from './browsers'
import { createPassDoor } from './door'
import { createReleaseName, isHere, isNameFree, newUntil, userColumns } from './persons'
import { mayInRoom } from './rights'
import { createEndSession } from './sessions'
import type { SystemLines } from './system-lines'

/** People. `arrivals`: whether the first room is told who is new. */
export function createUsers(
  db: Database,
  lines: SystemLines,
  { arrivals }: { arrivals: boolean },
): Store['users'] {
  const join = createJoin(db, arrivals ? lines : null)
  const findHolder = db.query<{ id: number }, [{ folded: string; skeleton: string }]>(
    `SELECT id FROM users WHERE nickname_folded = $folded OR nickname_skeleton = $skeleton
     UNION ALL SELECT id FROM door_requests
     WHERE nickname_folded = $folded OR nickname_skeleton = $skeleton`,
  )
  const find = db.query<User, [number]>(`SELECT ${userColumns()} FROM users WHERE id = ?`)
  const named = db.query<NamedRow, [number, number, string]>(
    `SELECT users.id, nickname_folded AS folded,
       users.id = ?2 AND ${mayInRoom('room.mention_all', '?1', '?2')} AS mayMentionAll
     FROM memberships JOIN users ON users.id = user_id
     WHERE room_id = ?1 AND left_at IS NULL
       AND (nickname_folded IN (SELECT value FROM json_each(?3)) OR user_id = ?2)
       AND EXISTS (SELECT 1 FROM memberships WHERE room_id = ?1 AND user_id = ?2)
       AND ${isHere('?2')}`,
  )
  return {
    join: async (user, session, replaced, pass = { kind: 'nothing' }) =>
      join(user, session, replaced, pass),
    isNameFree: db.read(function* (folded, skeleton) {
      return (yield* findHolder.get({ folded, skeleton })) === null
    }),
    find: db.read((id) => find.get(id)),
    change: createChange(db, lines),
    ...createPeopleLists(db),
    match: createMatch(db),
    namedIn: db.read(function* (roomId, author, folded) {
      const rows = yield* named.all(roomId, author, JSON.stringify(folded))
      return rows.map((row) => ({ ...row, mayMentionAll: row.mayMentionAll === 1 }))
    }),
  }
}

type Forms = { forms: string }

type NamedRow = Omit<NamedUser, 'mayMentionAll'> & { mayMentionAll: 0 | 1 }

function createJoin(db: Database, lines: SystemLines | null) {
  const insertUser = db.query<{ id: number }, [Omit<NewUser, 'face'> & Forms]>(
    `INSERT INTO users (nickname, nickname_folded, nickname_skeleton, nickname_forms, avatar,
       created_at, named_at, seen_at, new_until)
     VALUES ($nickname, $folded, $skeleton, $forms, $avatar, $createdAt, $createdAt,
       $createdAt, ${newUntil('$skeleton', '$createdAt')})
     ON CONFLICT DO NOTHING RETURNING id`,
  )
  const addSession = createAddSession(db)
  // Messages from before somebody joined are not unread for them.
  const joinFirstRoom = db.query<{ room: number }, [{ id: number; createdAt: number }]>(
    `INSERT INTO memberships (room_id, user_id, joined_at, read_seq)
     SELECT id, $id, $createdAt, revision FROM rooms WHERE kind = 'open' ORDER BY id LIMIT 1
     RETURNING room_id AS room`,
  )
  const insertFace = db.query(insertAttachment('face'))
  const find = db.query<User, [number]>(`SELECT ${userColumns()} FROM users WHERE id = ?`)
  const endSession = createEndSession(db)
  const refusalOf = createRefuseBrowser(db)
  const passDoor = createPassDoor(db)
  return db.transaction(function* (
    { face, ...user }: NewUser,
    session: NewSession,
    replaced: Uint8Array | null,
    pass: Pass,
  ) {
    const refused = yield* refusalOf(session, session.at)
    if (refused !== null) return { refused }
    const { createdAt } = user
    const passed = yield* passDoor(pass, createdAt)
    if ('refused' in passed) return passed
    const made = yield* insertUser.get({ ...user, forms: nameForms(user.nickname) })
    if (made === null) return { refused: 'name_taken' } as const
    if (face != null) yield* insertFace.run({ ...face, owner: made.id })
    yield* addSession(made.id, session)
    const { room } = (yield* joinFirstRoom.get({ id: made.id, createdAt })) ?? {}
    if (room !== undefined && lines !== null) {
      const line = {
        kind: 'joined',
        room,
        author: made.id,
        person: made.id,
        at: createdAt,
      } as const
      yield* lines.write(line)
    }
    yield* passed.enter(made.id)
    if (replaced !== null) yield* endSession(replaced, createdAt)
    return (yield* find.get(made.id)) ?? ({ refused: 'name_taken' } as const)
  })
}

function createChange(db: Database, lines: SystemLines): Store['users']['change'] {
  const isOther = 'nickname_skeleton IS NOT $skeleton'
  const update = db.query<User, [Omit<Profile, 'face'> & Forms & { id: number; at: number }]>(
    `UPDATE users SET nickname = $nickname, nickname_folded = $folded,
       nickname_skeleton = $skeleton, nickname_forms = $forms, avatar = $avatar,
       named_at = iif(${isOther}, $at, named_at),
       new_until = iif(${isOther}, ${newUntil('$skeleton', '$at', '$id')}, new_until)
     WHERE id = $id AND left_at IS NULL AND ${isNameFree('$folded', '$skeleton', '$id')}
     RETURNING ${userColumns()}`,
  )
  const nameOf = db.query<{ nickname: string; skeleton: string | null }, [number]>(
    `SELECT nickname, nickname_skeleton AS skeleton FROM users WHERE id = ?`,
  )
  const isRefused = db.query<unknown, [number, string, number]>(
    `SELECT 1 FROM refused_names WHERE user_id = ? AND nickname_skeleton = ? AND until > ?`,
  )
  const releaseName = createReleaseName(db)
  const insertFace = db.query(insertAttachment('face'))
  const dropFaces = db.query<{ file: string }, [number, string]>(
    `DELETE FROM attachments WHERE owner_id = ? AND used_as = 'face' AND id <> ?
     RETURNING id AS file`,
  )
  const findActing = db.query<{ id: number }, [Uint8Array]>(
    `SELECT user_id AS id FROM sessions WHERE token_hash = ? AND ${isHere('user_id')}`,
  )
  const change = db.transaction(function* (
    acting: Uint8Array,
    { face, ...profile }: Profile,
    at: number,
  ) {
    const id = (yield* findActing.get(acting))?.id
    if (id === undefined) return { refused: 'not_signed_in' } as const
    const { nickname: from = '', skeleton: before = null } = (yield* nameOf.get(id)) ?? {}
    if ((yield* isRefused.get(id, profile.skeleton, at)) !== null)
      return { refused: 'name_refused' } as const
    const user = yield* update.get({ ...profile, forms: nameForms(profile.nickname), id, at })
    if (user === null) return { refused: 'name_taken' } as const
    if (before !== profile.skeleton) yield* releaseName(id, before, at)
    if (from !== user.nickname) yield* lines.renamed(id, from, user.nickname, at)
    if (face !== null) yield* insertFace.run({ ...face, owner: id })
    return { user, freed: (yield* dropFaces.all(id, user.avatar)).map(({ file }) => file) }
  })
  return change
}

/** Of a room's last so many revisions, who spoke in them comes first. */
const talkRevisions = 500

function createMatch(db: Database): Store['users']['match'] {
  const rank = rankInSql('nickname_forms', '$wanted')
  const fits = `left_at IS NULL AND instr(nickname_forms, $wanted) > 0 AND ${isHere('$asker')}`
  const byName = 'coalesce(nickname_folded, nickname), users.id LIMIT $limit'
  const isMember = `EXISTS (SELECT 1 FROM memberships AS own
    WHERE own.room_id = $room AND own.user_id = $asker)`
  const everywhere = db.query<User, [Omit<PeopleMatch, 'room'>]>(
    `SELECT ${userColumns()} FROM users WHERE ${fits} ORDER BY ${rank}, ${byName}`,
  )
  const inRoom = db.query<User, [PeopleMatch]>(
    `WITH talkers AS MATERIALIZED (SELECT author_id, max(seq) AS spoke FROM messages
       WHERE room_id = $room
         AND seq > (SELECT revision FROM rooms WHERE id = $room) - ${talkRevisions}
       GROUP BY author_id)
     SELECT ${userColumns()} FROM memberships CROSS JOIN users ON users.id = user_id
       LEFT JOIN talkers ON author_id = users.id
     WHERE room_id = $room AND ${isMember} AND ${fits}
     ORDER BY ${rank}, spoke DESC NULLS LAST, ${byName}`,
  )
  const member = db.query<unknown, [Pick<PeopleMatch, 'room' | 'asker'>]>(
    `SELECT 1 WHERE ${isMember} AND ${isHere('$asker')}`,
  )
  return db.read(function* ({ room, ...match }) {
    if (room === null) return yield* everywhere.all(match)
    const people = yield* inRoom.all({ room, ...match })
    const isNobody =
      people.length === 0 && (yield* member.get({ room, asker: match.asker })) === null
    return isNobody ? { refused: 'room_missing' } : people
  })
}

function createPeopleLists(
  db: Database,
): Pick<Store['users'], 'among' | 'hostsOf' | 'membersOf' | 'outside' | 'named' | 'everybody'> {
  const among = db.query<User, [number, string]>(
    `SELECT ${userColumns()} FROM memberships JOIN users ON users.id = user_id
     WHERE room_id = ?1 AND left_at IS NULL
       AND user_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?2))
     ORDER BY nickname_folded`,
  )
  const hostsOf = db.query<{ id: number }, [number]>(
    `SELECT user_id AS id FROM memberships WHERE room_id = ? AND role = 'host'`,
  )
  // Of a bounded number, as all people of the server may be in the room.
  const outside = db.query<User, [number, number]>(
    `SELECT * FROM (SELECT ${userColumns()} FROM users WHERE left_at IS NULL
       ORDER BY id DESC LIMIT 10 * ?2) AS people
     WHERE NOT EXISTS (SELECT 1 FROM memberships WHERE room_id = ?1 AND user_id = people.id)
     ORDER BY nickname LIMIT ?2`,
  )
  const everybody = db.query<User, [number]>(
    `SELECT ${userColumns()} FROM users WHERE left_at IS NULL
     ORDER BY nickname_folded LIMIT ?`,
  )
  // Everything that begins with the text: in UTF-8 nothing sorts after this sign.
  const named = db.query<User & { folded: string }, [string, number]>(
    `SELECT ${userColumns()}, nickname_folded AS folded FROM users
     WHERE nickname_folded >= ?1 AND nickname_folded < ?1 || char(0x10ffff) AND left_at IS NULL
     ORDER BY nickname_folded LIMIT ?2`,
  )
  return {
    among: db.read((room, ids) => among.all(room.id, JSON.stringify(ids))),
    hostsOf: db.read(function* (room) {
      return (yield* hostsOf.all(room.id)).map(({ id }) => id)
    }),
    membersOf: createMembersOf(db),
    outside: db.read((room, limit) => outside.all(room.id, limit)),
    everybody: db.read((limit) => everybody.all(limit)),
    named: db.read((beginning, limit) => named.all(beginning, limit)),
  }
}

/** The name by which lists are ordered, as an index has it (`users_by_name`). */
const listedName = 'coalesce(nickname_folded, nickname)'

/** Of fewer people than this share of all, sorting is faster than looking through all. */
const sortedShareMax = 1 / 20

/** The people of a room by name: those of a small room are sorted, of a large one looked up. */
function createMembersOf(db: Database): Store['users']['membersOf'] {
  type Asked = { room: number; part: string; name: string; id: number; without: string }
  const prepared = (from: string) =>
    db.query<User & { folded: string }, [Asked & { limit: number }]>(
      `SELECT ${userColumns()}, ${listedName} AS folded FROM ${from}
       WHERE room_id = $room AND left_at IS NULL
         AND ${listedName} >= $name AND (${listedName}, users.id) > ($name, $id)
         AND instr(nickname_forms, $part) > 0
         AND users.id NOT IN
           (SELECT CAST(value AS INTEGER) FROM json_each($without))
       ORDER BY ${listedName}, users.id LIMIT $limit`,
    )
  const sorted = prepared('memberships CROSS JOIN users ON users.id = user_id')
  const inOrder = prepared('users CROSS JOIN memberships ON user_id = users.id')
  const newest = db.query<{ id: number | null }, []>(`SELECT max(id) AS id FROM users`)
  return db.read(function* ({ id: room, members }, { part, after, without, limit }) {
    const isSmall = members <= ((yield* newest.get())?.id ?? 0) * sortedShareMax
    const asked = { room, part, name: after?.folded ?? '', id: after?.id ?? 0 }
    const query = isSmall ? sorted : inOrder
    return yield* query.all({ ...asked, without: JSON.stringify(without), limit })
  })
}
