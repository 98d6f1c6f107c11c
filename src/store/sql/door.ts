import type { Database, Work } from './database'
import type { DoorLink, DoorMode, DoorRefusal, ListedDoorLink, NewDoorLink, Pass } from '../store'
import type { Store, User } from '../store'
import { actorOf, createRefuseActing, createWriteAct } from './acts'
import { settingOf } from './administration'
import { createDoorRequests, createTakeRequest } from './door-requests'
import { isHere, userColumns } from './persons'
import { mayInRoom, mayOnServer, seesRoom } from './rights'
import { readSetting, writeSetting } from './settings'

const passwordSetting = 'door_password'

/** Links that work at once, codes included. */
const linksMax = 1_000

/** The door: its settings, the links through it, and who asks to come in. */
export function createDoor(db: Database): Store['door'] {
  return {
    password: db.read(() => readSetting(db, passwordSetting)),
    configure: createConfigure(db),
    ...createLinks(db),
    ...createDoorRequests(db),
  }
}

function createConfigure(db: Database): Store['door']['configure'] {
  const refuse = createRefuseActing(db)
  const writeAct = createWriteAct(db)
  const dropRequests = db.query<never, []>(`DELETE FROM door_requests`)
  const configure = db.transaction(function* (
    acting: Uint8Array,
    mode: DoorMode,
    hash: string | null,
    at: number,
  ) {
    const asked = yield* refuse('server.configure', acting, null)
    if ('refused' in asked) return asked.refused
    const hasPassword = hash !== null || (yield* readSetting(db, passwordSetting)) !== null
    if (mode === 'password' && !hasPassword) return 'password_short'
    const log = (detail: string): Work<void> =>
      writeAct({ at, actor: asked.actor, act: 'server.configure', detail })
    if (hash !== null) {
      yield* writeSetting(db, passwordSetting, hash)
      yield* log('door: another password')
    }
    if (mode !== (yield* doorMode(db))) {
      yield* writeSetting(db, 'server.door', mode)
      // Where the door is open, those who wait come in.
      if (mode !== 'open') yield* dropRequests.run()
      yield* log(`door: ${mode}`)
    }
    return null
  })
  return async (acting, { mode, passwordHash }, at) => configure(acting, mode, passwordHash, at)
}

function* doorMode(db: Database): Work<DoorMode> {
  const find = db.query<{ mode: DoorMode }, []>(`SELECT ${settingOf('door')} AS mode`)
  return (yield* find.get())?.mode ?? 'open'
}

/** A link ends with the right of its maker. */
const isUsable = `link_hash = $linkHash AND expires_at > $at AND coalesce(uses_left, 1) > 0
  AND ${mayOnServer('door.links', 'made_by')}`

/** Where a link leads: to an open room, or one into which its maker may invite. */
const leadsTo = `rooms.id = door_links.room_id AND (kind = 'open'
  OR kind = 'closed' AND ${mayInRoom('room.invite', 'rooms.id', 'made_by')})`

type AtLink = { linkHash: Uint8Array; at: number }

/** Makes the function that uses a link up, once, and invites somebody to where it leads. */
function createUse(db: Database) {
  const use = db.query<{ room: number | null }, [AtLink]>(
    `UPDATE door_links SET uses = uses + 1, uses_left = uses_left - 1 WHERE ${isUsable}
     RETURNING room_id AS room`,
  )
  const invite = db.query<never, [AtLink & { person: number }]>(
    `INSERT INTO invitations (room_id, user_id, invited_by, why, invited_at)
     SELECT rooms.id, $person, made_by, '', $at FROM door_links JOIN rooms ON ${leadsTo}
     WHERE link_hash = $linkHash AND made_by <> $person
       AND ${mayInRoom('room.invite', 'rooms.id', 'made_by')}
       AND NOT EXISTS (SELECT 1 FROM memberships
         WHERE memberships.room_id = rooms.id AND user_id = $person)
     ON CONFLICT DO NOTHING`,
  )
  return function* (linkHash: Uint8Array, person: number, at: number): Work<boolean> {
    const used = yield* use.get({ linkHash, at })
    if (used === null) return false
    if (used.room !== null) yield* invite.run({ linkHash, person, at })
    return true
  }
}

/**
 * Makes the function that lets a newcomer through the door, within the transaction in which they
 * join; what it gives is called when there is a person, who has come in by then.
 */
export function createPassDoor(db: Database) {
  const usable = db.query<unknown, [AtLink]>(`SELECT 1 FROM door_links WHERE ${isUsable}`)
  const use = createUse(db)
  const takeRequest = createTakeRequest(db)
  const needs: Record<Exclude<DoorMode, 'open'>, DoorRefusal> = {
    password: 'password_wrong',
    links: 'invitation_needed',
    ask: 'must_ask',
  }
  return function* (
    pass: Pass,
    at: number,
  ): Work<{ refused: DoorRefusal } | { enter: (person: number) => Work<void> }> {
    const mode = yield* doorMode(db)
    const refused = (why: DoorRefusal) => ({ refused: why })
    const entered = { enter: function* (): Work<void> {} }
    if (pass.kind === 'link') {
      if ((yield* usable.get({ linkHash: pass.hash, at })) === null)
        return refused('invitation_unusable')
      return {
        *enter(person) {
          yield* use(pass.hash, person, at)
        },
      }
    }
    if (pass.kind === 'request') {
      return (yield* takeRequest(pass.hash, mode, at)) ? entered : refused('request_over')
    }
    if (mode === 'open') return entered
    const isOwner =
      pass.kind === 'owner' && (yield* readSetting(db, 'owner_link')) === pass.hash.toHex()
    const knows =
      pass.kind === 'password' && (yield* readSetting(db, passwordSetting)) === pass.hash
    return isOwner || (knows && mode === 'password') ? entered : refused(needs[mode])
  }
}

type LinkRow = User & { roomId: number | null; roomName: string | null; kind: 'open' | 'closed' }
type ListedRow = LinkRow & Omit<ListedDoorLink, 'by' | 'room' | 'id'> & { linkId: number }

function createLinks(
  db: Database,
): Pick<Store['door'], 'makeLink' | 'revokeLink' | 'findLink' | 'useLink' | 'links'> {
  const columns = (name: string) => `${userColumns()}, rooms.id AS roomId, ${name} AS roomName, kind
    FROM door_links JOIN users ON users.id = made_by LEFT JOIN rooms ON ${leadsTo}`
  const find = db.query<LinkRow, [AtLink]>(`SELECT ${columns('rooms.name')} WHERE ${isUsable}`)
  const nameSeen = `iif(kind = 'open' OR ${seesRoom('rooms.id', actorOf)}, rooms.name, NULL)`
  const listed = db.query<ListedRow, [Uint8Array, number, number, number]>(
    `SELECT door_links.id AS linkId, made_at AS madeAt, expires_at AS expiresAt,
       uses_left AS usesLeft, uses, ${columns(nameSeen)}
     WHERE is_code = 0 AND expires_at > ?2 AND coalesce(uses_left, 1) > 0
       AND (?3 = 0 OR door_links.id < ?3) AND ${mayOnServer('door.links', 'made_by')}
       AND ${mayOnServer('door.links', actorOf)}
     ORDER BY door_links.id DESC LIMIT ?4`,
  )
  return {
    ...createLinkActs(db),
    findLink: db.read(function* (linkHash, at) {
      const row = yield* find.get({ linkHash, at })
      return row === null ? null : toLink(row)
    }),
    links: db.read(function* (acting, { at, before, limit }) {
      return (yield* listed.all(acting, at, before ?? 0, limit)).map((row) => {
        const { linkId: id, madeAt, expiresAt, usesLeft, uses } = row
        return { ...toLink(row), id, madeAt, expiresAt, usesLeft, uses }
      })
    }),
  }
}

function toLink({ roomId, roomName, kind, ...row }: LinkRow): DoorLink {
  const { id, nickname, avatar, mark } = row
  const room = roomId === null ? null : { id: roomId, name: roomName, kind }
  return { by: { id, nickname, avatar, mark }, room }
}

function createLinkActs(db: Database): Pick<Store['door'], 'makeLink' | 'revokeLink' | 'useLink'> {
  const [refuse, writeAct] = [createRefuseActing(db), createWriteAct(db)]
  const dropOver = db.query<never, [number]>(
    `DELETE FROM door_links WHERE expires_at <= ? OR uses_left = 0`,
  )
  const count = db.query<{ n: number }, []>(`SELECT count(*) AS n FROM door_links`)
  const mayLead = db.query<unknown, [number, number]>(
    `SELECT 1 FROM rooms WHERE id = ?1 AND (kind = 'open'
       OR kind = 'closed' AND ${mayInRoom('room.invite', '?1', '?2')})`,
  )
  const insert = db.query<never, [Omit<NewDoorLink, 'isCode'> & { by: number; isCode: number }]>(
    `INSERT INTO door_links
       (link_hash, made_by, made_at, expires_at, uses_left, room_id, is_code)
     VALUES ($linkHash, $by, $at, $expiresAt, $uses, $room, $isCode)`,
  )
  const make = db.transaction(function* (acting: Uint8Array, link: NewDoorLink) {
    const { at, room, isCode } = link
    const asked = yield* refuse('door.links', acting, null)
    if ('refused' in asked) return asked.refused
    if (room !== null && (yield* mayLead.get(room, asked.actor)) === null) return 'room_missing'
    yield* dropOver.run(at)
    if (((yield* count.get())?.n ?? 0) >= linksMax) return 'links_full'
    yield* insert.run({ ...link, by: asked.actor, isCode: Number(isCode) })
    if (!isCode) yield* writeAct({ at, actor: asked.actor, act: 'door.links', room })
    return null
  })
  const remove = db.query<{ room: number | null }, [number]>(
    `DELETE FROM door_links WHERE id = ? AND is_code = 0 RETURNING room_id AS room`,
  )
  const revoke = db.transaction(function* (acting: Uint8Array, id: number, at: number) {
    const asked = yield* refuse('door.links', acting, null)
    if ('refused' in asked) return asked.refused
    const removed = yield* remove.get(id)
    if (removed !== null) {
      yield* writeAct({ at, actor: asked.actor, act: 'door.revoke', room: removed.room })
    }
    return null
  })
  return {
    makeLink: async (acting, link) => make(acting, link),
    revokeLink: async (acting, id, at) => revoke(acting, id, at),
    useLink: createUseLink(db),
  }
}

function createUseLink(db: Database): Store['door']['useLink'] {
  const use = createUse(db)
  const findPerson = db.query<{ id: number }, [Uint8Array]>(
    `SELECT user_id AS id FROM sessions WHERE token_hash = ? AND ${isHere('user_id')}`,
  )
  // Another tab of theirs may have used it already.
  const mayEnter = db.query<unknown, [{ linkHash: Uint8Array; person: number }]>(
    `SELECT 1 FROM door_links WHERE link_hash = $linkHash AND (
       EXISTS (SELECT 1 FROM memberships
         WHERE memberships.room_id = door_links.room_id AND user_id = $person)
       OR EXISTS (SELECT 1 FROM invitations
         WHERE invitations.room_id = door_links.room_id AND user_id = $person))`,
  )
  const useAs = db.transaction(function* (acting: Uint8Array, linkHash: Uint8Array, at: number) {
    const person = yield* findPerson.get(acting)
    if (person === null) return 'not_signed_in'
    if ((yield* mayEnter.get({ linkHash, person: person.id })) !== null) return null
    return (yield* use(linkHash, person.id, at)) ? null : 'invitation_unusable'
  })
  return useAs
}
