import type { Database, Work } from './database'
import type { Acts, NewSession, User } from '../store'
import { createWriteAct } from './acts'
import { type Acting, createFindPresent, createNotify, type Told } from './acting'
import { createRefuseBrowser } from './browsers'
import { createAdmit } from './devices'
import { userColumns } from './persons'

/** A link works for so long. */
const lifeMs = 24 * 60 * 60_000

/** Links with which somebody comes back. */
export function createWayBacks(
  db: Database,
  { refuse, writeAct }: Acting,
): Pick<Acts, 'makeWayBack' | 'findWayBack' | 'takeWayBack'> {
  const findPresent = createFindPresent(db)
  const offer = createOffer(db, writeAct)
  const find = db.query<User, [{ linkHash: Uint8Array; at: number }]>(
    `SELECT ${userColumns()} FROM way_backs JOIN users ON users.id = user_id
     WHERE link_hash = $linkHash AND abs($at - made_at) <= ${lifeMs} AND left_at IS NULL`,
  )
  const make = db.transaction(function* (
    acting: Uint8Array,
    person: number,
    linkHash: Uint8Array,
    told: Told,
  ) {
    const asked = yield* refuse('person.way_back', acting, person)
    if ('refused' in asked) return asked
    const user = yield* findPresent(person)
    if ('refused' in user) return user
    yield* offer(asked.actor, person, linkHash, told)
    return user
  })
  return {
    makeWayBack: async (acting, person, linkHash, told) => make(acting, person, linkHash, told),
    findWayBack: db.read((linkHash, at) => find.get({ linkHash, at })),
    takeWayBack: createTake(db, (linkHash, at) => find.get({ linkHash, at })),
  }
}

/** Makes the link of a person, in place of the one before, within a transaction. */
function createOffer(db: Database, writeAct: Acting['writeAct']) {
  const replace = db.query<never, [number, Uint8Array, number]>(
    `INSERT INTO way_backs (user_id, link_hash, made_at) VALUES (?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET link_hash = excluded.link_hash,
       made_at = excluded.made_at`,
  )
  const notify = createNotify(db)
  return function* (
    actor: number | null,
    person: number,
    linkHash: Uint8Array,
    told: Told,
  ): Work<void> {
    const { reason, at } = told
    yield* replace.run(person, linkHash, at)
    yield* notify(person, 'way_back_made', '', reason)
    yield* writeAct({ at, actor, act: 'person.way_back', person, reason })
  }
}

/** Makes the function with which the operator brings somebody back; says why it cannot. */
export function createOperatorsWayBack(db: Database) {
  // Of those who have left, only people who are banned hold a name.
  const holder = db.query<{ id: number }, [string]>(
    `SELECT id FROM users WHERE nickname_skeleton = ?`,
  )
  const findPresent = createFindPresent(db)
  const offer = createOffer(db, createWriteAct(db))
  return db.transaction(function* (skeleton: string, linkHash: Uint8Array, at: number) {
    const user = yield* findPresent((yield* holder.get(skeleton))?.id ?? 0)
    if (!('refused' in user)) yield* offer(null, user.id, linkHash, { reason: '', at })
    return user
  })
}

function createTake(
  db: Database,
  find: (linkHash: Uint8Array, at: number) => Work<User | null>,
): Acts['takeWayBack'] {
  const use = db.query<never, [Uint8Array]>(`DELETE FROM way_backs WHERE link_hash = ?`)
  const see = db.query<never, [number, number]>(`UPDATE users SET seen_at = ?2 WHERE id = ?1`)
  const admit = createAdmit(db)
  const refusalOf = createRefuseBrowser(db)
  const notify = createNotify(db)
  const take = db.transaction(function* (
    linkHash: Uint8Array,
    session: NewSession,
    replaced: Uint8Array | null,
  ) {
    if ((yield* refusalOf(session)) !== null) return null
    const user = yield* find(linkHash, session.at)
    if (user === null) return null
    yield* use.run(linkHash)
    yield* see.run(user.id, session.at)
    yield* notify(user.id, 'way_back_used')
    return { user, ended: yield* admit(user.id, session, replaced) }
  })
  return take
}
