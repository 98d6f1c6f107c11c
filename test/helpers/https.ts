import { connect, type DetailedPeerCertificate } from 'node:tls'
import { type RunningServer, type ServerOptions, startServer } from './server'
import { waitUntil } from './wait'

/** A server with HTTPS beside HTTP. */
export type HttpsServer = RunningServer & {
  readonly httpsPort: number
  /** What `origin` is, over HTTPS. */
  readonly httpsOrigin: string
}

/** Starts a server with flags that ask for HTTPS, on any free port. */
export async function startHttps(options: ServerOptions): Promise<HttpsServer> {
  const flags = ['--https-port', '0', ...(options.flags ?? [])]
  const server = await startServer({ ...options, flags })
  const said = (): string => /HTTPS is on port (\d+)/.exec(server.log())?.[1] ?? ''
  const httpsPort = Number(await waitUntil(said, 'the port of HTTPS'))
  const path = new URL(server.origin).pathname.replace(/\/$/, '')
  return Object.assign(server, { httpsPort, httpsOrigin: `https://127.0.0.1:${httpsPort}${path}` })
}

/** Asks over HTTPS, whoever has signed the certificate; follows no redirect. */
export function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const tls = { rejectUnauthorized: false }
  return fetch(url, { redirect: 'manual', keepalive: false, ...init, tls })
}

/** The certificate that a port shows. */
export function shownCertificate(port: number): Promise<DetailedPeerCertificate> {
  const { promise, resolve, reject } = Promise.withResolvers<DetailedPeerCertificate>()
  const options = { port, host: '127.0.0.1', rejectUnauthorized: false, servername: 'localhost' }
  const socket = connect(options, () => {
    resolve(socket.getPeerCertificate(true))
    socket.end()
  })
  socket.on('error', reject)
  return promise
}
