import { Hono } from 'hono'
import { type Answered, InvitePeople, Invitees, PendingItems } from '../../../views/rooms/invite'
import { AllInvitations, JoinRoom, previewTitle } from '../../../views/rooms/invitations'
import {
  decline,
  invite,
  lastName,
  toWire,
  type Wanted,
  withdraw,
} from '../../chat/rooms/invitations'
import { acceptInvitation } from '../../chat/rooms/membership'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { consumeForUser } from '../../server/rate-limits'
import { limits } from '../../shared/limits'
import { parseId } from '../../shared/paths'
import { fill, plainText } from '../../shared/text'
import { wantedName } from '../../shared/rank-name'
import type { Candidate, Room, User } from '../../store/store'
import { readForm, readFormData } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx, wantsJson } from '../context'
import { requireRoom, requireVisitor } from '../middleware/identity'
import { redirectTo, sendHtml, sendPanel, setProblem } from '../pages'
import { leadInto } from './memberships'

/** Asking people into rooms, their answers, and what a link to a room shows to others. */
export function invitationRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat } = deps
  return new Hono<HttpEnv>()
    .get('/invitations', (c) => sendInvitations(deps, c))
    .get('/rooms/:id/join', async (c) => {
      const { user } = requireVisitor(c)
      const id = parseId(c.req.param('id')) ?? 0
      const isMember = (await chat.store.rooms.head(user.id, id)) !== null
      // The page opens rooms in place.
      if (isMember && isHtmx(c)) return c.body(null, 204)
      return isMember
        ? c.redirect(chat.paths.room(id), 303)
        : sendPreview(deps, c, c.req.query('seq'))
    })
    .get('/rooms/:id/invitations', (c) => sendInviting(deps, c))
    .post('/rooms/:id/invitations', (c) => inviteAll(deps, c))
    .post('/rooms/:id/invitations/withdraw', async (c) => {
      requireVisitor(c)
      const invited = parseId((await readForm(c)).get('user')) ?? 0
      const { visitor, room } = await requireRoom(deps, c)
      await withdraw(chat, room, visitor.user.id, invited)
      if (isHtmx(c)) return sendInviting(deps, c)
      return redirectTo(c, chat.paths.roomInvitations(room.id))
    })
    .post('/rooms/:id/invitations/answer', (c) => answer(deps, c))
}

/** Throws `invitation_over` for every room to which the visitor is not invited, or not any more. */
async function answer({ chat, rateLimits }: HttpDeps, c: HttpContext): Promise<Response> {
  const { user } = requireVisitor(c)
  rateLimits.consume('rooms', `user ${user.id}`)
  const form = await readForm(c)
  const id = parseId(c.req.param('id')) ?? 0
  const chosen = form.get('answer')
  if (chosen === 'accept') {
    const room = await acceptInvitation(chat, user, id)
    return leadInto(chat, c, room.id, form)
  }
  if (chosen !== 'decline') throw new ChatError('bad_request')
  await decline(chat, user, id)
  // The page takes it off its lists when it hears so.
  if (isHtmx(c) && form.has('here')) return c.body(null, 204)
  return redirectTo(c, chat.paths.home())
}

/**
 * Answers with what somebody who is not in a room may see of it, and the way in. Throws
 * `room_missing` for a closed room to which they are not invited, as for one that does not exist.
 */
async function sendPreview({ chat }: HttpDeps, c: HttpContext, seq = ''): Promise<Response> {
  const { user } = requireVisitor(c)
  const found = await chat.store.invitations.preview(user.id, parseId(c.req.param('id')) ?? 0)
  if (found === null) throw new ChatError('room_missing')
  const view = c.get('view')
  const props = { view, ...found, seq: parseId(seq), isPage: !isHtmx(c) }
  return sendPanel(c, user, previewTitle(view, found), <JoinRoom {...props} />)
}

/** Does what needs a room; to those who are not in it the page of the room is its way in. */
export async function orPreview(
  deps: HttpDeps,
  c: HttpContext,
  work: () => Promise<Response>,
): Promise<Response> {
  try {
    return await work()
  } catch (fault) {
    const isMissing = fault instanceof ChatError && fault.code === 'room_missing'
    if (!isMissing || isHtmx(c) || wantsJson(c)) throw fault
    return sendPreview(deps, c, c.req.param('seq'))
  }
}

/** All invitations that the visitor has not answered. */
async function sendInvitations({ chat }: HttpDeps, c: HttpContext): Promise<Response> {
  const { user } = requireVisitor(c)
  const { invitationsPerPerson } = serverLimits.rooms
  const invitations = await chat.store.invitations.of(user.id, invitationsPerPerson)
  if (wantsJson(c)) return c.json({ invitations: invitations.map(toWire) })
  const view = c.get('view')
  const props = { view, invitations, isPage: !isHtmx(c) }
  return sendPanel(c, user, view.words.invitations.heading, <AllInvitations {...props} />)
}

/** Invites people; the answer says what became of each, with the form for more. */
async function inviteAll(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const { chat, rateLimits } = deps
  const { user } = requireVisitor(c)
  const key = `user ${user.id}`
  rateLimits.consume('invitations', key)
  const wanted = toWanted(await readFormData(c))
  const { room, visitor } = await requireRoom(deps, c)
  try {
    const answered = await invite(chat, room, visitor.user, wanted)
    // Each of them hears of it.
    rateLimits.charge('invitations', key, answered.length - 1)
    if (wantsJson(c)) return c.json(toJson(c, answered))
    const names = answered.flatMap((one) => (one.outcome === 'unknown' ? [one.name] : []))
    return await sendInviting(deps, c, { ...nobody, names: names.join(', '), answered })
  } catch (fault) {
    if (!(fault instanceof ChatError) || fault.code === 'room_missing' || wantsJson(c)) throw fault
    const problem = setProblem(c, fault)
    return sendInviting(deps, c, { ...nobody, ...wanted, problem })
  }
}

type Asked = Wanted & { answered: Answered[]; problem: string | null }

const nobody: Asked = { users: [], names: '', why: '', answered: [], problem: null }

/** Whom a form names: `user` (several), `names` between commas, and `why`. */
function toWanted(form: FormData | URLSearchParams): Wanted {
  const users = form.getAll('user').flatMap((id) => parseId(String(id)) ?? [])
  const [names, why] = [String(form.get('names') ?? ''), String(form.get('why') ?? '')]
  return { users: [...new Set(users)], names, why }
}

function toJson(c: HttpContext, answered: Answered[]): object {
  const { outcomes } = c.get('view').words.invitations
  const refused = answered.flatMap(({ name, outcome, user }) =>
    outcome === 'invited'
      ? []
      : [
          {
            name,
            user: user?.id ?? null,
            code: outcome,
            reason: plainText(fill(outcomes[outcome], { name })),
          },
        ],
  )
  const invited = answered.flatMap(({ outcome, user }) =>
    outcome === 'invited' && user !== null ? [user.id] : [],
  )
  return { invited, refused }
}

/** The form that invites, with the people who were found, and who has not answered yet. */
async function sendInviting(deps: HttpDeps, c: HttpContext, asked?: Asked): Promise<Response> {
  const { visitor, room } = await requireRoom(deps, c)
  const { user } = visitor
  if (room.kind === 'direct') throw new ChatError('room_missing')
  const query = new URL(c.req.url).searchParams
  const { users, names, why, answered, problem } = asked ?? { ...nobody, ...toWanted(query) }
  const view = c.get('view')
  const [part, after] = [c.req.query('part'), parseId(c.req.query('after')) ?? 0]
  const pending = await readPending(deps, c, room, user, after)
  if (part === 'list') return sendHtml(c, <PendingItems {...pending} />)
  const last = lastName(names)
  if (last !== '' && asked === undefined) consumeForUser(deps.rateLimits, 'peopleSearches', visitor)
  const candidates = await findCandidates(deps, room, user, users, last)
  const list = { view, candidates, chosen: users, isSearch: last !== '' }
  if (part === 'found') return sendHtml(c, <Invitees {...list} />)
  const form = { names, why, answered, problem }
  const panel = <InvitePeople {...list} {...form} {...pending} />
  return sendPanel(c, user, view.words.invitations.invitePeople, panel)
}

/** People whose names fit what was typed; fewer before anything was. */
const foundMax = 10
const offeredMax = 5

/** Who can be chosen: those who are already, and those who are found. */
async function findCandidates(
  { chat }: HttpDeps,
  room: Room,
  user: User,
  chosen: number[],
  typed: string,
): Promise<Candidate[]> {
  const { invitations, users } = chat.store
  // No name is as long.
  const limit = typed.length > limits.nameSearchUnitsMax ? 0 : foundMax
  const wanted = limit === 0 ? '' : wantedName(typed).trimEnd()
  const match = { asker: user.id, room: null, wanted, limit }
  const found = typed === '' ? await users.outside(room, offeredMax) : await users.match(match)
  if ('refused' in found) throw new ChatError(found.refused)
  const ids = new Set([
    ...chosen.slice(0, serverLimits.invitedAtOnceMax),
    ...found.map(({ id }) => id),
  ])
  return invitations.candidates({ roomId: room.id, userId: user.id }, [...ids])
}

async function readPending(
  { chat }: HttpDeps,
  c: HttpContext,
  room: Room,
  user: User,
  after: number,
) {
  const { listPageRows } = serverLimits
  const member = { roomId: room.id, userId: user.id }
  const found = await chat.store.invitations.pending(member, after, listPageRows + 1)
  const pending = found.slice(0, listPageRows)
  const last = found.length > listPageRows ? pending.at(-1) : undefined
  const view = c.get('view')
  const next = last && view.paths.roomInvitations(room.id, { after: String(last.user.id) })
  return { view, room, user, pending, next: next ?? null, isPage: !isHtmx(c) }
}
