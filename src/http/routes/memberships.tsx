import { Hono } from 'hono'
import { OpenRooms } from '../../../views/rooms/open-rooms'
import { RoomSettings } from '../../../views/rooms/room-settings'
import { roomTitle } from '../../../views/rooms/room-title'
import {
  inviteMember,
  joinRoom,
  leaveRoom,
  removeMember,
  setNotify,
} from '../../chat/rooms/membership'
import { changeRoom, createRoom } from '../../chat/rooms/rooms'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, parseId } from '../context'
import { requireRoom, requireVisitor } from '../middleware/identity'
import { redirectTo, sendPanel } from '../pages'

/** Creating, changing, joining and leaving rooms, and the panels that do so. */
export function membershipRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat } = deps
  return new Hono<HttpEnv>()
    .get('/rooms', async (c) => {
      const { user } = requireVisitor(c)
      const view = c.get('view')
      const rooms = await chat.store.rooms.open(user.id)
      return sendPanel(c, user, view.words.page.findRooms, <OpenRooms view={view} rooms={rooms} />)
    })
    .post('/rooms', (c) => create(deps, c))
    .get('/rooms/:id/settings', (c) => sendSettings(deps, c))
    .post('/rooms/:id', async (c) => {
      requireVisitor(c)
      const form = await readForm(c)
      const { visitor, room } = await requireRoom(deps, c)
      const [name, topic] = [form.get('name') ?? null, form.get('topic') ?? null]
      await changeRoom(chat, room, visitor.user.id, { name, topic })
      return redirectTo(c, chat.paths.room(room.id))
    })
    .post('/rooms/:id/members', (c) => joinOrInvite(deps, c))
    .post('/rooms/:id/members/remove', async (c) => {
      requireVisitor(c)
      const removed = parseId((await readForm(c)).get('user')) ?? 0
      const { visitor, room } = await requireRoom(deps, c)
      await removeMember(chat, room, visitor.user.id, removed)
      return redirectTo(c, chat.paths.room(room.id))
    })
    .post('/rooms/:id/leave', async (c) => {
      const { visitor, room } = await requireRoom(deps, c)
      await leaveRoom(chat, room, visitor.user.id)
      return redirectTo(c, chat.paths.home())
    })
    .post('/rooms/:id/notify', async (c) => {
      requireVisitor(c)
      const notify = (await readForm(c)).get('notify')
      const { visitor, room } = await requireRoom(deps, c)
      await setNotify(chat, room, visitor.user.id, notify)
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

async function sendSettings(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const { store } = deps.chat
  const first = await requireRoom(deps, c)
  // Only the size of an export needs it; without it the panel is still useful.
  const extent = await store.measure(first.room, first.visitor.user.id).catch(() => null)
  const { visitor, room } = await requireRoom(deps, c)
  const people = await store.users.inRoom(room)
  const inside = new Set(people.map(({ id }) => id))
  const everybody = await store.users.everybody()
  return sendPanel(
    c,
    visitor.user,
    roomTitle(room),
    <RoomSettings
      view={c.get('view')}
      room={room}
      user={visitor.user}
      people={people}
      others={everybody.filter(({ id }) => !inside.has(id))}
      isFirst={room.id === (await store.rooms.first())}
      messages={extent?.count ?? null}
    />,
  )
}

/** With `user` an invitation to a room one is in; without it, joining an open room. */
async function joinOrInvite(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const { chat, rateLimits } = deps
  const { user } = requireVisitor(c)
  rateLimits.consume('rooms', `user ${user.id}`)
  const invited = (await readForm(c)).get('user')
  if (invited === undefined) {
    const joined = await joinRoom(chat, user, parseId(c.req.param('id')) ?? 0)
    return redirectTo(c, chat.paths.room(joined.id), { room: joined.id })
  }
  const { room } = await requireRoom(deps, c)
  await inviteMember(chat, room, user.id, parseId(invited) ?? 0)
  return redirectTo(c, chat.paths.room(room.id))
}
