import { hostname } from 'node:os'
import type { Server } from 'bun'
import type { MiddlewareHandler } from 'hono'
import type { Config } from '../../config'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { networkOf } from '../../server/ip-network'
import type { Paths } from '../../shared/paths'
import { isMultipart, type WebContext, type WebEnv } from '../context'

/**
 * Refuses requests that name another host (DNS rebinding) and works out the origin under which the
 * browser sees us. Only names that cannot be rebound are ours: localhost, IP literals, this
 * machine's name and the public URL.
 */
export function checkHost(config: Config): MiddlewareHandler<WebEnv> {
  const ownNames = ownNamesOf(config)
  return async (c, next) => {
    const host = c.req.header('host')?.toLowerCase() ?? ''
    if (!isOwnHost(host, ownNames, config)) throw new ChatError('host_unknown')
    const scheme = schemeOf(c, host, config)
    c.set('isSecure', scheme === 'https')
    c.set('origin', `${scheme}://${host}`)
    c.set('address', addressOf(c.req.raw, c.env.server, config))
    await next()
  }
}

/**
 * Refuses requests from other sites' pages on everything that changes something and on the socket.
 * A request that carries no cookie and no Origin comes from no browser and forges nobody.
 */
export function checkOrigin(config: Config): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const isUpgrade = c.req.header('upgrade') !== undefined
    const isReading = c.req.method === 'GET' || c.req.method === 'HEAD'
    if (isReading && !isUpgrade) return next()
    const origin = c.req.header('origin')
    if (origin === undefined) {
      const isOwnPage = c.req.header('sec-fetch-site') === 'same-origin'
      const isAnonymous = c.req.header('cookie') === undefined
      if (isUpgrade || !(isOwnPage || isAnonymous)) throw new ChatError('origin_missing')
      return next()
    }
    const isOwn = origin === c.get('origin') || origin === config.publicUrl?.origin
    if (!isOwn) throw new ChatError('origin_foreign')
    return next()
  }
}

/**
 * Refuses bodies that are too large, whether they say so or not; only the roads for files take
 * more, and count for themselves.
 */
export function checkSize(paths: Paths): MiddlewareHandler<WebEnv> {
  const takesFiles = (c: WebContext): boolean =>
    c.req.path === paths.attachments() || (isMultipart(c) && paths.isMessages(c.req.path))
  return async (c, next) => {
    if (c.req.method === 'POST' && takesFiles(c)) return next()
    const size = c.req.header('content-length')
    if (Number(size ?? 0) > serverLimits.requestBytesMax) throw new ChatError('too_large')
    const { body } = c.req.raw
    if (size === undefined && body !== null) {
      c.req.raw = new Request(c.req.raw, { body: await readBounded(body) })
    }
    await next()
  }
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > serverLimits.requestBytesMax) throw new ChatError('too_large')
    parts.push(part.slice())
  }
  return new Blob(parts)
}

function ownNamesOf(config: Config): Set<string> {
  const machine = hostname().toLowerCase()
  const names = ['localhost', machine, `${machine}.local`]
  if (config.publicUrl !== null) names.push(config.publicUrl.hostname)
  return new Set(names)
}

/** Two Host headers arrive joined by a comma, which no name may hold. */
const hostShape = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?<port>\d{1,5}))?$/

function isOwnHost(host: string, ownNames: Set<string>, config: Config): boolean {
  const match = hostShape.exec(host)
  const name = match?.groups?.name
  if (name === undefined) return false
  if (host === config.publicUrl?.host) return true
  const isAddress = name.startsWith('[') || /^\d{1,3}(\.\d{1,3}){3}$/.test(name)
  return isAddress || name.endsWith('.localhost') || ownNames.has(name)
}

function schemeOf(c: WebContext, host: string, config: Config): 'http' | 'https' {
  if (host === config.publicUrl?.host) {
    return config.publicUrl.protocol === 'https:' ? 'https' : 'http'
  }
  return config.trustProxy && c.req.header('x-forwarded-proto') === 'https' ? 'https' : 'http'
}

/** Whose budget a request spends. A proxy appends the address it saw: only the last is its word. */
export function addressOf(
  request: Request,
  server: Pick<Server<never>, 'requestIP'>,
  { trustProxy }: Pick<Config, 'trustProxy'>,
): string {
  const forwarded = trustProxy ? request.headers.get('x-forwarded-for')?.split(',').at(-1) : null
  return networkOf(forwarded?.trim() || (server.requestIP(request)?.address ?? 'unknown'))
}
