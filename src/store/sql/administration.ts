import type { Database, Work } from './database'
import type { AdministeredPerson, ListedAct, ServerSettings, Store, User } from '../store'
import { userColumns } from './persons'
import { actorOf, createRefuseActing, createWriteAct } from './acts'
import { mayOnServer, seesRoom } from './rights'
import { createStorage } from './storage'
import { createServerRoles } from './server-roles'
import { readSetting, writeSetting } from './settings'

/**
 * What people with a role do on the server. The session that acts is part of each
 * transaction, and so is the role of its person.
 */
export function createAdministration(db: Database): Store['administration'] {
  const writeAct = createWriteAct(db)
  const refuse = createRefuseActing(db)
  const configure = db.transaction(function* (
    acting: Uint8Array,
    wanted: Partial<ServerSettings>,
    at: number,
  ) {
    const asked = yield* refuse('server.configure', acting, null)
    if ('refused' in asked) return asked
    const before = yield* readSettings(db)
    for (const [key, value] of Object.entries(wanted)) {
      if (before[key as keyof ServerSettings] === value) continue
      yield* writeSetting(db, `server.${key}`, value)
      const detail = `${key}: ${value}`
      yield* writeAct({ at, actor: asked.actor, act: 'server.configure', detail })
    }
    return yield* readSettings(db)
  })
  return {
    settings: db.read(() => readSettings(db)),
    configure,
    ...createServerRoles(db, refuse, writeAct),
    ...createLists(db),
    ...createStorage(db),
  }
}

const defaults: ServerSettings = {
  name: '',
  welcome: '',
  roomMakers: 'everybody',
  privateMessages: 'everybody',
  door: 'open',
}

function* readSettings(db: Database): Work<ServerSettings> {
  const settings: Record<string, string> = { ...defaults }
  for (const key of Object.keys(defaults)) {
    settings[key] = (yield* readSetting(db, `server.${key}`)) ?? settings[key] ?? ''
  }
  return settings as ServerSettings
}

/** A setting of the server as a value in a statement. */
export function settingOf(key: keyof ServerSettings): string {
  return `coalesce((SELECT value FROM settings WHERE key = 'server.${key}'), '${defaults[key]}')`
}

/** Empty for everybody who may not read them. */
function createLists(db: Database): Pick<Store['administration'], 'acts' | 'people'> {
  const acts = db.query<ActRow, [Uint8Array, number | null, number]>(
    `SELECT acts.id, at, act, room_id AS room, detail, reason,
       iif(room_kind IN ('open', 'direct') OR ${seesRoom('acts.room_id', actorOf)},
         room_name, NULL) AS roomName,
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
    acts: db.read(function* (acting, before, limit) {
      return (yield* acts.all(acting, before, limit)).map(toListedAct)
    }),
    people: db.read(function* (acting, { part, after, limit }) {
      const rows = yield* people.all(acting, part, after?.folded ?? '', after?.id ?? 0, limit)
      return rows.map(({ role, seenAt, folded, ...user }) => ({ user, role, seenAt, folded }))
    }),
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
