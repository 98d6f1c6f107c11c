import type { Chat } from '../../chat/chat'
import type { Middleware } from '../context'

/** Thirty days, and for this host only: an operator may go back to HTTP within a month. */
const hstsSeconds = 30 * 24 * 60 * 60

/**
 * Sets the security headers of every answer. The policy allows no inline script or style, and
 * scripts from the static path only: with plain 'self' an uploaded file would be a legal script.
 */
export function secureHeaders(chat: Chat): Middleware {
  return async (c, next) => {
    await next()
    const { headers } = c.res
    // Uploaded files have a policy of their own, which allows nothing.
    if (!headers.has('Content-Security-Policy')) {
      headers.set('Content-Security-Policy', policyFor(c.get('origin') ?? '', chat))
    }
    headers.set('X-Content-Type-Options', 'nosniff')
    // With no-referrer, browsers would send `Origin: null` with our own plain forms.
    headers.set('Referrer-Policy', 'same-origin')
    headers.set('Cross-Origin-Opener-Policy', 'same-origin')
    headers.set('Cross-Origin-Resource-Policy', 'same-origin')
    headers.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=()')
    if (c.get('keepsToHttps')) headers.set('Strict-Transport-Security', `max-age=${hstsSeconds}`)
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
  }
}

function policyFor(origin: string, chat: Chat): string {
  const publicOrigin = chat.config.publicUrl?.origin
  const origins = publicOrigin === undefined ? [origin] : [...new Set([origin, publicOrigin])]
  const files = origins.map((each) => `${each}${chat.paths.asset('')}`).join(' ')
  const workers = origins.map((each) => `${each}${chat.paths.worker()}`).join(' ')
  const sockets = origins.map((each) => each.replace(/^http/, 'ws')).join(' ')
  return [
    `default-src 'none'`,
    `script-src ${files}`,
    `style-src ${files}`,
    `font-src ${files}`,
    `worker-src ${workers}`,
    `img-src 'self' blob:`,
    `media-src 'self' blob:`,
    `connect-src 'self' ${sockets}`,
    `manifest-src 'self'`,
    `form-action 'self'`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}
