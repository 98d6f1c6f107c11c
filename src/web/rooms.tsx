import { Hono } from 'hono'
import type { Unsent } from '../../views/composer'
import { RoomPage, Timeline } from '../../views/room'
import { SignInPage } from '../../views/sign-in'
import type { Visitor } from '../chat/chat'
import { ChatError } from '../errors'
import { limits } from '../limits'
import type { Room, Store, User } from '../store/store'
import { sendHtml, sendPage, type WebContext, type WebEnv, type WebNeeds } from './context'
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
      const [room] = await chat.store.rooms.heads(visitor.user.id)
      if (room === undefined) throw new ChatError('room_missing')
      return c.redirect(chat.paths.room(room.id), 303)
    })
    .get('/rooms/:id', async (c) => {
      const visitor = requireVisitor(c)
      const room = await requireRoom(needs, c, visitor)
      return sendRoom(needs, c, visitor, room)
    })
}

/** The one way from an address to a room: not a member and not existing are the same answer. */
export async function requireRoom(
  { chat }: WebNeeds,
  c: WebContext,
  visitor: Visitor,
): Promise<Room> {
  const text = c.req.param('id') ?? ''
  const id = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
  const room = id === null ? null : await chat.store.rooms.find(visitor.user.id, id)
  if (room === null) throw new ChatError('room_missing')
  return room
}

/** The room's page, or for htmx its timeline alone; `unsent` is a refused form's text. */
export async function sendRoom(
  { chat }: WebNeeds,
  c: WebContext,
  visitor: Visitor,
  room: Room,
  unsent?: Unsent,
): Promise<Response> {
  const { messages, hasOlder } = await readPage(chat.store, room, readBefore(c))
  const view = c.get('view')
  if (c.req.header('hx-request') === 'true') {
    return sendHtml(c, <Timeline view={view} room={room} messages={messages} hasOlder={hasOlder} />)
  }
  const online = chat.presence.online().add(visitor.user.id)
  return sendPage(
    c,
    <RoomPage
      view={view}
      user={visitor.user}
      room={room}
      rooms={await chat.store.rooms.ofUser(visitor.user.id)}
      messages={messages}
      hasOlder={hasOlder}
      people={await peopleShown(chat.store, room, online)}
      online={online}
      epoch={chat.store.epoch}
      clientId={crypto.randomUUID()}
      unsent={unsent ?? null}
    />,
  )
}

/** Everybody who is here, and some of those who are not. */
async function peopleShown(store: Store, room: Room, online: Set<number>): Promise<User[]> {
  const people = await store.users.inRoom(room)
  const absent = people.filter(({ id }) => !online.has(id)).sort((a, b) => b.id - a.id)
  const shown = new Set(absent.slice(0, limits.absentPeopleRows))
  return people.filter((person) => online.has(person.id) || shown.has(person))
}

/** A page of history and whether there is more before it. */
export async function readPage(
  store: Store,
  room: Room,
  before: number | null,
  limit: number = limits.historyPageRows,
) {
  const rows = await store.messages.before(room, before, limit + 1)
  return { messages: rows.slice(-limit), hasOlder: rows.length > limit }
}

/** `?before=SEQ`; null when absent. Throws `bad_request` when it is no place in a timeline. */
export function readBefore(c: WebContext): number | null {
  const text = c.req.query('before')
  if (text === undefined || text === '') return null
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new ChatError('bad_request')
  return Number(text)
}
