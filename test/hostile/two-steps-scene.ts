import { Database } from 'bun:sqlite'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { askDatabase } from '../helpers/database'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { addDevice, answerDevice, claimLink, claimOf, makeCode, makeLink } from '../helpers/devices'
import { promote } from '../helpers/door'
import { postFiles, upload } from '../helpers/files'
import { ownerLinkOf } from '../helpers/owners'
import { inviteTo, letIn, makeRoom, sendForm } from '../helpers/rooms'
import type { RunningServer } from '../helpers/server'
import { asOwner, type NeededForActs, type SettledActs, settleActs } from './two-steps-acts'
import { type AtDoor, settleDoor } from './two-steps-door'

/** The people who are the same in all scenes, and a look at the server's database. */
export type Stage = {
  server: RunningServer
  db: Database
  /** The same, for what was there before. */
  past: Database
  ada: Person
  observer: ChatClient
  adaId: number
  other: number
  third: number
  /** Nobody gives them a role. */
  muted: number
  /** A closed room of Ada's, to which people are invited. */
  elsewhere: number
  /** A moderator who is in it. */
  usher: Person
  epoch: string
}

/** A person in a room, about to do something in two steps. */
export type Scene = Omit<Stage, 'db' | 'observer'> &
  SettledActs & {
    person: Person
    name: string
    user: number
    room: number
    /** The same person on another device. */
    second: Person
    secondId: number
    /** What brings the person back on a third one. */
    code: string
    /** A link for another device, its claim as it is answered, and the cookie of the claim. */
    link: string
    claim: string
    claimCookie: string
    atDoor: AtDoor
    /** The path of a file in the room. */
    file: string
    /** A word that is said in the room after the event only. */
    later: string
  }

/** What happens between the two steps. */
export type Happening =
  | 'nothing'
  | 'put out'
  | 'left'
  | 'logged out'
  | 'left for good'
  | 'device signed out'
  | 'session rotated'
  | 'room renamed'
  | 'role lost'
  | 'banned'

export async function openStage(server: RunningServer): Promise<Stage> {
  // It is stored a moment after the start.
  await ownerLinkOf(server)
  const ada = await signIn(server, 'Ada')
  const observer = await openSocket(server, ada)
  const third = await openSocket(server, await signIn(server, 'Third'))
  const muted = await openSocket(server, await signIn(server, 'Muted'))
  for (const socket of [third, muted]) await socket.close()
  const open = (): Database => new Database(join(server.data, 'chatroom.db'), { readonly: true })
  const elsewhere = await makeRoom(server, ada, 'Elsewhere', 'closed')
  const usher = await signIn(server, 'Usher')
  await letIn(server, ada, elsewhere, usher)
  await promote(server, usher, 'moderator')
  // The only owner could not leave.
  promote(server, await signIn(server, 'Keeper'), 'owner')
  const idOf = ({ hello }: ChatClient): number => hello.user.id
  const adaId = idOf(observer)
  const ids = { adaId, other: adaId, third: idOf(third), muted: idOf(muted) }
  const { epoch } = observer.hello
  return { server, db: open(), past: open(), ada, observer, elsewhere, usher, epoch, ...ids }
}

/** What only few of the acts need. */
export type Needed = NeededForActs & {
  /** A second device. */
  hasDevices?: boolean | undefined
  /** A recovery code; hashing it takes as long as all of the rest. */
  hasCode?: boolean | undefined
  /** The person is an owner of the server, until the role is lost. */
  isOwner?: boolean | undefined
  /** Somebody whom the person has invited, and an invitation of theirs. */
  hasInvitations?: boolean | undefined
  /** Somebody who is muted in the room. */
  hasMute?: boolean | undefined
  /** Somebody who asks to come in, and an invitation link. */
  isAtDoor?: boolean | undefined
  /** A device that is told of messages. */
  hasPush?: boolean | undefined
  /** A link for another device that has come so far. */
  link?: 'made' | 'claimed' | 'allowed' | undefined
}

/**
 * A closed room of this person, or of Ada when the person is to be put out, with two messages; its
 * first row tells who was invited.
 */
export async function settle(
  stage: Stage,
  happening: Happening,
  n: number,
  needed: Needed = {},
): Promise<Scene> {
  const { server, ada, third, elsewhere, db } = stage
  const { hasDevices = happening === 'device signed out', hasInvitations = false, link } = needed
  const name = `Person${n}x`
  const person = await signIn(server, name)
  const user = db
    .query<{ id: number }, [string]>('SELECT id FROM users WHERE nickname = ?')
    .get(name)
  if (user === null) throw new Error(`${name} is nobody`)
  const room = await makeRoom(server, person, `Before ${n}x`, 'closed')
  await letIn(server, person, room, ada)
  await postFiles(server, person, room, `first-${n}`, [], 'of the person')
  const file = await upload(server, ada, 'of the room')
  await postFiles(server, ada, room, `second-${n}`, [file.id], 'of Ada')
  // She could not have made the rooms of all those whom she puts out.
  if (happening === 'put out') await handOver(server, person, room, [user.id, stage.adaId])
  const later = `later${n}z`
  if (needed.isOwner === true) await promote(server, person, 'owner')
  if (needed.hasPush === true) await addPush(server, user.id)
  const second = hasDevices ? await addDevice(server, person) : person
  const code = needed.hasCode === true ? await makeCode(server, person) : ''
  const secondId =
    db
      .query<{ id: number }, [number]>('SELECT max(id) AS id FROM sessions WHERE user_id = ?')
      .get(user.id)?.id ?? 0
  if (needed.hasMute === true) await mute(server, room, stage.muted)
  if (hasInvitations) {
    await inviteTo(server, person, room, third)
    await inviteTo(server, ada, elsewhere, user.id)
  }
  const about = { name, user: user.id, room, file: file.url, later }
  const linked = await settleLink(server, person, link)
  const host = happening === 'put out' ? ada : person
  const place = { ada, person, host, user: user.id, room, n }
  const acts = await settleActs(server, place, needed)
  const atDoor = await settleDoor(server, stage.usher, elsewhere, needed.isAtDoor === true)
  return { ...stage, ...acts, person, second, secondId, code, atDoor, ...linked, ...about }
}

async function handOver(
  server: RunningServer,
  person: Person,
  room: number,
  [from, to]: [number, number],
): Promise<void> {
  const path = `/rooms/${room}/hosts`
  await sendForm(server, person, path, { user: String(to), host: 'yes' })
  await sendForm(server, person, path, { user: String(from), host: 'no' })
}

/** Makes a link for another device, and brings it as far as wanted. */
async function settleLink(server: RunningServer, person: Person, state: Needed['link']) {
  if (state === undefined) return { link: '', claim: '', claimCookie: '' }
  const link = await makeLink(server, person)
  if (state === 'made') return { link, claim: '', claimCookie: '' }
  const claimCookie = await claimLink(server, link)
  const claim = await claimOf(server, person)
  if (state === 'allowed') await answerDevice(server, person)
  return { link, claim, claimCookie }
}

/** What a page does when somebody wants to be told of messages. */
async function addPush(server: RunningServer, user: number): Promise<void> {
  await askDatabase(
    server,
    `INSERT INTO push_subscriptions
     SELECT id, 'https://push.example.org/' || id, x'04', x'00', 'en', 0, '[]'
     FROM sessions WHERE user_id = ?`,
    user,
  )
}

/** What a host does, who was another one then. */
async function mute(server: RunningServer, room: number, user: number): Promise<void> {
  const row = [room, user, Date.now() + 3_600_000, '', user, Date.now()]
  await askDatabase(server, 'INSERT INTO mutes VALUES (?, ?, ?, ?, ?, ?)', ...row)
}

/** Lets it happen, and then says what only those may hear who are in the room now. */
export async function happen(scene: Scene, happening: Happening): Promise<void> {
  const { server, ada, person, room, user, later, name } = scene
  const form = async (who: Person, path: string, fields: Record<string, string> = {}) => {
    const { status } = await sendForm(server, who, path, fields)
    if (status !== 303) throw new Error(`${path} was answered with ${status}`)
  }
  const member = { user: String(user) }
  if (happening === 'put out') await form(ada, `/rooms/${room}/members/remove`, member)
  if (happening === 'left' || happening === 'role lost') await form(person, `/rooms/${room}/leave`)
  if (happening === 'role lost') {
    await letIn(server, ada, room, person)
    await promote(server, person, 'member')
  }
  if (happening === 'logged out') await form(person, '/session/end')
  if (happening === 'left for good') await form(person, '/session/leave', { sure: 'yes' })
  if (happening === 'device signed out') {
    await form(scene.second, '/devices/end', { others: 'yes' })
  }
  if (happening === 'session rotated') await form(person, '/session', { nickname: name })
  if (happening === 'banned') await asOwner(server, ada, 'ban', user)
  if (happening === 'room renamed') await form(person, `/rooms/${room}`, { name: `After ${room}` })
  await form(ada, `/rooms/${room}`, { topic: `topic ${later}` })
  await postFiles(server, ada, room, later, [], `said ${later}`)
}

const tables = [
  'users',
  'sessions',
  'device_links',
  'push_subscriptions',
  'rooms',
  'memberships',
  'invitations',
  'declined_rooms',
  'messages',
  'mentions',
  'reactions',
  'attachments',
  'waiting_comings',
  'mutes',
  'last_posts',
  // The others are the server's own.
  `settings WHERE key LIKE 'server.%'`,
  'acts',
  'person_browsers',
  'bans',
  'banned_browsers',
  'refused_addresses',
  'refused_names',
  'way_backs',
  'notices',
  'room_bans',
  'purges',
  'reports',
  'door_links',
  'door_requests',
]

/**
 * Remembers everything that is stored; the function says whether any of it has changed since. Only
 * then all of it is read, from a transaction that still sees what was there before.
 */
export function remember(stage: Stage): () => boolean {
  const { db, past } = stage
  const version = (): unknown => db.query('PRAGMA data_version').values()[0]?.[0]
  past.run('BEGIN')
  past.query('SELECT 1 FROM users').get()
  const before = { version: version(), files: filesOf(stage) }
  return () => {
    const isSame = version() === before.version || rowsOf(past) === rowsOf(db)
    past.run('COMMIT')
    return !isSame || filesOf(stage) !== before.files
  }
}

function rowsOf(db: Database): string {
  // The index follows the messages by itself.
  const settings = `settings WHERE key <> 'search_indexed_to'`
  const rows = [...tables, settings].map((from) => db.query(`SELECT * FROM ${from}`).values())
  return JSON.stringify(rows, (_, value: unknown) =>
    value instanceof Uint8Array ? value.toHex() : value,
  )
}

/** What has arrived of a file is a draft, and is removed when it is refused. */
function filesOf({ server }: Stage): string {
  return readdirSync(join(server.data, 'files'), { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('drafts'))
    .toSorted()
    .join()
}

/** Sessions of people who have left. */
export function countGhosts({ db }: Stage): number {
  const ghosts = db.query<{ ghosts: number }, []>(
    `SELECT count(*) AS ghosts FROM sessions JOIN users ON users.id = user_id
     WHERE left_at IS NOT NULL`,
  )
  return ghosts.get()?.ghosts ?? 0
}

export function nameOf({ db }: Stage, room: number): string {
  const found = db.query<{ name: string }, [number]>('SELECT name FROM rooms WHERE id = ?')
  return found.get(room)?.name ?? ''
}
