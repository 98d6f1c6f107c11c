import { Hono } from 'hono'
import { FoundPeople, FoundRows } from '../../../views/people/found-people'
import { PersonCard, Profile } from '../../../views/people/person'
import type { Chat } from '../../chat/chat'
import { changeProfile, freeNicknames, type TypedProfile } from '../../chat/people/account'
import { parseId } from '../../shared/paths'
import { openDirect } from '../../chat/rooms/rooms'
import { ChatError, toProblem } from '../../server/errors'
import { consumeForUser } from '../../server/rate-limits'
import type { Room, User } from '../../store/store'
import { limits } from '../../shared/limits'
import { can } from '../../shared/rights'
import { wantedName } from '../../shared/rank-name'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx, wantsJson } from '../context'
import { readCookie } from '../cookies'
import { requireSession, requireVisitor } from '../middleware/identity'
import { redirectTo, sendHtml, sendPanel, setProblem } from '../pages'

/** Of one answer: somebody who is not among them is found with another letter. */
const foundPeopleMax = 20

/** People by name, a person's card, the direct room with them, and one's own profile. */
export function peopleRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat, rateLimits } = deps
  return new Hono<HttpEnv>()
    .get('/people', (c) =>
      c.req.query('user') === undefined ? sendFound(deps, c) : sendPerson(deps, c),
    )
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
      const typed = {
        nickname: form.get('suggestion') ?? form.get('nickname') ?? user.nickname,
        avatar: form.get('avatar') ?? user.avatar,
        picture: form.get('picture') ?? '',
      }
      try {
        const changed = await changeProfile(chat, requireSession(c), typed)
        if (!isHtmx(c)) return redirectTo(c, chat.paths.home(), { user: changed })
      } catch (thrown) {
        const problem = toProblem(thrown)
        if (problem?.code.startsWith('name_') !== true || wantsJson(c)) throw thrown
        return sendRefusedName(deps, c, user, typed, problem)
      }
      // The page hears of the change as all others do.
      c.header('HX-Trigger', 'panel:close')
      return c.body(null, 204)
    })
}

/** Answers with the form again: beside the name why it was refused, and free ones near it. */
async function sendRefusedName(
  { chat }: HttpDeps,
  c: HttpContext,
  user: User,
  typed: TypedProfile,
  problem: ChatError,
): Promise<Response> {
  const view = c.get('view')
  const nickname = typed.nickname.slice(0, limits.nameSearchUnitsMax)
  const suggestions = problem.code === 'name_taken' ? await freeNicknames(chat, nickname) : []
  const form = { ...typed, nickname, problem: setProblem(c, problem), suggestions }
  c.header('HX-Retarget', '#panel-body')
  const panel = <Profile view={view} user={user} form={form} />
  return sendPanel(c, user, view.words.page.profile, panel)
}

/** The people whose names fit what was typed: rows for htmx, JSON, or a page of its own. */
async function sendFound({ chat, rateLimits }: HttpDeps, c: HttpContext): Promise<Response> {
  const visitor = requireVisitor(c)
  consumeForUser(rateLimits, 'peopleSearches', visitor)
  const [typed, inRoom] = [c.req.query('q') ?? '', c.req.query('room') ?? '']
  // No name is as long.
  const limit = typed.length > limits.nameSearchUnitsMax ? 0 : foundPeopleMax
  const wanted = limit === 0 ? '' : wantedName(typed).trimEnd()
  const room = inRoom === '' ? null : (parseId(inRoom) ?? 0)
  const found = await chat.store.users.match({ asker: visitor.user.id, room, wanted, limit })
  if ('refused' in found) throw new ChatError(found.refused)
  const known = found.map((user) => ({ ...user, state: chat.presence.stateOf(user.id) }))
  if (wantsJson(c)) return c.json({ people: known })
  const view = c.get('view')
  const isFree = view.privateMessages === 'everybody'
  const people = await Promise.all(
    known.map(async (one) => ({ ...one, mayWrite: isFree || (await mayWrite(chat, c, one)) })),
  )
  if (isHtmx(c)) return sendHtml(c, <FoundRows people={people} />)
  const panel = <FoundPeople view={view} people={people} typed={typed} room={room} />
  return sendPanel(c, visitor.user, view.words.page.searchPeople, panel)
}

async function sendPerson({ chat }: HttpDeps, c: HttpContext): Promise<Response> {
  const { user, role } = requireVisitor(c)
  const person = await chat.store.users.find(parseId(c.req.query('user')) ?? 0)
  if (person === null) throw new ChatError('person_missing')
  const view = c.get('view')
  const state = chat.presence.stateOf(person.id)
  const isSelf = person.id === user.id
  const mutableIn = await findMutable(chat, c, user, person)
  const mayAct = !isSelf && can(role, 'admin.open')
  const shown = { view, person, state, isSelf, isPage: !isHtmx(c), mayAct, mutableIn }
  const card = <PersonCard {...shown} mayWrite={await mayWrite(chat, c, person)} />
  return sendPanel(c, user, person.nickname, card)
}

/** Whether the visitor may begin a private conversation with somebody. */
async function mayWrite({ store }: Chat, c: HttpContext, { id }: User): Promise<boolean> {
  return (await store.holds.whyNotPrivate(requireVisitor(c).user.id, id)) === null
}

/** The room that the visitor opened last, if they may mute this person there. */
async function findMutable(
  { store, now }: Chat,
  c: HttpContext,
  { id: userId }: User,
  person: User,
): Promise<Room | null> {
  const room = await store.rooms.find(userId, parseId(readCookie(c, 'room')) ?? 0)
  if (room === null || !can(room.rank, 'person.mute')) return null
  const mutable = await store.holds.mutable({ roomId: room.id, userId }, [person.id], now())
  return mutable.length > 0 ? room : null
}
