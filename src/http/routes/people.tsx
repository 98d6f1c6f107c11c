import { Hono } from 'hono'
import { PersonCard, Profile } from '../../../views/people/person'
import { changeProfile } from '../../chat/people/account'
import { parseId } from '../../shared/paths'
import { openDirect } from '../../chat/rooms/rooms'
import { ChatError } from '../../server/errors'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx } from '../context'
import { requireSession, requireVisitor } from '../middleware/identity'
import { redirectTo, sendPanel } from '../pages'

/** A person's card, the direct room with them, and one's own profile. */
export function peopleRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat, rateLimits } = deps
  return new Hono<HttpEnv>()
    .get('/people', (c) => sendPerson(deps, c))
    .post('/direct/:user', async (c) => {
      const { user } = requireVisitor(c)
      rateLimits.consume('rooms', `user ${user.id}`)
      const room = await openDirect(chat, user, parseId(c.req.param('user')) ?? 0)
      if (!isHtmx(c)) return redirectTo(c, chat.paths.room(room.id), { room: room.id })
      // The page opens it in place.
      c.header('HX-Trigger', JSON.stringify({ 'room:open': { room: room.id } }))
      return c.body(null, 204)
    })
    .get('/profile', (c) => {
      const { user } = requireVisitor(c)
      const view = c.get('view')
      return sendPanel(c, user, view.words.page.profile, <Profile view={view} user={user} />)
    })
    .post('/profile', async (c) => {
      const { user } = requireVisitor(c)
      rateLimits.consume('rooms', `user ${user.id}`)
      const form = await readForm(c)
      const changed = await changeProfile(chat, requireSession(c), {
        nickname: form.get('nickname') ?? user.nickname,
        avatar: form.get('avatar') ?? user.avatar,
        picture: form.get('picture') ?? '',
      })
      return redirectTo(c, chat.paths.home(), { user: changed })
    })
}

async function sendPerson({ chat }: HttpDeps, c: HttpContext): Promise<Response> {
  const { user } = requireVisitor(c)
  const person = await chat.store.users.find(parseId(c.req.query('user')) ?? 0)
  if (person === null) throw new ChatError('person_missing')
  const view = c.get('view')
  const state = chat.presence.stateOf(person.id)
  const isSelf = person.id === user.id
  const card = <PersonCard view={view} person={person} state={state} isSelf={isSelf} />
  return sendPanel(c, user, person.nickname, card)
}
