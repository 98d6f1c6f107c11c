import { Hono } from 'hono'
import { ChatError } from '../../server/errors'
import type { WebEnv, WebNeeds } from '../context'
import { requireVisitor } from '../middleware/identity'

/** The upgrade: an HTTP request like any other until everything about it was checked. */
export function socketRoutes({ chat, upgrade }: WebNeeds): Hono<WebEnv> {
  return new Hono<WebEnv>().get('/socket', async (c) => {
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') throw new ChatError('bad_request')
    const visitor = requireVisitor(c)
    const rooms = await chat.store.rooms.heads(visitor.user.id)
    upgrade(
      c.env.server,
      c.req.raw,
      visitor,
      rooms.map(({ id }) => id),
    )
    return new Response(null)
  })
}
