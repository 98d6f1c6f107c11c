import type { Database, Work } from './database'
import type { NewAct, ServerRole, Store, User } from '../store'
import type { RefuseActing } from './acts'
import { isHere, userColumns } from './persons'
import { readSetting, writeSetting } from './settings'

type Roles = Pick<
  Store['administration'],
  'setRole' | 'hasOwner' | 'isOwnerLink' | 'offerOwnership' | 'claimOwnership'
>

/** The roles of people on the server, and the link that makes its first owner. */
export function createServerRoles(
  db: Database,
  refuse: RefuseActing,
  writeAct: (act: NewAct) => Work<void>,
): Roles {
  const anyOwner = db.query<unknown, []>(
    `SELECT 1 FROM users WHERE role = 'owner' AND left_at IS NULL LIMIT 1`,
  )
  return {
    hasOwner: db.read(function* () {
      return (yield* anyOwner.get()) !== null
    }),
    setRole: createSetRole(db, refuse, writeAct),
    ...createOwnerLink(db, writeAct),
  }
}

const linkSetting = 'owner_link'

/** The hash of the link is a setting; another link takes its place. */
function createOwnerLink(
  db: Database,
  writeAct: (act: NewAct) => Work<void>,
): Pick<Roles, 'isOwnerLink' | 'offerOwnership' | 'claimOwnership'> {
  const offer = db.transaction(function* (linkHash: Uint8Array, at: number) {
    yield* writeSetting(db, linkSetting, linkHash.toHex())
    yield* writeAct({ at, actor: null, act: 'owner.link' })
  })
  const use = db.query<unknown, [string, string]>(
    `DELETE FROM settings WHERE key = ? AND value = ? RETURNING 1`,
  )
  const raise = db.query<User, [Uint8Array]>(
    `UPDATE users SET role = 'owner'
     WHERE id = (SELECT user_id FROM sessions WHERE token_hash = ?) AND ${isHere('users.id')}
     RETURNING ${userColumns()}`,
  )
  const claim = db.transaction(function* (acting: Uint8Array, linkHash: Uint8Array, at: number) {
    if ((yield* readSetting(db, linkSetting)) !== linkHash.toHex()) return null
    const user = yield* raise.get(acting)
    if (user === null) return null
    yield* use.get(linkSetting, linkHash.toHex())
    yield* writeAct({ at, actor: user.id, act: 'owner.claim' })
    return user
  })
  return {
    isOwnerLink: db.read(function* (linkHash) {
      return (yield* readSetting(db, linkSetting)) === linkHash.toHex()
    }),
    offerOwnership: async (linkHash, at) => offer(linkHash, at),
    claimOwnership: async (acting, linkHash, at) => claim(acting, linkHash, at),
  }
}

function createSetRole(
  db: Database,
  refuse: RefuseActing,
  writeAct: (act: NewAct) => Work<void>,
): Store['administration']['setRole'] {
  const set = db.query<User, [number, ServerRole]>(
    `UPDATE users SET role = ?2 WHERE id = ?1 AND left_at IS NULL AND role <> ?2
     RETURNING ${userColumns()}`,
  )
  const isHere = db.query<unknown, [number]>(`SELECT 1 FROM users WHERE id = ? AND left_at IS NULL`)
  const isLastOwner = db.query<unknown, [number]>(
    `SELECT 1 FROM users WHERE id = ?1 AND role = 'owner' AND NOT EXISTS
       (SELECT 1 FROM users WHERE id <> ?1 AND role = 'owner' AND left_at IS NULL)`,
  )
  const setRole = db.transaction(function* (
    acting: Uint8Array,
    person: number,
    role: ServerRole,
    reason: string,
    at: number,
  ) {
    const asked = yield* refuse('role.set', acting, person)
    if ('refused' in asked) return asked
    if ((yield* isHere.get(person)) === null) return { refused: 'person_missing' } as const
    if (role !== 'owner' && (yield* isLastOwner.get(person)) !== null) {
      return { refused: 'owner_needed' } as const
    }
    const user = yield* set.get(person, role)
    if (user === null) return { user: null }
    yield* writeAct({ at, actor: asked.actor, act: 'role.set', person, detail: role, reason })
    return { user }
  })
  return async (acting, person, role, { reason, at }) => setRole(acting, person, role, reason, at)
}
