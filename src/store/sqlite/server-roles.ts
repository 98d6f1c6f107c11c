import type { Database } from 'bun:sqlite'
import type { NewAct, ServerRole, Store, User } from '../store'
import { actorOf, type RefuseActing } from './acts'
import { createFindPresent } from './acting'
import { isHere, userColumns } from './persons'
import { readSetting, writeSetting } from './settings'

type Roles = Pick<
  Store['administration'],
  'setRole' | 'hasOwner' | 'isNeeded' | 'isOwnerLink' | 'offerOwnership' | 'claimOwnership'
>

/** The condition that a person is the only owner of the server. */
const isLastOwner = (person: string): string =>
  `(EXISTS (SELECT 1 FROM users AS last WHERE last.id = ${person} AND last.role = 'owner')
    AND NOT EXISTS (SELECT 1 FROM users AS owners
      WHERE owners.id <> ${person} AND owners.role = 'owner' AND owners.left_at IS NULL))`

/** The condition that the person is the only owner, and that the server has other people. */
export const isNeededOwner = (person: string): string =>
  `(${isLastOwner(person)} AND EXISTS (SELECT 1 FROM users AS others
    WHERE others.id <> ${person} AND others.left_at IS NULL))`

/** The roles of people on the server, and the link that makes its first owner, in SQLite. */
export function createServerRoles(
  db: Database,
  refuse: RefuseActing,
  writeAct: (act: NewAct) => void,
): Roles {
  const anyOwner = db.query<unknown, []>(
    `SELECT 1 FROM users WHERE role = 'owner' AND left_at IS NULL LIMIT 1`,
  )
  const needed = db.query<{ isNeeded: 0 | 1 }, [Uint8Array]>(
    `SELECT ${isNeededOwner(actorOf)} AS isNeeded`,
  )
  return {
    hasOwner: async () => anyOwner.get() !== null,
    isNeeded: async (acting) => needed.get(acting)?.isNeeded === 1,
    setRole: createSetRole(db, refuse, writeAct),
    ...createOwnerLink(db, writeAct),
  }
}

const linkSetting = 'owner_link'

/** The hash of the link is a setting; another link takes its place. */
function createOwnerLink(
  db: Database,
  writeAct: (act: NewAct) => void,
): Pick<Roles, 'isOwnerLink' | 'offerOwnership' | 'claimOwnership'> {
  const offer = db.transaction((linkHash: Uint8Array, at: number) => {
    writeSetting(db, linkSetting, linkHash.toHex())
    writeAct({ at, actor: null, act: 'owner.link' })
  })
  const use = db.query<unknown, [string, string]>(
    `DELETE FROM settings WHERE key = ? AND value = ? RETURNING 1`,
  )
  const raise = db.query<User, [Uint8Array]>(
    `UPDATE users SET role = 'owner'
     WHERE id = (SELECT user_id FROM sessions WHERE token_hash = ?) AND ${isHere('users.id')}
     RETURNING ${userColumns()}`,
  )
  const claim = db.transaction((acting: Uint8Array, linkHash: Uint8Array, at: number) => {
    if (readSetting(db, linkSetting) !== linkHash.toHex()) return null
    const user = raise.get(acting)
    if (user === null) return null
    use.get(linkSetting, linkHash.toHex())
    writeAct({ at, actor: user.id, act: 'owner.claim' })
    return user
  })
  return {
    isOwnerLink: async (linkHash) => readSetting(db, linkSetting) === linkHash.toHex(),
    offerOwnership: async (linkHash, at) => offer.immediate(linkHash, at),
    claimOwnership: async (acting, linkHash, at) => claim.immediate(acting, linkHash, at),
  }
}

function createSetRole(
  db: Database,
  refuse: RefuseActing,
  writeAct: (act: NewAct) => void,
): Store['administration']['setRole'] {
  const set = db.query<User, [number, ServerRole]>(
    `UPDATE users SET role = ?2 WHERE id = ?1 AND left_at IS NULL AND role <> ?2
     RETURNING ${userColumns()}`,
  )
  const findPresent = createFindPresent(db)
  const isLast = db.query<unknown, [number]>(`SELECT 1 WHERE ${isLastOwner('?1')}`)
  const setRole = db.transaction(
    (acting: Uint8Array, person: number, role: ServerRole, reason: string, at: number) => {
      const asked = refuse('role.set', acting, person)
      if ('refused' in asked) return asked
      const found = findPresent(person)
      if ('refused' in found) return found
      if (role !== 'owner' && isLast.get(person) !== null) {
        return { refused: 'owner_needed' } as const
      }
      const user = set.get(person, role)
      if (user === null) return { user: null }
      writeAct({ at, actor: asked.actor, act: 'role.set', person, detail: role, reason })
      return { user }
    },
  )
  return async (acting, person, role, { reason, at }) =>
    setRole.immediate(acting, person, role, reason, at)
}
