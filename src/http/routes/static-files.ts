import { Hono } from 'hono'
import type { Asset, Assets } from '../../assets'
import type { Chat } from '../../chat/chat'
import { ChatError } from '../../server/errors'
import { storageReasonOf } from '../../store/storage-fault'
import type { HttpContext, HttpEnv } from '../context'
import { createFinder } from '../../kept-assets'

/** How long the answer of a health check is kept: anybody may ask, and each check writes. */
const healthKeptMs = 1_000

/** Embedded files, immutable by the hash in their name, and the health checks. */
export function staticRoutes(chat: Chat, assets: Assets): Hono<HttpEnv> {
  const probe = probeSeldom(chat.store)
  const checkHealth = async (): Promise<void> => {
    chat.requireSpace()
    await probe()
  }
  const findKept = createFinder(chat.store.assets)
  return new Hono<HttpEnv>()
    .get('/static/:file', async (c) => {
      const file = c.req.param('file')
      const accepted = c.req.header('accept-encoding') ?? ''
      return serveAsset(c, assets.find(file, accepted) ?? (await findKept(file, accepted)))
    })
    .get('/favicon.ico', (c) => c.redirect(chat.paths.asset(assets.nameOf('icon.svg')), 302))
    .get('/healthz', async (c) => {
      await checkHealth().catch((fault) => {
        // All nodes would be cut off at once, and nobody could read what they have.
        if (chat.nodes === null || storageReasonOf(fault) !== 'away') throw fault
      })
      return c.text('ok')
    })
    .get('/readyz', async (c) => {
      await checkHealth()
      return c.text('ok')
    })
}

/** Writes at most once in `healthKeptMs`; requests in between share its outcome. */
function probeSeldom(store: Chat['store']): () => Promise<void> {
  let probedAt = Number.NEGATIVE_INFINITY
  let outcome = Promise.resolve()
  return () => {
    if (performance.now() - probedAt >= healthKeptMs) {
      probedAt = performance.now()
      outcome = store.probe()
    }
    return outcome
  }
}

function serveAsset(c: HttpContext, asset: Asset | null): Response {
  if (asset === null) throw new ChatError('not_found')
  const headers: Record<string, string> = {
    'Content-Type': asset.type,
    'Cache-Control': 'public, max-age=31536000, immutable',
    Vary: 'Accept-Encoding',
    // The policy of a page is 400 bytes, and none of these files is one.
    'Content-Security-Policy': `default-src 'none'; frame-ancestors 'none'`,
  }
  if (asset.encoding !== null) headers['Content-Encoding'] = asset.encoding
  return c.body(asset.bytes, { headers })
}
