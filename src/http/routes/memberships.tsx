import { Hono } from 'hono'
import { MemberItems, Members } from '../../../views/people/members'
import { PeopleList, PeopleRows } from '../../../views/people/people'
import { OpenRooms, RoomItems, roomListTitle } from '../../../views/rooms/open-rooms'
import { RoomSettings } from '../../../views/rooms/room-settings'
import { roomTitle } from '../../../views/rooms/room-title'
import { letBack } from '../../chat/administration/acts'
import { readReason } from '../../chat/administration/administration'
import { joinRoom, leaveRoom, removeMember, setNotify } from '../../chat/rooms/membership'
import { parseId } from '../../shared/paths'
import { changeRoom, createRoom } from '../../chat/rooms/rooms'
import type { Chat, Visitor } from '../../chat/chat'
import { wantedName } from '../../shared/rank-name'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import type { Room } from '../../store/store'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx } from '../context'
import { requireRoom, requireVisitor } from '../middleware/identity'
import { redirectTo, sendHtml, sendPanel } from '../pages'
import { readPeople } from '../people-window'

/** Creating, changing, joining and leaving rooms, and the panels that do so. */
export function membershipRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat } = deps
  return new Hono<HttpEnv>()
    .get('/rooms', (c) => sendRooms(deps, c))
    .post('/rooms', (c) => create(deps, c))
    .get('/rooms/:id/settings', (c) => sendSettings(deps, c))
    .get('/rooms/:id/people', (c) => sendMembers(deps, c))
    .post('/rooms/:id', async (c) => {
      requireVisitor(c)
      const form = await readForm(c)
      const { visitor, room } = await requireRoom(deps, c)
      const [name, topic] = [form.get('name') ?? null, form.get('topic') ?? null]
      await changeRoom(chat, room, visitor.user.id, { name, topic })
      return redirectTo(c, chat.paths.room(room.id))
    })
    .post('/rooms/:id/members', (c) => join(deps, c))
    .post('/rooms/:id/members/remove', async (c) => {
      requireVisitor(c)
      const form = await readForm(c)
      const removed = parseId(form.get('user')) ?? 0
      const reason = readReason(form.get('reason') ?? '')
      const how = { isForGood: form.has('for_good'), reason }
      const { visitor, room } = await requireRoom(deps, c)
      await removeMember(chat, room, visitor.user.id, removed, how)
      return redirectTo(c, chat.paths.room(room.id))
    })
    .post('/rooms/:id/members/back', async (c) => {
      requireVisitor(c)
      const person = parseId((await readForm(c)).get('user')) ?? 0
      const { visitor, room } = await requireRoom(deps, c)
      await letBack(chat, room, visitor.user.id, person)
      return redirectTo(c, chat.paths.settings(room.id))
    })
    .post('/rooms/:id/leave', async (c) => {
      const { visitor, room } = await requireRoom(deps, c)
      await leaveRoom(chat, room, visitor.user.id)
      return redirectTo(c, chat.paths.home())
    })
    .post('/rooms/:id/notify', async (c) => {
      requireVisitor(c)
      const form = await readForm(c)
      const [notify, comings] = [form.get('notify') ?? null, form.get('comings') ?? null]
      const { visitor, room } = await requireRoom(deps, c)
      await setNotify(chat, room, visitor.user.id, { notify, comings })
      return redirectTo(c, chat.paths.room(room.id))
    })
}

async function create({ chat, rateLimits }: HttpDeps, c: HttpContext): Promise<Response> {
  const { user } = requireVisitor(c)
  rateLimits.consume('rooms', `user ${user.id}`)
  const form = await readForm(c)
  const room = await createRoom(chat, user, {
    name: form.get('name') ?? '',
    topic: form.get('topic') ?? '',
    isClosed: form.get('kind') === 'closed',
  })
  return redirectTo(c, chat.paths.room(room.id), { room: room.id })
}

const { listPageRows } = serverLimits

/** A page of the public rooms, or of the visitor's own. */
async function sendRooms({ chat }: HttpDeps, c: HttpContext): Promise<Response> {
  const { user } = requireVisitor(c)
  const { own, open } = chat.store.rooms
  const view = c.get('view')
  const isMine = c.req.query('mine') !== undefined
  const isArchived = c.req.query('archived') !== undefined
  const part = c.req.query('q') ?? ''
  const after = readPlace(c.req.query('after') ?? '')
  const wanted = { part: wantedName(part), after, limit: listPageRows + 1, isArchived }
  const found = await (isMine ? own : open)(user.id, wanted)
  const rooms = found.slice(0, listPageRows)
  const last = found.length > listPageRows ? rooms.at(-1) : undefined
  const list = { ...(isMine ? { mine: 'yes' } : {}), ...(isArchived ? { archived: 'yes' } : {}) }
  const fields = { ...list, ...(part === '' ? {} : { q: part }) }
  const next = last && view.paths.roomList({ ...fields, after: `${last.activeAt}.${last.id}` })
  const props = { view, rooms, part, isMine, isArchived, next: next ?? null }
  if (c.req.query('part') === 'list') return sendHtml(c, <RoomItems {...props} />)
  return sendPanel(c, user, roomListTitle(props), <OpenRooms {...props} />)
}

/** `TIME.ROOM`, as sendRooms made it. Throws `bad_request` for anything else. */
export function readPlace(text: string): { activeAt: number; id: number } | null {
  if (text === '') return null
  const [, activeAt, id] = /^(\d{1,15})\.([1-9]\d{0,14})$/.exec(text) ?? []
  if (id === undefined) throw new ChatError('bad_request')
  return { activeAt: Number(activeAt), id: Number(id) }
}

/** A page of the people of a room, by name, or of the list beside the room. */
async function sendMembers(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const { visitor, room } = await requireRoom(deps, c)
  const part = c.req.query('q') ?? ''
  const after = c.req.query('after') ?? ''
  if (c.req.query('part') === 'window') return sendWindow(deps, c, { visitor, room }, after)
  const list = await readMembers(deps, c, room, part, after)
  const props = { view: c.get('view'), room, user: visitor.user, ...list }
  if (c.req.query('part') === 'list') return sendHtml(c, <MemberItems {...props} />)
  return sendPanel(c, visitor.user, roomTitle(room), <Members {...props} part={part} />)
}

/** The page after a place; without a place all pages that a browser has, which it fetches anew. */
async function sendWindow(
  deps: HttpDeps,
  c: HttpContext,
  { visitor, room }: { visitor: Visitor; room: Room },
  after: string,
): Promise<Response> {
  const pages = after === '' ? Math.min(windowPagesMax, parseId(c.req.query('pages')) ?? 1) : 1
  const window = await readPeople(deps, visitor.user, room, { after, pages })
  const props = { view: c.get('view'), ...window }
  return sendHtml(c, after === '' ? <PeopleList {...props} /> : <PeopleRows {...props} />)
}

const windowPagesMax = 4

async function readMembers({ chat }: HttpDeps, c: HttpContext, room: Room, part = '', after = '') {
  const [, id, folded] = /^(\d{1,15})\.(.*)$/su.exec(after) ?? []
  const place = folded === undefined ? null : { id: Number(id), folded }
  if (place === null && after !== '') throw new ChatError('bad_request')
  const wanted = { part: wantedName(part), after: place, without: [], limit: listPageRows + 1 }
  const found = await chat.store.users.membersOf(room, wanted)
  const people = found.slice(0, listPageRows)
  const last = found.length > listPageRows ? people.at(-1) : undefined
  const fields = part === '' ? {} : { q: part }
  const { paths } = c.get('view')
  const next = last && paths.roomPeople(room.id, { ...fields, after: `${last.id}.${last.folded}` })
  const by = { roomId: room.id, userId: requireVisitor(c).user.id }
  const ids = people.map(({ id }) => id)
  const mutable = await chat.store.holds.mutable(by, ids, chat.now())
  const hosts = new Set(await chat.store.users.hostsOf(room))
  return {
    people,
    hosts,
    mutable: mutable.map(({ person }) => person),
    next: next ?? null,
    isPage: !isHtmx(c),
  }
}

async function sendSettings(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const { store } = deps.chat
  const first = await requireRoom(deps, c)
  // Only the size of an export needs it; without it the panel is still useful.
  const extent = await store.measure(first.room, first.visitor.user.id).catch(() => null)
  const { visitor, room } = await requireRoom(deps, c)
  return sendPanel(
    c,
    visitor.user,
    roomTitle(room),
    <RoomSettings
      view={c.get('view')}
      room={room}
      user={visitor.user}
      {...await readMembers(deps, c, room)}
      isFirst={room.id === (await store.rooms.first())}
      messages={extent?.count ?? null}
      keptOut={await store.acts.keptOut({ roomId: room.id, userId: visitor.user.id })}
    />,
  )
}

/** Joins an open room. With `seq` the reader wants to see a message, with `here` in this page. */
async function join({ chat, rateLimits }: HttpDeps, c: HttpContext): Promise<Response> {
  const { user } = requireVisitor(c)
  rateLimits.consume('rooms', `user ${user.id}`)
  const form = await readForm(c)
  const room = await joinRoom(chat, user, parseId(c.req.param('id')) ?? 0)
  return leadInto(chat, c, room.id, form)
}

/** Leads into a room that somebody has just joined: in the page that asks, or by its address. */
export function leadInto(
  { paths }: Chat,
  c: HttpContext,
  room: number,
  form: Map<string, string>,
): Response {
  const seq = parseId(form.get('seq'))
  if (!isHtmx(c) || !form.has('here')) {
    const path = seq === null ? paths.room(room) : paths.message(room, seq)
    return redirectTo(c, path, { room })
  }
  // The form may be gone from the page by then: the room is in the list already.
  const place = seq === null ? { room } : { room, seq }
  c.header('HX-Trigger', JSON.stringify({ 'room:open': { ...place, target: 'body' } }))
  return c.body(null, 204)
}
