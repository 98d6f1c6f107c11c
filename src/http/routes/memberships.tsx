import { Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { HelpSheet } from '../../../views/settings/help-sheet'
import { OpenRooms } from '../../../views/rooms/open-rooms'
import { PanelPage } from '../../../views/page/panel'
import { PersonCard } from '../../../views/people/person-card'
import { RoomSettings } from '../../../views/rooms/room-settings'
import { roomTitle } from '../../../views/rooms/room-title'
import {
  inviteMember,
  joinRoom,
  leaveRoom,
  removeMember,
  setNotify,
} from '../../chat/rooms/membership'
import { changeRoom, createRoom, openDirect } from '../../chat/rooms/rooms'
import { ChatError } from '../../server/errors'
import { goOn, sendHtml, sendPage, type WebContext, type WebEnv, type WebNeeds } from '../context'
import { parseForm } from '../forms'
import { requireVisitor } from '../middleware/identity'
import { parseId, requireRoom } from './rooms'

/** Making rooms, coming into them and going; and the panels from which people do so. */
export function membershipRoutes(needs: WebNeeds): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/rooms', async (c) => sendOpenRooms(needs, c))
    .post('/rooms', async (c) => receiveRoom(needs, c))
    .get('/rooms/:id/settings', async (c) => sendSettings(needs, c))
    .post('/rooms/:id', async (c) => receiveChange(needs, c))
    .post('/rooms/:id/members', async (c) => receiveMember(needs, c))
    .post('/rooms/:id/members/remove', async (c) => receiveRemoval(needs, c))
    .post('/rooms/:id/leave', async (c) => {
      const visitor = requireVisitor(c)
      await leaveRoom(needs.chat, await requireRoom(needs, c, visitor), visitor.user.id)
      return goOn(c, needs.chat.paths.home())
    })
    .post('/rooms/:id/notify', async (c) => {
      const visitor = requireVisitor(c)
      const room = await requireRoom(needs, c, visitor)
      await setNotify(needs.chat, room, visitor.user.id, (await parseForm(c)).get('notify'))
      return goOn(c, needs.chat.paths.room(room.id))
    })
    .post('/direct/:user', async (c) => {
      const { user } = requireVisitor(c)
      spendOnRooms(needs, c)
      const room = await openDirect(needs.chat, user, parseId(c.req.param('user')) ?? 0)
      return goOn(c, needs.chat.paths.room(room.id), { room: room.id })
    })
    .get('/people/:user', async (c) => sendPerson(needs, c))
    .get('/help', (c) => {
      const { user } = requireVisitor(c)
      const view = c.get('view')
      return sendPanel(c, user, view.words.page.keyboard, <HelpSheet view={view} />)
    })
}

async function sendOpenRooms({ chat }: WebNeeds, c: WebContext): Promise<Response> {
  const { user } = requireVisitor(c)
  const view = c.get('view')
  const rooms = await chat.store.rooms.open(user.id)
  return sendPanel(c, user, view.words.page.findRooms, <OpenRooms view={view} rooms={rooms} />)
}

async function receiveRoom(needs: WebNeeds, c: WebContext): Promise<Response> {
  const { user } = requireVisitor(c)
  spendOnRooms(needs, c)
  const form = await parseForm(c)
  const room = await createRoom(needs.chat, user, {
    name: form.get('name') ?? '',
    topic: form.get('topic') ?? '',
    isClosed: form.get('kind') === 'closed',
  })
  return goOn(c, needs.chat.paths.room(room.id), { room: room.id })
}

async function sendSettings(needs: WebNeeds, c: WebContext): Promise<Response> {
  const { store } = needs.chat
  const visitor = requireVisitor(c)
  const room = await requireRoom(needs, c, visitor)
  const people = await store.users.inRoom(room)
  const inside = new Set(people.map(({ id }) => id))
  const first = await store.rooms.first()
  const everybody = await needs.chat.store.users.everybody()
  const view = c.get('view')
  // How much there is to export; everything else is worth showing without it.
  const extent = await store.measure(room, visitor.user.id).catch(() => null)
  return sendPanel(
    c,
    visitor.user,
    roomTitle(room),
    <RoomSettings
      view={view}
      room={room}
      user={visitor.user}
      people={people}
      others={everybody.filter(({ id }) => !inside.has(id))}
      isFirst={room.id === first}
      messages={extent?.count ?? null}
    />,
  )
}

async function receiveChange(needs: WebNeeds, c: WebContext): Promise<Response> {
  const room = await requireRoom(needs, c, requireVisitor(c))
  const form = await parseForm(c)
  const [name, topic] = [form.get('name') ?? null, form.get('topic') ?? null]
  await changeRoom(needs.chat, room, { name, topic })
  return goOn(c, needs.chat.paths.room(room.id))
}

/** With `user` an invitation into a room one is in; without it, one's own step into an open one. */
async function receiveMember(needs: WebNeeds, c: WebContext): Promise<Response> {
  const { chat } = needs
  const visitor = requireVisitor(c)
  spendOnRooms(needs, c)
  const text = (await parseForm(c)).get('user')
  const id = parseId(c.req.param('id')) ?? 0
  if (text === undefined) {
    const joined = await joinRoom(chat, visitor.user, id)
    return goOn(c, chat.paths.room(joined.id), { room: joined.id })
  }
  const room = await requireRoom(needs, c, visitor)
  await inviteMember(chat, room, parseId(text) ?? 0)
  return goOn(c, chat.paths.room(room.id))
}

async function receiveRemoval(needs: WebNeeds, c: WebContext): Promise<Response> {
  const visitor = requireVisitor(c)
  const room = await requireRoom(needs, c, visitor)
  const removed = parseId((await parseForm(c)).get('user')) ?? 0
  await removeMember(needs.chat, room, visitor.user.id, removed)
  return goOn(c, needs.chat.paths.room(room.id))
}

async function sendPerson({ chat }: WebNeeds, c: WebContext): Promise<Response> {
  const { user } = requireVisitor(c)
  const person = await chat.store.users.find(parseId(c.req.param('user')) ?? 0)
  if (person === null) throw new ChatError('person_missing')
  const view = c.get('view')
  const state = chat.presence.stateOf(person.id)
  const isSelf = person.id === user.id
  const card = <PersonCard view={view} person={person} state={state} isSelf={isSelf} />
  return sendPanel(c, user, person.nickname, card)
}

/** What stands in the page's dialog; on its own page for browsers without a script. */
export function sendPanel(
  c: WebContext,
  user: { id: number; nickname: string; avatar: string },
  title: string,
  panel: Child,
): Response {
  if (c.req.header('hx-request') === 'true') return sendHtml(c, String(panel))
  return sendPage(
    c,
    <PanelPage view={c.get('view')} user={user} title={title}>
      {panel}
    </PanelPage>,
  )
}

/** Rooms and places in them are cheap to ask for and last for ever, so they are rationed. */
function spendOnRooms({ spend }: WebNeeds, c: WebContext): void {
  const retryMs = spend('rooms', requireVisitor(c).session)
  if (retryMs > 0) throw new ChatError('too_many', retryMs)
}
