import { type Database, workOn } from './database'
import { nameForms } from '../../shared/rank-name'
import type { ActedOn, Acts, Ban, Member, User } from '../store'
import { type Acting, createFindPresent, createNotify, type Told } from './acting'
import { actorOf, createRefuseActing, createWriteAct } from './acts'
import { createBanBrowsers, createBrowserBans } from './browsers'
import {
  createDepart,
  createPassHost,
  createReleaseName,
  isNameFree,
  newUntil,
  userColumns,
} from './persons'
import { createPurges } from './purges'
import { createRefuseInRoom, mayInRoom, mayOnServer } from './rights'
import type { MessageIndex } from '../search/search-index'
import type { SystemLines } from './system-lines'
import { createWayBacks } from './way-backs'

/** Bans, purges, other names and ways back. */
export function createActs(db: Database, index: MessageIndex, lines: SystemLines): Acts {
  const acting = { refuse: createRefuseActing(db), writeAct: createWriteAct(db) }
  return {
    ...createLooks(db),
    ban: createBan(db, lines, acting),
    unban: createUnban(db, lines, acting),
    ...createBrowserBans(db),
    ...createPurges(db, index, lines, acting),
    rename: createRename(db, lines, acting),
    ...createWayBacks(db, acting),
    ...createKeptOut(db, acting),
  }
}

function createLooks(db: Database): Pick<Acts, 'find' | 'banned'> {
  type Row = User & Pick<ActedOn, 'role' | 'isPurging'> & Partial<NonNullable<ActedOn['ban']>>
  const find = db.query<Row, [Uint8Array, number]>(
    `SELECT ${userColumns()}, role, reason, banned_at AS bannedAt,
       EXISTS (SELECT 1 FROM purges WHERE purges.user_id = users.id) AS isPurging
     FROM users LEFT JOIN bans ON bans.user_id = users.id
     WHERE users.id = ?2 AND ${mayOnServer('admin.open', actorOf)}`,
  )
  const banned = db.query<User & Omit<Ban, 'user'>, [Uint8Array, number | null, number]>(
    `SELECT ${userColumns()}, bans.reason, banned_at AS bannedAt, actor.nickname AS "by"
     FROM bans JOIN users ON users.id = user_id LEFT JOIN users AS actor ON actor.id = banned_by
     WHERE (?2 IS NULL OR banned_at < ?2) AND ${mayOnServer('person.unban', actorOf)}
     ORDER BY banned_at DESC LIMIT ?3`,
  )
  return {
    find: db.read(function* (acting, person) {
      const row = yield* find.get(acting, person)
      if (row === null) return null
      const { role, reason, bannedAt, isPurging, ...user } = row
      const ban = reason == null || bannedAt == null ? null : { reason, bannedAt }
      return { user, role, ban, isPurging: Boolean(isPurging) }
    }),
    banned: db.read(function* (acting, before, limit) {
      return (yield* banned.all(acting, before, limit)).map(
        ({ by, reason, bannedAt, ...user }) => ({ user, by, reason, bannedAt }),
      )
    }),
  }
}

function createBan(db: Database, lines: SystemLines, { refuse, writeAct }: Acting): Acts['ban'] {
  const findPresent = createFindPresent(db)
  const add = db.query<never, [number, number, number, string]>(
    `INSERT INTO bans (user_id, banned_by, banned_at, reason) VALUES (?, ?, ?, ?)`,
  )
  const dropInvitations = db.query<{ room: number; user: number }, [number]>(
    `DELETE FROM invitations WHERE invited_by = ? RETURNING room_id AS room, user_id AS user`,
  )
  const endRoles = [
    `UPDATE users SET role = 'member' WHERE id = ?`,
    `UPDATE memberships SET role = 'member' WHERE user_id = ? AND role = 'host'`,
  ].map((sql) => db.query<never, [number]>(sql))
  const banBrowsers = createBanBrowsers(db)
  const depart = createDepart(db, lines.write, true)
  type Networks = Parameters<Acts['ban']>[2]
  const ban = db.transaction(function* (
    acting: Uint8Array,
    person: number,
    networks: Networks,
    { reason, at }: Told,
  ) {
    const asked = yield* refuse('person.ban', acting, person)
    if ('refused' in asked) return asked
    const found = yield* findPresent(person)
    if ('refused' in found) return found
    yield* add.run(person, asked.actor, at, reason)
    const { addresses, addressMs } = networks
    yield* banBrowsers(person, { addresses, until: at + addressMs }, at)
    const uninvited = yield* dropInvitations.all(person)
    const departure = yield* depart(person, at)
    for (const end of endRoles) yield* end.run(person)
    yield* writeAct({ at, actor: asked.actor, act: 'person.ban', person, reason })
    if (departure === null) throw new Error('somebody who is here can leave')
    return { ...departure, uninvited }
  })
  return async (acting, person, networks, told) => ban(acting, person, networks, told)
}

function createUnban(
  db: Database,
  lines: SystemLines,
  { refuse, writeAct }: Acting,
): Acts['unban'] {
  const drop = db.query<never, [number]>(`DELETE FROM bans WHERE user_id = ?`)
  const comeBack = db.query<User, [number, number]>(
    `UPDATE users SET left_at = NULL, seen_at = ?2 WHERE id = ?1 RETURNING ${userColumns()}`,
  )
  const roomsOf = db.query<{ room: number }, [number]>(
    `SELECT room_id AS room FROM memberships WHERE user_id = ?`,
  )
  const passHost = createPassHost(db, lines.write)
  const unban = db.transaction(function* (
    acting: Uint8Array,
    person: number,
    { reason, at }: Told,
  ) {
    const asked = yield* refuse('person.unban', acting, person)
    if ('refused' in asked) return asked
    const isBanned = (yield* drop.run(person)).changes > 0
    const user = isBanned ? yield* comeBack.get(person, at) : null
    if (user === null) return { refused: 'person_missing' } as const
    // Rooms in which nobody else was left have no host.
    const heirs = (yield* workOn(yield* roomsOf.all(person), ({ room }) =>
      passHost(room, at),
    )).filter((heir) => heir !== null)
    yield* writeAct({ at, actor: asked.actor, act: 'person.unban', person, reason })
    return { user, heirs }
  })
  return unban
}

/** A name that was taken from somebody is refused to them for so long. */
const refusedNameMs = 7 * 24 * 60 * 60_000

function createRename(
  db: Database,
  lines: SystemLines,
  { refuse, writeAct }: Acting,
): Acts['rename'] {
  type Named = { nickname: string; folded: string; skeleton: string; forms: string }
  type Before = { nickname: string; skeleton: string | null; isBanned: 0 | 1 }
  // The name of somebody who is banned stands in what they wrote.
  const find = db.query<Before, [number]>(
    `SELECT nickname, nickname_skeleton AS skeleton, left_at IS NOT NULL AS isBanned FROM users
     WHERE id = ?1 AND (left_at IS NULL OR EXISTS (SELECT 1 FROM bans WHERE user_id = ?1))`,
  )
  const update = db.query<User, [Named & { id: number; at: number }]>(
    `UPDATE users SET nickname = $nickname, nickname_folded = $folded,
       nickname_skeleton = $skeleton, nickname_forms = $forms, named_at = $at,
       new_until = ${newUntil('$skeleton', '$at', '$id')}
     WHERE id = $id AND ${isNameFree('$folded', '$skeleton', '$id')}
     RETURNING ${userColumns()}`,
  )
  const refuseName = db.query<never, [number, string, number]>(
    `INSERT INTO refused_names (user_id, nickname_skeleton, until) VALUES (?, ?, ?)
     ON CONFLICT (user_id, nickname_skeleton) DO UPDATE SET until = excluded.until`,
  )
  const dropOld = db.query<never, [number]>(`DELETE FROM refused_names WHERE until <= ?`)
  const release = createReleaseName(db)
  const notify = createNotify(db)
  type Name = Parameters<Acts['rename']>[2]
  const rename = db.transaction(function* (
    acting: Uint8Array,
    id: number,
    name: Name,
    { reason, at }: Told,
  ) {
    const asked = yield* refuse('person.rename', acting, id)
    if ('refused' in asked) return asked
    const before = yield* find.get(id)
    if (before === null) return { refused: 'person_missing' } as const
    const user = yield* update.get({ ...name, forms: nameForms(name.nickname), id, at })
    if (user === null) return { refused: 'name_taken' } as const
    yield* dropOld.run(at)
    if (before.skeleton !== null && before.skeleton !== name.skeleton) {
      yield* release(id, before.skeleton, at)
      yield* refuseName.run(id, before.skeleton, at + refusedNameMs)
    }
    // A line would repeat the name; nobody waits for news of them.
    if (before.isBanned === 0) yield* lines.renamed(id, before.nickname, user.nickname, at)
    yield* notify(id, 'renamed', before.nickname, reason)
    const detail = before.nickname
    yield* writeAct({ at, actor: asked.actor, act: 'person.rename', person: id, detail, reason })
    return user
  })
  return async (acting, person, name, told) => rename(acting, person, name, told)
}

/** Those who were put out for good, for people who may let them come back. */
function createKeptOut(db: Database, { writeAct }: Acting): Pick<Acts, 'keptOut' | 'letBack'> {
  const refuse = createRefuseInRoom(db)
  const list = db.query<User, [Member]>(
    `SELECT ${userColumns()} FROM room_bans JOIN users ON users.id = user_id
     WHERE room_id = $roomId AND left_at IS NULL
       AND ${mayInRoom('person.remove', '$roomId', '$userId')}
     ORDER BY banned_at DESC LIMIT ${keptOutShown}`,
  )
  const drop = db.query<never, [number, number]>(
    `DELETE FROM room_bans WHERE room_id = ? AND user_id = ?`,
  )
  const letBack = db.transaction(function* (host: Member, person: number, at: number) {
    const { roomId: room, userId: actor } = host
    const refused = yield* refuse('person.remove', room, actor, person)
    if (refused !== null) return refused
    if ((yield* drop.run(room, person)).changes > 0) {
      yield* writeAct({ at, actor, act: 'person.let_back', person, room })
    }
    return null
  })
  return {
    keptOut: db.read((host) => list.all(host)),
    letBack,
  }
}

/** Of a long list the last ones are shown. */
const keptOutShown = 200
