import { Hono } from 'hono'
import { LinearRouter } from 'hono/router/linear-router'
import { ChatError } from '../server/errors'
import { attachmentRoutes } from './routes/attachments'
import type { WebEnv, WebNeeds } from './context'
import { exportRoutes } from './routes/exports'
import { checkHost, checkOrigin, checkSize } from './middleware/guards'
import { secureHeaders } from './middleware/headers'
import { recogniseVisitor } from './middleware/identity'
import { membershipRoutes } from './routes/memberships'
import { messageChangeRoutes } from './routes/message-changes'
import { messageRoutes } from './routes/messages'
import { preferenceRoutes, readPreferences } from './routes/preferences'
import { answerProblem } from './middleware/problems'
import { profileRoutes } from './routes/profile'
import { roomRoutes } from './routes/rooms'
import { searchRoutes } from './routes/search'
import { sessionRoutes } from './routes/sessions'
import { socketRoutes } from './routes/sockets'
import { staticRoutes } from './routes/static-files'

const restartRetryMs = 2_000
/** An answer that takes longer to render counts as more requests; a usual page takes 3 ms. */
const renderingMsPerRequest = 8

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
    if (isStopping()) throw new ChatError('restarting', restartRetryMs)
    await next()
  })
  app.use(checkSize(chat.paths))
  app.use(checkOrigin(chat.config))
  app.use(async (c, next) => {
    const retryMs = spend('requests', c.get('address'))
    if (retryMs > 0) throw new ChatError('too_many', retryMs)
    await next()
    const cost = Math.floor((c.get('drawnMs') ?? 0) / renderingMsPerRequest)
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
