import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type AcmeServer, startAcmeServer } from '../helpers/acme-server'
import { ask, shownCertificate, startHttps } from '../helpers/https'
import { makeFolder, removeFolder } from '../helpers/folders'
import { waitUntil } from '../helpers/wait'

const domain = 'chat.example.org'
const data = makeFolder()
const port = Promise.withResolvers<number>()
const daysMs = 90 * 24 * 60 * 60_000
let lifeMs = daysMs
let authority: AcmeServer

beforeAll(async () => {
  authority = await startAcmeServer({ httpPort: port.promise, lifeMs: () => lifeMs })
})
afterAll(async () => {
  await authority.stop()
  removeFolder(data)
})

async function start(options: { data?: string; directory?: string } = { data }) {
  const { directory = authority.directory } = options
  const flags = ['--acme', domain, '--acme-directory', directory, '--acme-email', 'a@b.example']
  const server = await startHttps({ ...options, flags })
  port.resolve(server.port)
  return server
}

/** The serial number of the authority's certificate, once it is another one than `before`. */
function issued(httpsPort: number, before = '', between = () => {}): Promise<string> {
  const look = async () => {
    between()
    // Who connects in the very moment of the change has to try again.
    const shown = await shownCertificate(httpsPort).catch(() => null)
    if (shown === null) return ''
    const { issuer, serialNumber, subjectaltname } = shown
    const isOurs = issuer.CN === 'Authority of the tests' && subjectaltname === `DNS:${domain}`
    return isOurs && serialNumber !== before ? serialNumber : ''
  }
  return waitUntil(look, 'a certificate of the authority')
}

test('an authority gives a certificate, and a new one before it expires', async () => {
  lifeMs = 4_000
  await using server = await start()
  const first = await issued(server.httpsPort)
  expect(authority.did).toEqual(['account', 'order', 'checked', 'issued'])
  lifeMs = daysMs
  const look = (): void => void process.kill(server.pid, 'SIGHUP')
  const second = await issued(server.httpsPort, first, look)
  const all = authority.did.length
  expect(all).toBe(8)
  look()

  // What the authority gave outlives a restart, and so does the account.
  await server.stop()
  await using again = await start()
  expect((await shownCertificate(again.httpsPort)).serialNumber).toBe(second)
  expect(authority.did).toHaveLength(all)
  expect(authority.refused).toEqual([])
  const answer = await ask(`${again.httpsOrigin}/healthz`, { headers: { Host: domain } })
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=2592000')
  const unknown = `${again.origin}/.well-known/acme-challenge/made-up-token-0123456`
  expect((await fetch(unknown)).status).toBe(404)
})

test('where the authority refuses, the log says why, and the chat goes on', async () => {
  // Asked there, the domain leads to nobody who knows the answer.
  const nobody = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('?') })
  const httpPort = Promise.resolve(Number(nobody.port))
  const other = await startAcmeServer({ httpPort, lifeMs: () => daysMs })
  await using server = await start({ directory: other.directory })
  await waitUntil(() => server.log().includes('certificate.refused'), 'the reason in the log')
  expect(other.did).toEqual(['account', 'order'])
  // Nobody is led, or told to stay, where no browser would trust the certificate.
  for (const origin of [server.origin, server.httpsOrigin]) {
    const { status, headers } = await ask(`${origin}/join`, { headers: { Host: domain } })
    expect([status, headers.get('strict-transport-security')]).toEqual([200, null])
  }
  await Promise.all([other.stop(), nobody.stop(true)])
})
