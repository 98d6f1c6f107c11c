import { Hono } from 'hono'
import { LinearRouter } from 'hono/router/linear-router'
import { ChatError } from '../errors'
import { limits } from '../limits'
import { attachmentRoutes } from './attachments'
import type { WebEnv, WebNeeds } from './context'
import { exportRoutes } from './exports'
import { checkHost, checkOrigin, checkSize } from './guards'
import { secureHeaders } from './headers'
import { recogniseVisitor } from './identity'
import { membershipRoutes } from './memberships'
import { messageChangeRoutes } from './message-changes'
import { messageRoutes } from './messages'
import { preferenceRoutes, readPreferences } from './preferences'
import { answerProblem } from './problems'
import { profileRoutes } from './profile'
import { roomRoutes } from './rooms'
import { searchRoutes } from './search'
import { sessionRoutes } from './sessions'
import { socketRoutes } from './sockets'
import { staticRoutes } from './static-files'

/** The HTTP door: middleware in the order in which a request meets it, then a file per noun. */
export function createApp(needs: WebNeeds): Hono<WebEnv> {
  const { chat, assets, spend, isStopping } = needs
  // The default router takes 5 ms to make one expression of all roads; this one looks at each.
  const app = new Hono<WebEnv>({ strict: false, router: new LinearRouter() }).basePath(
    chat.paths.base,
  )
  app.use(secureHeaders(chat))
  app.use(checkHost(chat.config))
  app.route('/', staticRoutes(chat, assets))
  app.use(readPreferences(chat, assets))
  app.use(async (_, next) => {
    if (isStopping()) throw new ChatError('restarting', limits.restartRetryMs)
    await next()
  })
  app.use(checkSize(chat.paths))
  app.use(checkOrigin(chat.config))
  app.use(async (c, next) => {
    const retryMs = spend('requests', c.get('address'))
    if (retryMs > 0) throw new ChatError('too_many', retryMs)
    await next()
    const cost = Math.floor((c.get('drawnMs') ?? 0) / limits.drawingMsPerRequest)
    if (cost > 0) spend('requests', c.get('address'), cost)
  })
  app.use(recogniseVisitor(chat))
  app.route('/', sessionRoutes(needs))
  app.route('/', preferenceRoutes(needs))
  app.route('/', roomRoutes(needs))
  app.route('/', membershipRoutes(needs))
  app.route('/', messageRoutes(needs))
  app.route('/', profileRoutes(needs))
  app.route('/', attachmentRoutes(needs))
  app.route('/', messageChangeRoutes(needs))
  app.route('/', searchRoutes(needs))
  app.route('/', exportRoutes(needs))
  app.route('/', socketRoutes(needs))
  app.notFound((c) => answerProblem(chat.log, c, new ChatError('not_found')))
  app.onError((thrown, c) => answerProblem(chat.log, c, thrown))
  return app
}
