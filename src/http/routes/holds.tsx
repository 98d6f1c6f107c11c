import { Hono } from 'hono'
import { MutePanel } from '../../../views/rooms/holds'
import { mutePerson, switchRoom, unmutePerson } from '../../chat/rooms/holds'
import { ChatError } from '../../server/errors'
import { parseId } from '../../shared/paths'
import { can } from '../../shared/rights'
import { fill } from '../../shared/text'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx } from '../context'
import { requireRoom, requireVisitor } from '../middleware/identity'
import { redirectTo, sendPanel } from '../pages'

/** What hosts hold back in a room: its switches, and muted people. */
export function holdRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat, rateLimits } = deps
  return new Hono<HttpEnv>()
    .post('/rooms/:id/switches', async (c) => {
      rateLimits.consume('rooms', `user ${requireVisitor(c).user.id}`)
      const form = await readForm(c)
      const typed = {
        writers: form.get('writers'),
        slow: form.get('slow'),
        locked: form.get('locked'),
      }
      const { visitor, room } = await requireRoom(deps, c)
      const { switches, revision } = await switchRoom(chat, room, visitor.user.id, typed)
      const { writers, slowMs: slow_ms, isLocked: locked } = switches
      if (!isHtmx(c)) {
        return redirectTo(c, chat.paths.room(room.id), { writers, slow_ms, locked, revision })
      }
      // The page hears of the change as all others do.
      c.header('HX-Trigger', 'panel:close')
      return c.body(null, 204)
    })
    .get('/rooms/:id/mute', (c) => sendMute(deps, c, parseId(c.req.query('user')) ?? 0))
    .post('/rooms/:id/mute', async (c) => {
      requireVisitor(c)
      const form = await readForm(c)
      const person = parseId(form.get('user')) ?? 0
      const typed = { ms: form.get('ms') ?? '', reason: form.get('reason') ?? '' }
      const { visitor, room } = await requireRoom(deps, c)
      await mutePerson(chat, { roomId: room.id, userId: visitor.user.id }, person, typed)
      if (isHtmx(c)) return sendMute(deps, c, person)
      return redirectTo(c, chat.paths.mute(room.id, person))
    })
    .post('/rooms/:id/unmute', async (c) => {
      requireVisitor(c)
      const person = parseId((await readForm(c)).get('user')) ?? 0
      const { visitor, room } = await requireRoom(deps, c)
      await unmutePerson(chat, { roomId: room.id, userId: visitor.user.id }, person)
      if (isHtmx(c)) return sendMute(deps, c, person)
      return redirectTo(c, chat.paths.mute(room.id, person))
    })
}

/** Throws `host_only`, or `rank_equal` for people whom the visitor may not mute. */
async function sendMute(deps: HttpDeps, c: HttpContext, person: number): Promise<Response> {
  const { chat } = deps
  const { visitor, room } = await requireRoom(deps, c)
  if (!can(room.rank, 'person.mute')) throw new ChatError('host_only')
  const by = { roomId: room.id, userId: visitor.user.id }
  const user = await chat.store.users.find(person)
  if (user === null) throw new ChatError('person_missing')
  const [found] = await chat.store.holds.mutable(by, [person], chat.now())
  if (found === undefined) throw new ChatError('rank_equal')
  const view = c.get('view')
  const title = fill(view.words.holds.muteIn, { room: room.name })
  const props = { view, room, user, mute: found.mute, now: chat.now(), isPage: !isHtmx(c) }
  return sendPanel(c, visitor.user, title, <MutePanel {...props} />)
}
