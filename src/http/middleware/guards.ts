import { hostname } from 'node:os'
import type { Server } from 'bun'
import type { Config } from '../../config'
import { ChatError } from '../../server/errors'
import { networkOf, privateNetworks } from '../../server/ip-network'
import type { Certificates } from '../../https/certificates'
import type { Log } from '../../server/log'
import { serverLimits } from '../../server/limits'
import type { Paths } from '../../shared/paths'
import { collect } from '../multipart'
import { type HttpContext, isMultipart, type Middleware } from '../context'

/**
 * Refuses requests for another host (DNS rebinding), and finds the origin as the browser sees it.
 * Accepted are names that cannot be rebound: localhost, IP literals, this machine's name and the
 * public URL.
 */
export function checkHost(config: Config, certificates: Certificates | null): Middleware {
  const ownNames = ownNamesOf(config)
  return async (c, next) => {
    const host = c.req.header('host')?.toLowerCase() ?? ''
    if (!isOwnHost(host, ownNames, config)) throw new ChatError('host_unknown')
    const isForwarded = isFromProxy(c.req.raw, c.env.server, config)
    const isProxied = isForwarded && c.req.header('x-forwarded-proto') === 'https'
    const isOnTls = c.env.server.protocol === 'https'
    const scheme = host === config.publicUrl?.host ? config.publicUrl.protocol : null
    // With HTTPS of our own, we know what a browser used; else the public address says it.
    const isMeant = certificates === null && scheme !== null ? scheme === 'https:' : isProxied
    const isSecure = isOnTls || isMeant
    c.set('isSecure', isSecure)
    // For the browser the header holds for all ports of the host: HTTP beside it would be lost.
    const isWhole = isOnTls && certificates?.isTrusted() === true && !/:\d+$/.test(host)
    c.set('keepsToHttps', isProxied || isWhole)
    c.set('origin', `${isSecure ? 'https' : 'http'}://${host}`)
    c.set('address', addressOf(c.req.raw, c.env.server, config))
    await next()
  }
}

/**
 * Leads those who open the public name over HTTP to HTTPS, once browsers trust its certificate.
 * Other names and addresses have both, as the certificate does not hold for them.
 */
export function leadToHttps({ publicUrl }: Config, certificates: Certificates | null): Middleware {
  return async (c, next) => {
    const url = new URL(c.req.url)
    const isElsewhere = c.get('isSecure') || url.hostname !== publicUrl?.hostname
    const isReading = c.req.method === 'GET' || c.req.method === 'HEAD'
    if (isElsewhere || !isReading || publicUrl?.protocol !== 'https:') return next()
    if (certificates?.isTrusted() !== true) return next()
    return c.redirect(publicUrl.origin + url.pathname + url.search, 302)
  }
}

/**
 * Refuses requests from other sites' pages (CSRF) unless they only read; the socket is not a read.
 * A request without cookie and Origin is not from a browser, and has no identity to abuse.
 */
export function checkOrigin(config: Config): Middleware {
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
 * Reads the body to its end, so that the visitor is identified again once the request is
 * complete. Refuses bodies that are too large, with or without a Content-Length. The routes that
 * take files allow more, count themselves, and look the session and the room up again.
 */
export function readBody(paths: Paths): Middleware {
  const takesFiles = (c: HttpContext): boolean =>
    c.req.path === paths.attachments() || (isMultipart(c) && paths.isMessages(c.req.path))
  return async (c, next) => {
    if (c.req.method === 'POST' && takesFiles(c)) return next()
    if (Number(c.req.header('content-length') ?? 0) > serverLimits.requestBytesMax)
      throw new ChatError('too_large')
    const { body } = c.req.raw
    if (body !== null) c.req.raw = new Request(c.req.raw, { body: await readBounded(body) })
    await next()
  }
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<Blob> {
  try {
    return new Blob([await collect(body, serverLimits.requestBytesMax, 'too_large')])
  } catch (fault) {
    // The client is gone and sees no answer.
    throw fault instanceof ChatError ? fault : new ChatError('bad_request')
  }
}

function ownNamesOf(config: Config): Set<string> {
  const machine = hostname().toLowerCase()
  const names = ['localhost', machine, `${machine}.local`]
  if (config.publicUrl !== null) names.push(config.publicUrl.hostname)
  if (config.https?.by === 'acme') names.push(config.https.domain)
  return new Set(names)
}

/** Two Host headers arrive joined by a comma, which does not match. */
const hostShape = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?<port>\d{1,5}))?$/

function isOwnHost(host: string, ownNames: Set<string>, config: Config): boolean {
  const match = hostShape.exec(host)
  const name = match?.groups?.name
  if (name === undefined) return false
  if (host === config.publicUrl?.host) return true
  const isAddress = name.startsWith('[') || /^\d{1,3}(\.\d{1,3}){3}$/.test(name)
  return isAddress || name.endsWith('.localhost') || ownNames.has(name)
}

type PeerOf = Pick<Server<never>, 'requestIP'>
type Trust = Pick<Config, 'trustProxy'>

/** Whether the connection is that of a proxy whose headers are believed. */
function isFromProxy(request: Request, server: PeerOf, { trustProxy }: Trust): boolean {
  return trustProxy?.has(server.requestIP(request)?.address ?? '') ?? false
}

/**
 * The key under which a request is rate limited. A proxy appends the address it saw, so only the
 * last one is trusted.
 */
export function addressOf(request: Request, server: PeerOf, config: Trust): string {
  const isForwarded = isFromProxy(request, server, config)
  const forwarded = isForwarded ? request.headers.get('x-forwarded-for')?.split(',').at(-1) : null
  return networkOf(forwarded?.trim() || (server.requestIP(request)?.address ?? 'unknown'))
}

/** As many of the first requests must look alike. */
const forwardedMin = 20

/**
 * Logs once when the first requests all come from one private address that is not trusted, and were
 * forwarded: then all people behind that proxy share the rate limits of one address.
 */
export function watchForProxy(log: Log, { trustProxy }: Trust) {
  let left = forwardedMin
  let first: string | null = null
  return (request: Request, server: PeerOf): void => {
    // A monitor may ask the server itself.
    if (left === 0 || /\/(health|ready)z$/.test(request.url)) return
    const peer = server.requestIP(request)?.address ?? ''
    first ??= peer
    const isAlike = peer === first && request.headers.has('x-forwarded-for')
    const isProxy = isAlike && privateNetworks().has(peer) && trustProxy?.has(peer) !== true
    left = isProxy ? left - 1 : 0
    if (left === 0 && isProxy) log('proxy.not-trusted', { where: '--trust-proxy' })
  }
}
