import { Hono } from 'hono'
import { LinearRouter } from 'hono/router/linear-router'
import { Problem, ProblemPage } from '../../views/page/page'
import type { Chat } from '../chat/chat'
import { ChatError, toProblem } from '../server/errors'
import { faultOf, type Log } from '../server/log'
import { chargeClient, consumeForClient } from '../server/rate-limits'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx } from './context'
import { type Middleware, sendsJson, wantsJson } from './context'
import { checkHost, checkOrigin, leadToHttps, readBody } from './middleware/guards'
import { secureHeaders } from './middleware/headers'
import { identifyVisitor, requireVisitor } from './middleware/identity'
import { keepLength, refuseAddress, refuseMethods } from './middleware/methods'
import { findPlace } from './place'
import { sendHtml, sendPage, sendSignIn, setProblem, tellBanned } from './pages'
import { actRoutes } from './routes/acts'
import { adminRoutes } from './routes/admin'
import { adminRoomRoutes } from './routes/admin-rooms'
import { attachmentRoutes } from './routes/attachments'
import { certificateRoutes } from './routes/certificates'
import { adminDoorRoutes } from './routes/admin-door'
import { deviceRoutes } from './routes/devices'
import { doorRoutes } from './routes/door'
import { exportRoutes } from './routes/exports'
import { holdRoutes } from './routes/holds'
import { installRoutes } from './routes/install'
import { invitationRoutes } from './routes/invitations'
import { membershipRoutes } from './routes/memberships'
import { messageRoutes } from './routes/messages'
import { newDeviceRoutes } from './routes/new-devices'
import { noticeRoutes } from './routes/notices'
import { peopleRoutes } from './routes/people'
import { preferenceRoutes, readPreferences } from './routes/preferences'
import { roomLifeRoutes } from './routes/room-life'
import { roomRoutes } from './routes/rooms'
import { searchRoutes } from './routes/search'
import { sessionRoutes } from './routes/sessions'
import { staticRoutes } from './routes/static-files'

const restartRetryMs = 2_000
/** A response that takes longer to render counts as several requests; most take 3 ms. */
const renderingMsPerRequest = 8

/** The HTTP layer: middleware in the order in which a request meets it, then a file per noun. */
export function createApp(deps: HttpDeps): Hono<HttpEnv> {
  const { chat, assets, certificates } = deps
  // The default router takes 5 ms at the start to compile all routes into one expression.
  const root = new Hono<HttpEnv>({ strict: false, router: new LinearRouter() })
  root.use(keepLength)
  root.use(secureHeaders(chat))
  root.use(checkHost(chat.config, certificates))
  root.get('/.well-known/acme-challenge/:token', answerAuthority(deps))
  root.use(leadToHttps(chat.config, certificates))
  root.use(leadToBase(chat.paths.base))
  const app = root.basePath(chat.paths.base.slice(0, -1))
  app.route('/', staticRoutes(chat, assets))
  app.use(readPreferences(deps))
  app.route('/', installRoutes(chat, assets))
  app.use(refuseMethods)
  app.use(refuseWhileStopping(deps))
  app.use(checkOrigin(chat.config))
  // Only to know whose rate limit counts: who may do what is asked again after the body.
  app.use(identifyVisitor(chat))
  app.use(limitRequests(deps))
  app.use(readBody(chat.paths))
  app.use(identifyVisitor(chat))
  app.use(tellBanned(chat))
  app.route('/', sessionRoutes(deps))
  app.route('/', doorRoutes(deps))
  app.route('/', deviceRoutes(deps))
  app.route('/', newDeviceRoutes(deps))
  app.route('/', preferenceRoutes(deps))
  app.route('/', certificateRoutes(deps))
  app.route('/', roomRoutes(deps))
  app.route('/', membershipRoutes(deps))
  app.route('/', holdRoutes(deps))
  app.route('/', roomLifeRoutes(deps))
  app.route('/', invitationRoutes(deps))
  app.route('/', messageRoutes(deps))
  app.route('/', peopleRoutes(deps))
  app.route('/', attachmentRoutes(deps))
  app.route('/', searchRoutes(deps))
  app.route('/', exportRoutes(deps))
  app.route('/', adminRoutes(deps))
  app.route('/', actRoutes(deps))
  app.route('/', noticeRoutes(deps))
  app.route('/', adminDoorRoutes(deps))
  app.route('/', adminRoomRoutes(deps))
  app.get('/socket', openSocket(deps))
  app.post('/frames', exchangeFrames(deps))
  app.notFound(refuseAddress(root.routes))
  app.onError((thrown, c) => answerProblem(chat, c, thrown))
  return app
}

/** Leads from the host and from a base path without its slash, which cookies need, to the chat. */
function leadToBase(base: string): Middleware {
  const doors = base === '/' ? [] : ['/', base.slice(0, -1)]
  return async (c, next) =>
    doors.includes(new URL(c.req.url).pathname) ? c.redirect(base, 302) : next()
}

function refuseWhileStopping({ isStopping }: HttpDeps): Middleware {
  return async (_, next) => {
    if (isStopping()) throw new ChatError('restarting', restartRetryMs)
    await next()
  }
}

/**
 * Limits requests per person, and those of strangers per address, so that no stranger takes the
 * rate of a person at the same address. A page that takes long to render costs several.
 */
function limitRequests({ rateLimits }: HttpDeps): Middleware {
  return async (c, next) => {
    const client = c.get('visitor') ?? { address: c.get('address') }
    consumeForClient(rateLimits, 'requests', client)
    await next()
    const cost = Math.floor((c.get('renderMs') ?? 0) / renderingMsPerRequest)
    if (cost > 0) chargeClient(rateLimits, 'requests', client, cost)
  }
}

/** What the authority of `--acme` asks over HTTP, to see that the domain leads here. */
function answerAuthority({ certificates }: HttpDeps): Middleware {
  return async (c) => {
    const answer = certificates?.answerTo(c.req.param('token') ?? '') ?? null
    return answer === null ? c.text('', 404) : c.text(answer)
  }
}

/** Upgrades to a WebSocket after the same checks as for any request. */
function openSocket({ chat, upgrade }: HttpDeps): Middleware {
  return async (c) => {
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') throw new ChatError('bad_request')
    const visitor = requireVisitor(c)
    const rooms = (await chat.store.rooms.heads(visitor.user.id)).map(({ id }) => id)
    upgrade({ server: c.env.server, request: c.req.raw, visitor, rooms })
    return new Response(null)
  }
}

/** A frame, or nothing, and the frames of its answer, where the network lets no socket through. */
function exchangeFrames({ exchange }: HttpDeps): Middleware {
  return async (c) => {
    const visitor = requireVisitor(c)
    if (!sendsJson(c)) throw new ChatError('media_type')
    const frames = await exchange(visitor, await c.req.text())
    return c.json({ frames, notice: c.get('view').words.page.polled })
  }
}

/**
 * Turns every thrown value into an answer: a page, a fragment for htmx, or JSON. What is no
 * ChatError is logged without content and shown with a reference to its log line.
 */
async function answerProblem(chat: Chat, c: HttpContext, thrown: unknown): Promise<Response> {
  const problem = toProblem(thrown) ?? new ChatError('internal')
  const reference = thrown instanceof ChatError ? undefined : report(chat.log, c, thrown)
  const sentence = setProblem(c, problem, reference)
  const view = c.get('view')
  if (view === undefined) return c.text(sentence)
  if (wantsJson(c)) {
    const retry = problem.retryMs === undefined ? {} : { retry_ms: problem.retryMs }
    return c.json({ code: problem.code, reason: sentence, ...retry })
  }
  if (isHtmx(c)) return sendHtml(c, <Problem sentence={sentence} />)
  if (problem.code === 'not_signed_in') {
    return sendSignIn(c, await findPlace(chat, c.req.param('id'), c.req.param('seq')))
  }
  return sendPage(c, <ProblemPage view={view} sentence={sentence} />)
}

function report(log: Log, c: HttpContext, thrown: unknown): string {
  const reference = crypto.getRandomValues(new Uint8Array(4)).toHex()
  log('fault', { where: `${c.req.method} ${c.req.routePath}`, reference, fault: faultOf(thrown) })
  return reference
}
