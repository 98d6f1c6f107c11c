import { Hono } from 'hono'
import type { Unsent } from '../../../views/messages/composer'
import { AroundRoom, RoomPage, RoomParts } from '../../../views/rooms/room'
import { RoomsRail } from '../../../views/rooms/rooms'
import { SignInPage } from '../../../views/people/sign-in'
import type { Visitor } from '../../chat/chat'
import { toSummary } from '../../chat/messages/events'
import { ChatError } from '../../server/errors'
import { limits } from '../../shared/limits'
import { serverLimits } from '../../server/limits'
import type { Message, Room, Store, User } from '../../store/store'
import {
  sendHtml,
  sendPage,
  type WebContext,
  type WebEnv,
  type WebNeeds,
  wantsJson,
} from '../context'
import { requireVisitor } from '../middleware/identity'

/** Of absent people the list shows those who joined last. */
const absentPeopleRows = 20

/** The front door and the rooms behind it. */
export function roomRoutes(needs: WebNeeds): Hono<WebEnv> {
  const { chat } = needs
  return new Hono<WebEnv>()
    .get('/', async (c) => {
      const visitor = c.get('visitor')
      if (visitor === null) {
        const form = {
          nickname: '',
          avatar: 'letter',
          picture: '',
          room: null,
          problem: null,
          suggestions: [],
        }
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
      if (c.req.query('part') === 'around') {
        const here = await readPeople(needs, visitor, room)
        return sendHtml(c, <AroundRoom view={c.get('view')} room={room} {...here} />)
      }
      return sendRoom(needs, c, visitor, room)
    })
    .get('/rooms/:id/messages/:seq', async (c) => {
      const visitor = requireVisitor(c)
      const room = await requireRoom(needs, c, visitor)
      const seq = parseId(c.req.param('seq'))
      if (seq === null) throw new ChatError('not_found')
      return sendRoom(needs, c, visitor, room, { place: { around: seq } })
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

/**
 * The room's page, or for htmx what another room changes: its end, or what is around a place.
 * `unsent` is a refused message, `refused` a refused change of the one at the place.
 */
export async function sendRoom(
  needs: WebNeeds,
  c: WebContext,
  visitor: Visitor,
  room: Room,
  { place = readPlace(c), unsent = null, refused = null }: Sending = {},
): Promise<Response> {
  const { chat } = needs
  const at = place !== null && 'around' in place ? place.around : null
  const share = at === null ? 1 : 2
  const size = { rows: limits.historyPageRows / share, units: serverLimits.pageUnitsMax / share }
  const page = await readPage(needs, room, visitor.user, place, size)
  const nextSeq = isBefore(place) ? place.before : page.nextSeq
  const props = {
    view: c.get('view'),
    room,
    reader: visitor.user,
    ...(await readPeople(needs, visitor, room)),
    ...page,
    nextSeq,
    at,
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
      isRenewing={c.req.query('renew') !== undefined}
      unsent={unsent}
      refused={refused}
    />,
  )
}

/** Who is in the room, and how they are. */
async function readPeople({ chat }: WebNeeds, { user }: Visitor, room: Room) {
  // Whoever asks is here, though the socket may still be on its way.
  const states = chat.presence.states()
  if (!states.has(user.id)) states.set(user.id, 'online')
  const everybody = await chat.store.users.inRoom(room)
  return { people: peopleShown(everybody, states), members: everybody.length, states }
}

type Sending = { place?: Place; unsent?: Unsent | null; refused?: Unsent | null }

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
  const shown = new Set(absent.slice(0, absentPeopleRows))
  return people.filter((person) => states.has(person.id) || shown.has(person))
}

/** Which messages of a room: the newest, those before or after a place, or those around one. */
export type Place = { before: number } | { after: number } | { around: number } | null

/** A page of history, the private messages written there, and whether there is more around it. */
export async function readPage(
  { chat }: WebNeeds,
  room: Room,
  reader: User,
  place: Place,
  { rows, units }: PageSize,
) {
  const { messages: store } = chat.store
  const [older, newer] = await readBothWays(store, room, place, rows)
  const [backwards, onwards] = [
    fitting(older.toReversed(), rows, units),
    fitting(newer, rows, units),
  ]
  const messages = [...older.slice(older.length - backwards), ...newer.slice(0, onwards)]
  const hasOlder = older.length > backwards
  const nextSeq = newer[onwards]?.seq ?? null
  const from = hasOlder || isAfter(place) ? (messages[0]?.seq ?? 0) : 0
  const before = isBefore(place) ? place.before : nextSeq
  const slips = await store.slips(room, reader.id, from, before)
  return { messages, slips, hasOlder, nextSeq }
}

/** The most of a page, on either side of its place: messages, and characters of theirs. */
type PageSize = { rows: number; units: number }

/** How many of these, one at least, are a page. */
function fitting(messages: Message[], rows: number, units: number): number {
  let [count, sum] = [0, 0]
  for (const { content } of messages.slice(0, rows)) {
    sum += content.length
    if (count > 0 && sum > units) break
    count += 1
  }
  return count
}

/** Up to one more than `limit` on either side, so that it is known whether there is more. */
async function readBothWays(
  store: Store['messages'],
  room: Room,
  place: Place,
  limit: number,
): Promise<[older: Message[], newer: Message[]]> {
  if (isAfter(place)) return [[], await store.after(room, place.after, limit + 1)]
  if (isBefore(place)) return [await store.before(room, place.before, limit + 1), []]
  if (place === null) return [await store.before(room, null, limit + 1), []]
  return [
    await store.before(room, place.around, limit + 1),
    await store.after(room, place.around - 1, limit + 1),
  ]
}

function isBefore(place: Place): place is { before: number } {
  return place !== null && 'before' in place
}

function isAfter(place: Place): place is { after: number } {
  return place !== null && 'after' in place
}

/** `?before=SEQ`, `?after=SEQ`, or neither. Throws `bad_request` when it is no place. */
export function readPlace(c: WebContext): Place {
  for (const side of ['before', 'after'] as const) {
    const text = c.req.query(side) ?? ''
    if (text === '') continue
    // After nothing is from the beginning.
    const seq = side === 'after' && text === '0' ? 0 : parseId(text)
    if (seq === null) throw new ChatError('bad_request')
    return side === 'before' ? { before: seq } : { after: seq }
  }
  return null
}
