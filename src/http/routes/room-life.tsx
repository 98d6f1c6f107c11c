import { Hono } from 'hono'
import { DeleteRoom } from '../../../views/rooms/room-life'
import { roomTitle } from '../../../views/rooms/room-title'
import { findWanted } from '../../chat/rooms/invitations'
import { openGroup } from '../../chat/rooms/rooms'
import { deleteRoom, setArchived, setHost, setKind } from '../../chat/rooms/room-life'
import { parseId } from '../../shared/paths'
import { ChatError } from '../../server/errors'
import { can } from '../../shared/rights'
import type { RoomActor } from '../../store/store'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx } from '../context'
import { requireRoom, requireVisitor } from '../middleware/identity'
import { redirectTo, sendPanel } from '../pages'
import { leadInto } from './memberships'

/** What hosts do with their rooms: who comes in, other hosts, archiving, deleting. */
export function roomLifeRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat, rateLimits } = deps
  return new Hono<HttpEnv>()
    .post('/rooms/:id/kind', (c) =>
      act(deps, c, (form, room, by) => setKind(chat, room, by, form.get('kind'))),
    )
    .post('/rooms/:id/hosts', (c) =>
      act(deps, c, (form, room, by) => {
        const user = parseId(form.get('user')) ?? 0
        return setHost(chat, room, by, { user, isHost: readAnswer(form, 'host') })
      }),
    )
    .post('/rooms/:id/archive', (c) =>
      act(deps, c, (form, room, by) => setArchived(chat, room, by, readAnswer(form, 'archived'))),
    )
    .post('/rooms/:id/group', async (c) => {
      const { user } = requireVisitor(c)
      rateLimits.consume('rooms', `user ${user.id}`)
      const form = await readForm(c)
      const wanted = await findWanted(chat, { users: [], names: form.get('names') ?? '' })
      const { visitor, room } = await requireRoom(deps, c)
      const group = await openGroup(chat, room, visitor.user, wanted)
      return leadInto(chat, c, group.id, form)
    })
    .get('/rooms/:id/delete', (c) => sendDeletion(deps, c))
    .post('/rooms/:id/delete', async (c) => {
      requireVisitor(c)
      const typed = (await readForm(c)).get('name') ?? ''
      const { visitor, room } = await requireRoom(deps, c)
      await deleteRoom(chat, room.id, { userId: visitor.user.id }, typed)
      return finish(c, chat.paths.home())
    })
}

type Work = (form: Map<string, string>, room: number, by: RoomActor) => Promise<void>

/** Does what a form in a panel asks for; pages hear of it by an event. */
async function act(deps: HttpDeps, c: HttpContext, work: Work): Promise<Response> {
  requireVisitor(c)
  const form = await readForm(c)
  const { visitor, room } = await requireRoom(deps, c)
  await work(form, room.id, { userId: visitor.user.id })
  return finish(c, deps.chat.paths.room(room.id))
}

function finish(c: HttpContext, path: string): Response {
  if (!isHtmx(c)) return redirectTo(c, path)
  c.header('HX-Trigger', 'panel:close')
  return c.body(null, 204)
}

/** Yes or no. Throws `bad_request` for anything else. */
export function readAnswer(form: Map<string, string>, name: string): boolean {
  const answer = form.get(name)
  if (answer !== 'yes' && answer !== 'no') throw new ChatError('bad_request')
  return answer === 'yes'
}

/** Only hosts see it, and nobody for the room that everybody joins. */
async function sendDeletion(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const { store } = deps.chat
  const first = await requireRoom(deps, c)
  const extent = await store.measure(first.room, first.visitor.user.id).catch(() => null)
  const { visitor, room } = await requireRoom(deps, c)
  if (!can(room.rank, 'room.delete')) throw new ChatError('host_only')
  if (room.id === (await store.rooms.first())) throw new ChatError('first_room')
  const props = { view: c.get('view'), room, messages: extent?.count ?? null }
  return sendPanel(c, visitor.user, roomTitle(room), <DeleteRoom {...props} />)
}
