import type { Database, Work } from './database'
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

/** The roles of people on the server, and the link that makes its first owner. */
export function createServerRoles(
  db: Database,
  refuse: RefuseActing,
  writeAct: (act: NewAct) => Work<void>,
): Roles {
  const anyOwner = db.query<unknown, []>(
    `SELECT 1 FROM users WHERE role = 'owner' AND left_at IS NULL LIMIT 1`,
  )
  const needed = db.query<{ isNeeded: 0 | 1 }, [Uint8Array]>(
    `SELECT ${isNeededOwner(actorOf)} AS isNeeded`,
  )
  return {
    hasOwner: db.read(function* () {
      return (yield* anyOwner.get()) !== null
    }),
    isNeeded: db.read(function* (acting) {
      return (yield* needed.get(acting))?.isNeeded === 1
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
  const findPresent = createFindPresent(db)
  const isLast = db.query<unknown, [number]>(`SELECT 1 WHERE ${isLastOwner('?1')}`)
  const setRole = db.transaction(function* (
    acting: Uint8Array,
    person: number,
    role: ServerRole,
    reason: string,
    at: number,
  ) {
    const asked = yield* refuse('role.set', acting, person)
    if ('refused' in asked) return asked
    const found = yield* findPresent(person)
    if ('refused' in found) return found
    if (role !== 'owner' && (yield* isLast.get(person)) !== null) {
      return { refused: 'owner_needed' } as const
    }
    const user = yield* set.get(person, role)
    if (user === null) return { user: null }
    yield* writeAct({ at, actor: asked.actor, act: 'role.set', person, detail: role, reason })
    return { user }
  })
  return async (acting, person, role, { reason, at }) => setRole(acting, person, role, reason, at)
}
