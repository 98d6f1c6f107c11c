import type { Database } from 'bun:sqlite'
import type { Store, User } from '../store'

/** Signed-in browsers, in SQLite. */
export function createSessions(db: Database): Store['sessions'] {
  const findUser = db.query<User, [Uint8Array]>(
    `SELECT users.id, nickname, avatar FROM sessions JOIN users ON users.id = user_id
     WHERE token_hash = ?`,
  )
  const add = db.query<never, [{ userId: number; tokenHash: Uint8Array; createdAt: number }]>(
    `INSERT INTO sessions (token_hash, user_id, created_at)
     VALUES ($tokenHash, $userId, $createdAt)`,
  )
  const remove = db.query<{ userId: number }, [Uint8Array]>(
    `DELETE FROM sessions WHERE token_hash = ? RETURNING user_id AS userId`,
  )
  const releaseName = db.query<{ id: number }, [{ userId: number; endedAt: number }]>(
    `UPDATE users SET nickname_folded = NULL, nickname_skeleton = NULL, left_at = $endedAt
     WHERE id = $userId AND NOT EXISTS (SELECT 1 FROM sessions WHERE user_id = $userId)
     RETURNING id`,
  )
  const end = db.transaction((tokenHash: Uint8Array, endedAt: number): boolean => {
    const session = remove.get(tokenHash)
    return session !== null && releaseName.get({ userId: session.userId, endedAt }) !== null
  })
  return {
    findUser: async (tokenHash) => findUser.get(tokenHash),
    add: async (userId, tokenHash, createdAt) => void add.run({ userId, tokenHash, createdAt }),
    end: async (tokenHash, endedAt) => end.immediate(tokenHash, endedAt),
  }
}
