import { Hono } from 'hono'
import { AdminDoor, Requests, WaitingNotice } from '../../../views/administration/door'
import { AdminInvitations, LinkItems } from '../../../views/administration/invitations'
import {
  answerRequest,
  configureDoor,
  makeInvitation,
  revokeInvitation,
} from '../../chat/people/door'
import { ChatError, toProblem } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { parseId } from '../../shared/paths'
import { can } from '../../shared/rights'
import { answerForm, readProps } from '../administration'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx, wantsJson } from '../context'
import { requireSession, requireVisitor } from '../middleware/identity'
import { sendHtml, sendPage, setProblem } from '../pages'

const { listPageRows } = serverLimits
/** Rooms to which a link may lead, of those of its maker. */
const roomsOffered = 200

/** Administration of the door: how newcomers come in, who waits, and invitation links. */
export function adminDoorRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat, rateLimits } = deps
  return new Hono<HttpEnv>()
    .get('/admin/door', (c) => sendDoor(deps, c))
    .post('/admin/door', async (c) => {
      const form = await readForm(c)
      const typed = { mode: form.get('mode') ?? '', password: form.get('password') ?? '' }
      return answerForm(deps, c, sendDoor, 'door', async () => {
        // Before the password costs a hash; asked again with what it changes.
        if (!can(requireVisitor(c).role, 'server.configure')) throw new ChatError('role_missing')
        await configureDoor(chat, requireSession(c), typed, c.get('address'))
      })
    })
    .post('/admin/door/answer', async (c) => {
      const form = await readForm(c)
      const [id, answer] = [parseId(form.get('request')) ?? 0, form.get('answer')]
      const work = async (): Promise<void> => {
        const session = requireSession(c)
        if (answer !== 'in' && answer !== 'out') throw new ChatError('bad_request')
        await answerRequest(chat, session, id, answer === 'in')
      }
      if (!isHtmx(c)) return answerForm(deps, c, sendDoor, 'door', work)
      // Somebody else may have answered: the notice shows who waits still.
      await work().catch((fault) => {
        if (!(fault instanceof ChatError && fault.code === 'request_over')) throw fault
      })
      return sendRequests(deps, c, 'notice')
    })
    .get('/admin/invitations', (c) => sendInvitations(deps, c))
    .post('/admin/invitations', async (c) => {
      const form = await readForm(c)
      const session = requireSession(c)
      rateLimits.consume('rooms', `user ${session.user.id}`)
      const { uses = '1', days = '7', room } = Object.fromEntries(form)
      try {
        const typed = { uses, days, room: readRoom(room) }
        const token = await makeInvitation(chat, session, typed)
        if (!wantsJson(c)) return await sendInvitations(deps, c, undefined, token)
        return c.json({ url: c.get('view').sharedOrigin() + chat.paths.invite(token) })
      } catch (thrown) {
        const problem = toProblem(thrown)
        const isShown = problem !== null && can(requireVisitor(c).role, 'door.links')
        if (!isShown || wantsJson(c)) throw thrown
        return sendInvitations(deps, c, setProblem(c, problem))
      }
    })
    .post('/admin/invitations/revoke', async (c) => {
      const id = parseId((await readForm(c)).get('link')) ?? 0
      return answerForm(deps, c, sendInvitations, 'invitations', () =>
        revokeInvitation(chat, requireSession(c), id),
      )
    })
}

/** Null for no room. Throws `room_missing` for what is none. */
function readRoom(typed = ''): number | null {
  const id = parseId(typed)
  if (typed !== '' && id === null) throw new ChatError('room_missing')
  return id
}

async function sendDoor(deps: HttpDeps, c: HttpContext, problem?: string) {
  const { chat } = deps
  const part = c.req.query('part')
  if (part === 'list' || part === 'notice') return sendRequests(deps, c, part)
  const props = readProps(c, 'door', problem)
  const requests = await chat.store.door.requests(requireSession(c).tokenHash, chat.now())
  if (wantsJson(c)) return c.json({ requests })
  // The page may have changed how newcomers come in.
  const { door } = await chat.store.administration.settings()
  const view = { ...props.view, door }
  return sendPage(c, <AdminDoor {...props} view={view} requests={requests} />)
}

async function sendRequests({ chat }: HttpDeps, c: HttpContext, part: 'list' | 'notice') {
  const { view } = readProps(c, 'door')
  const requests = await chat.store.door.requests(requireSession(c).tokenHash, chat.now())
  const shown = { view, requests }
  return sendHtml(c, part === 'list' ? <Requests {...shown} /> : <WaitingNotice {...shown} />)
}

/** The form for a link, with the one that was made, and the links that work. */
async function sendInvitations(
  { chat }: HttpDeps,
  c: HttpContext,
  problem?: string,
  token: string | null = null,
) {
  const props = readProps(c, 'invitations', problem)
  const { tokenHash, user } = requireSession(c)
  const before = parseId(c.req.query('before'))
  const wanted = { at: chat.now(), before, limit: listPageRows + 1 }
  const found = await chat.store.door.links(tokenHash, wanted)
  const links = found.slice(0, listPageRows)
  const last = found.length > listPageRows ? links.at(-1) : undefined
  const next = last ? chat.paths.admin('invitations', { before: `${last.id}` }) : null
  const list = { ...props, links, next }
  if (c.req.query('part') === 'list') return sendHtml(c, <LinkItems {...list} />)
  if (wantsJson(c)) return c.json({ links })
  const rooms = await chat.store.rooms.own(user.id, { part: '', after: null, limit: roomsOffered })
  const shared = rooms.filter(({ kind }) => kind !== 'direct')
  return sendPage(c, <AdminInvitations {...list} rooms={shared} token={token} />)
}
