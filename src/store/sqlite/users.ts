import type { Database } from 'bun:sqlite'
import type { NamedUser, NewUser, Profile, Store, User } from '../store'
import { insertAttachment } from './attachments'
import { isHere } from './sessions'

/** People, in SQLite. */
export function createUsers(db: Database): Store['users'] {
  const join = createJoin(db)
  const findHolder = db.query<{ id: number }, [{ folded: string; skeleton: string }]>(
    `SELECT id FROM users WHERE nickname_folded = $folded OR nickname_skeleton = $skeleton`,
  )
  const find = db.query<User, [number]>(`SELECT id, nickname, avatar FROM users WHERE id = ?`)
  const inRoom = db.query<User, [number]>(
    `SELECT users.id, nickname, avatar FROM memberships JOIN users ON users.id = user_id
     WHERE room_id = ? AND left_at IS NULL ORDER BY nickname_folded`,
  )
  const everybody = db.query<User, []>(
    `SELECT id, nickname, avatar FROM users WHERE left_at IS NULL ORDER BY nickname_folded`,
  )
  const namedIn = db.query<NamedRow, [number, number, string]>(
    `SELECT users.id, nickname_folded AS folded, role = 'owner' AS isOwner
     FROM memberships JOIN users ON users.id = user_id
     WHERE room_id = ?1 AND (nickname_folded IN (SELECT value FROM json_each(?3)) OR user_id = ?2)
       AND EXISTS (SELECT 1 FROM memberships WHERE room_id = ?1 AND user_id = ?2)
       AND ${isHere('?2')}`,
  )
  return {
    join: async (user, tokenHash) => join(user, tokenHash),
    isNameFree: async (folded, skeleton) => findHolder.get({ folded, skeleton }) === null,
    find: async (id) => find.get(id),
    change: createChange(db),
    inRoom: async (room) => inRoom.all(room.id),
    everybody: async () => everybody.all(),
    async namedIn(roomId, author, folded) {
      const rows = namedIn.all(roomId, author, JSON.stringify(folded))
      return rows.map((row) => ({ ...row, isOwner: row.isOwner === 1 }))
    },
  }
}

type NamedRow = Omit<NamedUser, 'isOwner'> & { isOwner: 0 | 1 }

function createJoin(db: Database): (user: NewUser, tokenHash: Uint8Array) => User | null {
  const insertUser = db.query<{ id: number }, [Omit<NewUser, 'face'>]>(
    `INSERT INTO users (nickname, nickname_folded, nickname_skeleton, avatar, created_at)
     VALUES ($nickname, $folded, $skeleton, $avatar, $createdAt)
     ON CONFLICT DO NOTHING RETURNING id`,
  )
  const insertSession = db.query(
    `INSERT INTO sessions (token_hash, user_id, created_at) VALUES ($tokenHash, $id, $createdAt)`,
  )
  // Messages from before somebody joined are not unread for them.
  const joinFirstRoom = db.query(
    `INSERT INTO memberships (room_id, user_id, joined_at, read_seq)
     SELECT id, $id, $createdAt, revision FROM rooms WHERE kind = 'open' ORDER BY id LIMIT 1`,
  )
  const insertFace = db.query(insertAttachment('face'))
  return db.transaction(({ face, ...user }: NewUser, tokenHash: Uint8Array): User | null => {
    const made = insertUser.get(user)
    if (made === null) return null
    if (face != null) insertFace.run({ ...face, owner: made.id })
    insertSession.run({ tokenHash, id: made.id, createdAt: user.createdAt })
    joinFirstRoom.run({ id: made.id, createdAt: user.createdAt })
    return { id: made.id, nickname: user.nickname, avatar: user.avatar }
  }).immediate
}

function createChange(db: Database): Store['users']['change'] {
  const update = db.query<User, [Omit<Profile, 'face'> & { id: number }]>(
    `UPDATE OR IGNORE users SET nickname = $nickname, nickname_folded = $folded,
       nickname_skeleton = $skeleton, avatar = $avatar
     WHERE id = $id AND left_at IS NULL RETURNING id, nickname, avatar`,
  )
  const insertFace = db.query(insertAttachment('face'))
  const dropFaces = db.query<{ file: string }, [number, string]>(
    `DELETE FROM attachments WHERE owner_id = ? AND used_as = 'face' AND id <> ?
     RETURNING id AS file`,
  )
  const isPresent = db.query<unknown, [number]>(`SELECT 1 WHERE ${isHere('?')}`)
  const change = db.transaction((id: number, { face, ...profile }: Profile) => {
    if (isPresent.get(id) === null) return { refused: 'not_signed_in' } as const
    const user = update.get({ ...profile, id })
    if (user === null) return { refused: 'name_taken' } as const
    if (face !== null) insertFace.run({ ...face, owner: id })
    return { user, freed: dropFaces.all(id, user.avatar).map(({ file }) => file) }
  })
  return async (id, profile) => change.immediate(id, profile)
}
