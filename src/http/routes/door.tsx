import { Hono } from 'hono'
import { JoinPage } from '../../../views/page/join'
import { AtDoor, OpenedLink, openedTitle } from '../../../views/people/door'
import type { Chat } from '../../chat/chat'
import { enterByRequest } from '../../chat/people/account'
import { createCodes, findInvitation, useInvitation, withdrawRequest } from '../../chat/people/door'
import { ChatError } from '../../server/errors'
import { hashToken } from '../../server/session-token'
import { can } from '../../shared/rights'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx, wantsJson } from '../context'
import { askForCookie, keepRequest, readRequest, setSession } from '../cookies'
import { deviceOf } from '../device'
import { limitGuesses } from '../guesses'
import { currentSession, requireSession } from '../middleware/identity'
import { enterPlace, findPlace, placeOf } from '../place'
import { redirectTo, sendHtml, sendPage, sendPanel, sendSignIn } from '../pages'

/** Without a script the page that waits loads itself again after so many seconds. */
const waitSeconds = 5

/** What leads through the door: the page for projectors, invitation links, and waiting. */
export function doorRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat } = deps
  const codeFor = createCodes(chat)
  return new Hono<HttpEnv>()
    .get('/join', async (c) => {
      const [session, role] = [currentSession(c), c.get('visitor')?.role ?? 'member']
      const isClosed = c.get('view').door !== 'open'
      const mayShow = isClosed && session !== null && can(role, 'door.links')
      const code = mayShow ? await codeFor(session) : null
      const link = c.req.query('link')
      const online = chat.presence.countAll()
      return sendPage(c, <JoinPage view={c.get('view')} {...{ online, code, link }} />)
    })
    .get('/invite/:link', (c) => sendLink(deps, c))
    .post('/invite/:link', async (c) => {
      const session = requireSession(c)
      const typed = c.req.param('link')
      deps.rateLimits.consume('rooms', `user ${session.user.id}`)
      const link = await findInvitation(chat, typed, limitGuesses(deps, c))
      if (link.room?.kind === 'closed') await useInvitation(chat, session, typed)
      return redirectTo(c, await enterPlace(chat, session.user, placeOf(link)))
    })
    .get('/door', (c) => sendAtDoor(chat, c))
    .post('/door', (c) => leaveDoor(chat, c))
}

/** Somebody new signs in with the link; who is here already is led to its room. */
async function sendLink(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const { chat } = deps
  const invitation = c.req.param('link') ?? ''
  const link = await findInvitation(chat, invitation, limitGuesses(deps, c))
  const visitor = c.get('visitor')
  const place = placeOf(link)
  if (visitor === null) {
    return sendSignIn(c, place, { invitation, invitedBy: link.by.nickname })
  }
  if (place === null) return redirectTo(c, chat.paths.home())
  const isMember = (await chat.store.rooms.head(visitor.user.id, place.room)) !== null
  if (isMember || link.room?.kind === 'open') return redirectTo(c, chat.paths.room(place.room))
  const view = c.get('view')
  const panel = <OpenedLink {...{ view, link, invitation }} />
  return sendPanel(c, visitor.user, openedTitle(view, link), panel)
}

/** Where the newcomer wants to go, as the address of the page says. */
function placeIn(c: HttpContext): Record<string, string> {
  const fields = { room: c.req.query('room') ?? '', seq: c.req.query('seq') ?? '' }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => /^\d{1,15}$/.test(value)))
}

async function sendAtDoor(chat: Chat, c: HttpContext): Promise<Response> {
  const token = readRequest(c, chat)
  const hash = token === null ? null : hashToken(token)
  const request = hash === null ? null : await chat.store.door.waiting(hash, chat.now())
  if (wantsJson(c)) {
    if (request === null) throw new ChatError('request_over')
    return c.json({ nickname: request.nickname, allowed: request.isAllowed })
  }
  const isWaiting = request !== null && !request.isAllowed
  // The page that asks shows this already.
  if (isHtmx(c) && isWaiting) return c.body(null, 204)
  const view = c.get('view')
  const shown = <AtDoor view={view} request={request} place={placeIn(c)} />
  if (isHtmx(c)) return sendHtml(c, shown)
  const renewsIn = isWaiting ? waitSeconds : undefined
  return sendPanel(c, null, view.words.door.waitTitle, shown, { renewsIn })
}

/** The newcomer comes in, or does not want to any more. */
async function leaveDoor(chat: Chat, c: HttpContext): Promise<Response> {
  const isForm = (c.req.header('content-type') ?? '').includes('form')
  const form = isForm ? await readForm(c) : new Map<string, string>()
  const token = readRequest(c, chat)
  if (form.has('withdraw')) {
    await withdrawRequest(chat, token)
    keepRequest(c, chat, null)
    return redirectTo(c, chat.paths.home())
  }
  const question = askForCookie(c, chat)
  if (question !== null) return question
  const browser = { device: deviceOf(c, chat), current: currentSession(c) }
  const entered = await enterByRequest(chat, token, browser)
  setSession(c, chat, entered)
  keepRequest(c, chat, null)
  const { room, seq } = placeIn(c)
  return redirectTo(c, await enterPlace(chat, entered.user, await findPlace(chat, room, seq)))
}
