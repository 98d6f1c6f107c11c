import { ChatError } from '../../server/errors'
import type { HttpContext, Middleware } from '../context'

/**
 * Gives an answer to HEAD the length of the answer to GET: the router throws the body away, and
 * Bun would announce that nothing comes. A route whose body has no known length says so itself.
 */
export const keepLength: Middleware = async (c, next) => {
  await next()
  if (c.req.method !== 'HEAD') return
  const { headers, status } = c.res
  headers.set('Date', new Date().toUTCString())
  if (headers.has('Content-Length') || headers.has('Transfer-Encoding')) return
  const { size, type } = await c.res.blob()
  headers.set('Content-Length', String(size))
  // Bun names the type of a text that has none.
  if (type !== '' && !headers.has('Content-Type')) headers.set('Content-Type', type)
  c.res = new Response(null, { status, headers })
}

const known = ['GET', 'HEAD', 'POST']

/** Refuses methods that no address has. Those that Bun does not know never get here. */
export const refuseMethods: Middleware = async (c, next) => {
  if (!known.includes(c.req.method)) refuse(c, known)
  await next()
}

/** Throws `method` for an address that has others, and `not_found` for one that has none. */
export function refuseAddress(
  routes: { method: string; path: string }[],
): (c: HttpContext) => never {
  const addresses = routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({ method, shape: shapeOf(path) }))
  return (c) => {
    const found = addresses.filter(({ shape }) => shape.test(c.req.path))
    if (found.length === 0) throw new ChatError('not_found')
    const methods = new Set(found.map(({ method }) => method))
    return refuse(
      c,
      known.filter((method) => methods.has(method === 'HEAD' ? 'GET' : method)),
    )
  }
}

function refuse(c: HttpContext, allowed: string[]): never {
  c.header('Allow', allowed.join(', '))
  throw new ChatError('method')
}

/** The addresses of a route like `/rooms/:id`; a part may be optional. */
function shapeOf(path: string): RegExp {
  const parts = path
    .split('/')
    .slice(1)
    .map((part) =>
      part.startsWith(':') ? (part.endsWith('?') ? '(/[^/]*)?' : '/[^/]+') : `/${part}`,
    )
  return new RegExp(`^${parts.join('').replaceAll('.', '\\.')}/?$`)
}
