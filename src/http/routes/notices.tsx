import { Hono } from 'hono'
import { Notices, ReportForm, WayBack } from '../../../views/people/notices'
import { findWayBack, takeWayBack } from '../../chat/administration/acts'
import { report } from '../../chat/administration/reports'
import { ChatError } from '../../server/errors'
import { parseId } from '../../shared/paths'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx, wantsJson } from '../context'
import { askForCookie, setSession } from '../cookies'
import { deviceOf } from '../device'
import { currentSession, requireRoom, requireSession } from '../middleware/identity'
import { redirectTo, sendHtml, sendPanel } from '../pages'

/** What people are told and tell those with a role, and the way back that an owner gives. */
export function noticeRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat, rateLimits } = deps
  return new Hono<HttpEnv>()
    .get('/notices', (c) => sendNotices(deps, c))
    .post('/notices', async (c) => {
      const { tokenHash } = requireSession(c)
      const id = parseId((await readForm(c)).get('notice')) ?? 0
      await chat.store.reports.dropNotice(tokenHash, id)
      return isHtmx(c) ? sendNotices(deps, c) : redirectTo(c, chat.paths.notices())
    })
    .get('/rooms/:id/messages/:seq/report', (c) => sendReport(deps, c, false))
    .post('/rooms/:id/messages/:seq/report', async (c) => {
      const { visitor, room } = await requireRoom(deps, c)
      rateLimits.consume('reports', `user ${visitor.user.id}`)
      const seq = parseId(c.req.param('seq')) ?? 0
      const why = (await readForm(c)).get('why') ?? ''
      await report(chat, visitor.user, { room: room.id, seq }, { why })
      if (wantsJson(c)) return c.json({})
      return sendReport(deps, c, true)
    })
    .get('/way-back/:link', async (c) => {
      const link = c.req.param('link')
      const user = await findWayBack(chat, link)
      const [view, reader] = [c.get('view'), c.get('visitor')?.user ?? null]
      const page = <WayBack view={view} user={user} reader={reader} link={link} />
      return sendPanel(c, reader, view.words.acts.wayBackTitle, page)
    })
    .post('/way-back/:link', async (c) => {
      const question = askForCookie(c, chat)
      if (question !== null) return question
      rateLimits.consume('claims', c.get('address'))
      const browser = { device: deviceOf(c, chat), current: currentSession(c) }
      const back = await takeWayBack(chat, c.req.param('link'), browser)
      rateLimits.charge('claims', c.get('address'), -1)
      setSession(c, chat, back)
      return redirectTo(c, chat.paths.devices({ back: 'yes' }))
    })
}

async function sendNotices({ chat }: HttpDeps, c: HttpContext): Promise<Response> {
  const { user, tokenHash } = requireSession(c)
  const { count, notices } = chat.store.reports
  const told = { notices: await notices(tokenHash), reports: await count(tokenHash) }
  const view = c.get('view')
  const shown = <Notices view={view} {...told} isPage={!isHtmx(c)} />
  return isHtmx(c) ? sendHtml(c, shown) : sendPanel(c, user, view.words.acts.notices, shown)
}

async function sendReport(deps: HttpDeps, c: HttpContext, isDone: boolean): Promise<Response> {
  const { visitor, room } = await requireRoom(deps, c)
  const seq = parseId(c.req.param('seq'))
  if (seq === null) throw new ChatError('not_found')
  const view = c.get('view')
  const form = <ReportForm view={view} room={room.id} seq={seq} isDone={isDone} />
  return sendPanel(c, visitor.user, view.words.acts.reportTitle, form)
}
