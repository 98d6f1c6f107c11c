import { Hono } from 'hono'
import type { Unsent } from '../../../views/messages/composer'
import { AroundRoom, RoomPage, RoomParts } from '../../../views/rooms/room'
import { RoomsRail } from '../../../views/rooms/rooms'
import type { Visitor } from '../../chat/chat'
import { toSummary } from '../../chat/messages/events'
import { parseId } from '../../shared/paths'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { limits } from '../../shared/limits'
import { can } from '../../shared/rights'
import { takeFitting, weigh } from '../../store/fitting'
import type { Room, User } from '../../store/store'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx, wantsJson } from '../context'
import { keepCookie, readCookie } from '../cookies'
import { requireRoom, requireVisitor } from '../middleware/identity'
import { sendHtml, sendPage, sendSignIn } from '../pages'
import { readPeople } from '../people-window'
import { orPreview } from './invitations'

/** Of many invitations the list of rooms shows the newest. */
const invitationRows = 5

/** The start page, the pages of rooms, and the list of one's rooms. */
export function roomRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat } = deps
  return new Hono<HttpEnv>()
    .get('/', async (c) => {
      const visitor = c.get('visitor')
      if (visitor === null) return sendSignIn(c)
      const { first, head, heads } = chat.store.rooms
      const last = parseId(readCookie(c, 'room')) ?? (await first())
      const userId = visitor.user.id
      const room = (await head(userId, last)) ?? (await heads(userId))[0]
      if (room === undefined) throw new ChatError('room_missing')
      return c.redirect(chat.paths.room(room.id), 303)
    })
    .get('/rooms/:id', (c) =>
      orPreview(deps, c, async () => {
        const { visitor, room } = await requireRoom(deps, c)
        keepCookie(c, chat, 'room', String(room.id))
        if (c.req.query('part') === 'around') {
          const window = await readPeople(deps, visitor.user, room)
          return sendHtml(c, <AroundRoom view={c.get('view')} room={room} window={window} />)
        }
        return sendRoom(deps, c, visitor, room)
      }),
    )
    .get('/rooms/:id/messages/:seq', (c) =>
      orPreview(deps, c, async () => {
        const { visitor, room } = await requireRoom(deps, c)
        const seq = parseId(c.req.param('seq'))
        if (seq === null) throw new ChatError('not_found')
        return sendRoom(deps, c, visitor, room, { cursor: around(seq) })
      }),
    )
    .get('/rail', async (c) => sendRail(deps, c, requireVisitor(c)))
}

/**
 * Answers with the page of a room, or for htmx with the parts of the page that differ between
 * rooms. `unsent` is a refused message, `refused` a refused edit of the message at the cursor.
 */
export async function sendRoom(
  deps: HttpDeps,
  c: HttpContext,
  visitor: Visitor,
  room: Room,
  { cursor = readCursor(c), unsent = null, refused = null }: Sending = {},
): Promise<Response> {
  const { chat } = deps
  const at = cursor.after === undefined ? null : (cursor.before ?? null)
  const share = at === null ? 1 : 2
  const size = { rows: limits.historyPageRows / share, units: serverLimits.pageUnitsMax / share }
  const page = await readPage(deps, room, visitor.user, cursor, size)
  const props = {
    view: c.get('view'),
    room,
    reader: visitor.user,
    window: await readPeople(deps, visitor.user, room),
    ...page,
    at,
  }
  if (isHtmx(c)) return sendHtml(c, <RoomParts {...props} />)
  const list = await readRooms(deps, visitor.user, room.id)
  return sendPage(
    c,
    <RoomPage
      {...props}
      {...list}
      epoch={chat.store.epoch}
      mayLetIn={can(visitor.role, 'door.let_in')}
      clientId={crypto.randomUUID()}
      isRenewing={c.req.query('renew') !== undefined}
      unsent={unsent}
      refused={refused}
    />,
  )
}

/**
 * The user's rooms to show, how many there are, and who is online in them; and what they are
 * invited to.
 */
async function readRooms({ chat }: HttpDeps, { id }: User, current: number | null) {
  const { count, ofUser } = chat.store.rooms
  const rooms = await ofUser(id, serverLimits.listedRoomsMax, current)
  const inAll = rooms.length < serverLimits.listedRoomsMax ? rooms.length : await count(id)
  const { onlineIn, stateOf } = chat.presence
  const counts = new Map(rooms.map((room) => [room.id, onlineIn(room.id).count]))
  const others = rooms.flatMap(({ pair }) => pair?.[1].id ?? [])
  const states = new Map(others.map((other) => [other, stateOf(other)]))
  const { count: countInvited, of } = chat.store.invitations
  const invitations = await of(id, invitationRows)
  const isAll = invitations.length < invitationRows
  const invitedTo = isAll ? invitations.length : await countInvited(id)
  return { rooms, inAll, counts, states, invitations, invitedTo }
}

type Sending = { cursor?: Cursor; unsent?: Unsent | null; refused?: Unsent | null }

/** Answers with the list of one's rooms, which the page refreshes when it changes. */
async function sendRail(deps: HttpDeps, c: HttpContext, visitor: Visitor): Promise<Response> {
  const { presence } = deps.chat
  const current = parseId(c.req.query('current'))
  const list = await readRooms(deps, visitor.user, current)
  if (wantsJson(c)) {
    const rooms = list.rooms.map((room) => toSummary(room, presence.onlineIn(room.id)))
    return c.json({ rooms, in_all: list.inAll })
  }
  return sendHtml(c, <RoomsRail view={c.get('view')} {...list} current={current} />)
}

/**
 * Which messages of a room: those before a sequence number (null: the newest), those after one, or
 * both, around a message.
 */
type Cursor = { before?: number | null; after?: number }

/** The messages around this one, which comes first of the newer. */
export function around(seq: number): Cursor {
  return { before: seq, after: seq - 1 }
}

/** A page of history, the private notes written in it, and whether there is more around it. */
export async function readPage(
  { chat }: HttpDeps,
  room: Room,
  reader: User,
  { before, after }: Cursor,
  size: PageSize,
) {
  const { messages: store } = chat.store
  // One message more than the page on either side, to know whether there are more.
  const older = before === undefined ? [] : await store.before(room, before, size.rows + 1)
  const newer = after === undefined ? [] : await store.after(room, after, size.rows + 1)
  const olderShown = takeFitting(older.toReversed(), size, weigh)
  const newerShown = takeFitting(newer, size, weigh).taken
  const messages = [...olderShown.taken.toReversed(), ...newerShown]
  const hasOlder = olderShown.more
  const nextSeq = after === undefined ? (before ?? null) : (newer[newerShown.length]?.seq ?? null)
  const firstSeq = hasOlder || before === undefined ? (messages[0]?.seq ?? 0) : 0
  // The newest of them, as their number is not that of the page's messages.
  const notes = await store.privateNotes(room, reader.id, firstSeq, nextSeq, size.rows)
  const privateNotes = takeFitting(notes.toReversed(), size, weigh).taken.toReversed()
  return { messages, privateNotes, hasOlder, nextSeq }
}

/** The most messages, and their size together, of a page on either side of its cursor. */
type PageSize = { rows: number; units: number }

/** `?before=SEQ`, `?after=SEQ`, or neither. Throws `bad_request` for anything else. */
export function readCursor(c: HttpContext): Cursor {
  const [before, after] = [c.req.query('before') ?? '', c.req.query('after') ?? '']
  if (before === '' && after === '') return { before: null }
  // After 0: from the beginning.
  const seq = before === '' && after === '0' ? 0 : parseId(before || after)
  if (seq === null) throw new ChatError('bad_request')
  return before === '' ? { after: seq } : { before: seq }
}
