import type { Database } from 'bun:sqlite'
import type { Act } from '../../shared/rights'
import type {
  AdministeredPerson,
  ListedAct,
  NewAct,
  NoRight,
  ServerRole,
  ServerSettings,
  Store,
  User,
} from '../store'
import { userColumns } from './persons'
import { createRefuseOnServer, mayOnServer } from './rights'
import { readSetting, writeSetting } from './settings'

/** The person of a session; null when it has ended. */
const actorOf = `(SELECT user_id FROM sessions WHERE token_hash = ?1)`

/**
 * What people with a role do on the server, in SQLite. The session that acts is part of each
 * transaction, and so is the role of its person.
 */
export function createAdministration(db: Database): Store['administration'] {
  const writeAct = createWriteAct(db)
  const refuse = createRefuse(db)
  const configure = db.transaction(
    (acting: Uint8Array, wanted: Partial<ServerSettings>, at: number) => {
      const asked = refuse('server.configure', acting, null)
      if ('refused' in asked) return asked
      const before = readSettings(db)
      for (const [key, value] of Object.entries(wanted)) {
        if (before[key as keyof ServerSettings] === value) continue
        writeSetting(db, `server.${key}`, value)
        const detail = `${key}: ${value}`
        writeAct({ at, actor: asked.actor, act: 'server.configure', detail })
      }
      return readSettings(db)
    },
  )
  return {
    settings: async () => readSettings(db),
    configure: async (acting, wanted, at) => configure.immediate(acting, wanted, at),
    setRole: createSetRole(db, refuse, writeAct),
    ...createLists(db),
  }
}

const defaults: ServerSettings = { name: '', welcome: '', roomMakers: 'everybody' }

function readSettings(db: Database): ServerSettings {
  const settings: Record<string, string> = { ...defaults }
  for (const key of Object.keys(defaults)) {
    settings[key] = readSetting(db, `server.${key}`) ?? settings[key] ?? ''
  }
  return settings as ServerSettings
}

/** A setting of the server as a value in a statement. */
export function settingOf(key: keyof ServerSettings): string {
  return `coalesce((SELECT value FROM settings WHERE key = 'server.${key}'), '${defaults[key]}')`
}

type Refuse = (
  act: Act,
  acting: Uint8Array,
  target: number | null,
) => { actor: number } | { refused: NoRight | 'not_signed_in' }

/** Makes the function that asks, within a transaction, whether the person of a session may act. */
function createRefuse(db: Database): Refuse {
  const find = db.query<{ actor: number | null }, [Uint8Array]>(`SELECT ${actorOf} AS actor`)
  const refuse = createRefuseOnServer(db)
  return (act, acting, target) => {
    const actor = find.get(acting)?.actor ?? null
    if (actor === null) return { refused: 'not_signed_in' }
    const refused = refuse(act, actor, target)
    return refused === null ? { actor } : { refused }
  }
}

/** Makes the function that writes an act into the log, in the transaction of the act. */
function createWriteAct(db: Database): (act: NewAct) => void {
  const write = db.query<never, [Required<NewAct>]>(
    `INSERT INTO acts (at, actor_id, act, person_id, room_id, room_name, detail, reason)
     VALUES ($at, $actor, $act, $person, $room,
       coalesce((SELECT name FROM rooms WHERE id = $room), ''), $detail, $reason)`,
  )
  const nothing = { person: null, room: null, detail: '', reason: '' }
  return (act) => void write.run({ ...nothing, ...act })
}

function createSetRole(
  db: Database,
  refuse: Refuse,
  writeAct: (act: NewAct) => void,
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
  const setRole = db.transaction(
    (acting: Uint8Array, person: number, role: ServerRole, reason: string, at: number) => {
      const asked = refuse('role.set', acting, person)
      if ('refused' in asked) return asked
      if (isHere.get(person) === null) return { refused: 'person_missing' } as const
      if (role !== 'owner' && isLastOwner.get(person) !== null) {
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

/** Empty for everybody who may not read them. */
function createLists(db: Database): Pick<Store['administration'], 'acts' | 'people'> {
  const acts = db.query<ActRow, [Uint8Array, number | null, number]>(
    `SELECT acts.id, at, act, room_id AS room, room_name AS roomName, detail, reason,
       actor.nickname AS actorName, actor.id AS actor,
       person.nickname AS personName, person.id AS person
     FROM acts LEFT JOIN users AS actor ON actor.id = actor_id
       LEFT JOIN users AS person ON person.id = person_id
     WHERE (?2 IS NULL OR acts.id < ?2) AND ${mayOnServer('log.read', actorOf)}
     ORDER BY acts.id DESC LIMIT ?3`,
  )
  const people = db.query<
    User & Pick<AdministeredPerson, 'role' | 'seenAt'> & { folded: string },
    [Uint8Array, string, string, number, number]
  >(
    `SELECT ${userColumns()}, role, seen_at AS seenAt,
       coalesce(nickname_folded, nickname) AS folded
     FROM users
     WHERE left_at IS NULL AND instr(nickname_forms, ?2) > 0
       AND (coalesce(nickname_folded, nickname), id) > (?3, ?4)
       AND ${mayOnServer('admin.open', actorOf)}
     ORDER BY coalesce(nickname_folded, nickname), id LIMIT ?5`,
  )
  return {
    async acts(acting, before, limit) {
      return acts.all(acting, before, limit).map(toListedAct)
    },
    async people(acting, { part, after, limit }) {
      const rows = people.all(acting, part, after?.folded ?? '', after?.id ?? 0, limit)
      return rows.map(({ role, seenAt, folded, ...user }) => ({ user, role, seenAt, folded }))
    },
  }
}

type ActRow = Omit<ListedAct, 'actor' | 'person'> & {
  actor: number | null
  actorName: string
  person: number | null
  personName: string
}

function toListedAct({ actor, actorName, person, personName, ...act }: ActRow): ListedAct {
  return {
    ...act,
    actor: actor === null ? null : { id: actor, nickname: actorName },
    person: person === null ? null : { id: person, nickname: personName },
  }
}
