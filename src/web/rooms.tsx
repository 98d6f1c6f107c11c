import { Hono } from 'hono'
import type { Unsent } from '../../views/composer'
import { RoomPage, RoomParts } from '../../views/room'
import { RoomsRail } from '../../views/rooms'
import { SignInPage } from '../../views/sign-in'
import type { Visitor } from '../chat/chat'
import { toSummary } from '../chat/events'
import { ChatError } from '../errors'
import { limits } from '../limits'
import type { Room, User } from '../store/store'
import {
  sendHtml,
  sendPage,
  type WebContext,
  type WebEnv,
  type WebNeeds,
  wantsJson,
} from './context'
import { requireVisitor } from './identity'

/** The front door and the rooms behind it. */
export function roomRoutes(needs: WebNeeds): Hono<WebEnv> {
  const { chat } = needs
  return new Hono<WebEnv>()
    .get('/', async (c) => {
      const visitor = c.get('visitor')
      if (visitor === null) {
        const form = { nickname: '', avatar: 'letter', room: null, problem: null, suggestions: [] }
        return sendPage(c, <SignInPage view={c.get('view')} form={form} />)
      }
      const rooms = await chat.store.rooms.heads(visitor.user.id)
      const last = readLastRoom(c)
      const room = rooms.find(({ id }) => id === last) ?? rooms[0]
      if (room === undefined) throw new ChatError('room_missing')
      return c.redirect(chat.paths.room(room.id), 303)
    })
    .get('/rooms/:id', async (c) => {
      const visitor = requireVisitor(c)
      const room = await requireRoom(needs, c, visitor)
      rememberRoom(c, chat.paths.base, room.id)
      return sendRoom(needs, c, visitor, room)
    })
    .get('/rail', async (c) => sendRail(needs, c, requireVisitor(c)))
}

const roomCookie = 'chatroom_room'

/** The room that was open last in this browser, where the front door leads. */
function rememberRoom(c: WebContext, path: string, room: number): void {
  const cookie = `${roomCookie}=${room}; SameSite=Lax; HttpOnly; Path=${path}; Max-Age=31536000`
  c.header('Set-Cookie', cookie, { append: true })
}

function readLastRoom(c: WebContext): number | null {
  const cookie = c.req.header('cookie') ?? ''
  return parseId(new RegExp(`(?:^|;\\s*)${roomCookie}=(\\d+)`).exec(cookie)?.[1])
}

/** The one way from an address to a room: not a member and not existing are the same answer. */
export async function requireRoom(
  { chat }: WebNeeds,
  c: WebContext,
  visitor: Visitor,
): Promise<Room> {
  const id = parseId(c.req.param('id'))
  const room = id === null ? null : await chat.store.rooms.find(visitor.user.id, id)
  if (room === null) throw new ChatError('room_missing')
  return room
}

/** A number in an address or a form; null for anything else. */
export function parseId(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
}

/** The room's page, or for htmx what another room changes; `unsent` is a refused form's text. */
export async function sendRoom(
  needs: WebNeeds,
  c: WebContext,
  visitor: Visitor,
  room: Room,
  unsent?: Unsent,
): Promise<Response> {
  const { chat } = needs
  const page = await readPage(needs, room, visitor.user, readBefore(c))
  // Whoever asks is here, though the socket may still be on its way.
  const states = chat.presence.states()
  if (!states.has(visitor.user.id)) states.set(visitor.user.id, 'online')
  const everybody = await chat.store.users.inRoom(room)
  const people = peopleShown(everybody, states)
  const members = everybody.length
  const props = {
    view: c.get('view'),
    room,
    reader: visitor.user,
    people,
    members,
    states,
    ...page,
  }
  if (c.req.header('hx-request') === 'true') return sendHtml(c, <RoomParts {...props} />)
  const rooms = await chat.store.rooms.ofUser(visitor.user.id)
  return sendPage(
    c,
    <RoomPage
      {...props}
      rooms={rooms}
      counts={countsOf(needs, rooms)}
      epoch={chat.store.epoch}
      clientId={crypto.randomUUID()}
      unsent={unsent ?? null}
    />,
  )
}

/** The list of my rooms, asked for anew whenever it has changed. */
async function sendRail(needs: WebNeeds, c: WebContext, visitor: Visitor): Promise<Response> {
  const { presence, store } = needs.chat
  const rooms = await store.rooms.ofUser(visitor.user.id)
  if (wantsJson(c)) {
    return c.json({ rooms: rooms.map((room) => toSummary(room, presence.countIn(room.id))) })
  }
  const props = { view: c.get('view'), rooms, states: presence.states() }
  const current = parseId(c.req.query('current'))
  return sendHtml(c, <RoomsRail {...props} current={current} counts={countsOf(needs, rooms)} />)
}

function countsOf({ chat }: WebNeeds, rooms: Room[]): Map<number, number> {
  return new Map(rooms.map(({ id }) => [id, chat.presence.countIn(id)]))
}

/** Everybody who is here, and some of those who are not. */
function peopleShown(people: User[], states: ReadonlyMap<number, unknown>): User[] {
  const absent = people.filter(({ id }) => !states.has(id)).sort((a, b) => b.id - a.id)
  const shown = new Set(absent.slice(0, limits.absentPeopleRows))
  return people.filter((person) => states.has(person.id) || shown.has(person))
}

/** A page of history, the private messages written there, and whether there is more before it. */
export async function readPage(
  { chat }: WebNeeds,
  room: Room,
  reader: User,
  before: number | null,
  limit: number = limits.historyPageRows,
) {
  const { messages: store } = chat.store
  const rows = await store.before(room, before, limit + 1)
  const messages = rows.slice(-limit)
  const hasOlder = rows.length > limit
  const from = hasOlder ? (messages[0]?.seq ?? 0) : 0
  const slips = await store.slips(room, reader.id, from, before)
  return { messages, slips, hasOlder }
}

/** `?before=SEQ`; null when absent. Throws `bad_request` when it is no place in a timeline. */
export function readBefore(c: WebContext): number | null {
  const text = c.req.query('before')
  if (text === undefined || text === '') return null
  const before = parseId(text)
  if (before === null) throw new ChatError('bad_request')
  return before
}
