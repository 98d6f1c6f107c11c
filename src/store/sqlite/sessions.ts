import type { Database } from 'bun:sqlite'
import type { Store, User } from '../store'

/** The condition that a person has not left: the others have no authority anywhere. */
export function isHere(person: string): string {
  return `EXISTS (SELECT 1 FROM users AS somebody
    WHERE somebody.id = ${person} AND somebody.left_at IS NULL)`
}

/** Signed-in browsers, in SQLite. */
export function createSessions(db: Database): Store['sessions'] {
  const findUser = db.query<User, [Uint8Array]>(
    `SELECT users.id, nickname, avatar FROM sessions JOIN users ON users.id = user_id
     WHERE token_hash = ? AND left_at IS NULL`,
  )
  const renew = db.query<
    never,
    [{ tokenHash: Uint8Array; newHash: Uint8Array; createdAt: number }]
  >(
    `UPDATE sessions SET token_hash = $newHash, created_at = $createdAt
     WHERE token_hash = $tokenHash AND ${isHere('user_id')}`,
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
    async renew(tokenHash, newHash, createdAt) {
      renew.run({ tokenHash, newHash, createdAt })
      return findUser.get(newHash)
    },
    end: async (tokenHash, endedAt) => end.immediate(tokenHash, endedAt),
  }
}
