import { createServer } from 'node:net'
import { makeCertificate } from '../../src/https/x509'
import { type HttpsServer, shownCertificate, startHttps } from '../helpers/https'
import { makeFolder, removeFolder } from '../helpers/folders'
import { waitUntil } from '../helpers/wait'
import { type FaultTest, type Figures, unlike } from './promise'

type Size = {
  /** The domain leads to the server. */
  leadsHere: boolean
}

const domain = 'chat.example.org'
const lifeSeconds = 10

/**
 * Let's Encrypt's own authority for tests, at its strictest: it refuses four of ten nonces, and
 * asks over HTTP where its names lead. It needs pebble (Debian has it).
 */
export const issuedByPebble: FaultTest<Size> = {
  id: 'P33',
  says: 'A certificate by ACME is issued, and renewed before it expires.',
  small: { leadsHere: true },
  full: { leadsHere: true },
  outOfSuite: 'Not every machine has pebble; the suite has a smaller authority.',
  run,
  broken: (figures) =>
    figures.blocked !== undefined
      ? [`Not measured: ${figures.blocked}`]
      : unlike(figures, { isIssued: true, isRenewed: true }),
  control: () => run({ leadsHere: false }),
}

async function run({ leadsHere }: Size): Promise<Figures> {
  const [pebble, names] = [Bun.which('pebble'), Bun.which('pebble-challtestsrv')]
  if (pebble === null || names === null) return { blocked: 'pebble is not installed.' }
  const folder = makeFolder()
  const [httpPort, apiPort, namesPort] = [await freePort(), await freePort(), await freePort()]
  const pair = await makeCertificate({ title: 'pebble', days: 9 }, ['localhost'], null)
  await Bun.write(`${folder}/cert.pem`, pair.cert)
  await Bun.write(`${folder}/key.pem`, pair.key)
  const settings = {
    listenAddress: `127.0.0.1:${apiPort}`,
    managementListenAddress: `127.0.0.1:${await freePort()}`,
    certificate: `${folder}/cert.pem`,
    privateKey: `${folder}/key.pem`,
    httpPort: leadsHere ? httpPort : await freePort(),
    tlsPort: await freePort(),
    certificateValidityPeriod: lifeSeconds,
  }
  await Bun.write(`${folder}/config.json`, JSON.stringify({ pebble: settings }))
  const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '40' }
  const off = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-management', '']
  const dns = ['-dns01', `127.0.0.1:${namesPort}`, '-defaultIPv4', '127.0.0.1', '-defaultIPv6', '']
  const strict = ['-strict', '-config', `${folder}/config.json`]
  const quiet = { env, stdout: 'ignore', stderr: 'ignore' } as const
  const children = [
    Bun.spawn([names, ...dns, ...off], quiet),
    Bun.spawn([pebble, ...strict, '-dnsserver', `127.0.0.1:${namesPort}`], quiet),
  ]
  try {
    const directory = `https://localhost:${apiPort}/dir`
    const tls = { tls: { ca: pair.cert } }
    await waitUntil(
      () =>
        fetch(directory, tls)
          .then(({ ok }) => ok)
          .catch(() => false),
      'pebble',
    )
    const flags = ['--acme', domain, '--acme-directory', directory]
    const trust = { NODE_EXTRA_CA_CERTS: `${folder}/cert.pem` }
    await using server = await startHttps({ port: httpPort, flags, env: trust })
    return await watch(server)
  } finally {
    for (const child of children) child.kill()
    removeFolder(folder)
  }
}

/** Looks until there is a certificate of pebble, and then another one. */
async function watch({ httpsPort, pid }: HttpsServer): Promise<Figures> {
  const serials = new Set<string>()
  const look = async (count: number): Promise<boolean> => {
    process.kill(pid, 'SIGHUP')
    const shown = await shownCertificate(httpsPort).catch(() => null)
    if (shown === null) return false
    const { issuer, serialNumber, subjectaltname } = shown
    const isPebbles = /pebble/i.test(String(issuer.CN)) && subjectaltname === `DNS:${domain}`
    if (isPebbles) serials.add(serialNumber)
    return serials.size >= count
  }
  const untilThere = (count: number): Promise<boolean> =>
    waitUntil(() => look(count), 'a certificate of pebble', 2 * lifeSeconds * 1000).catch(
      () => false,
    )
  return { isIssued: await untilThere(1), isRenewed: await untilThere(2) }
}

/** A port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<number>()
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    server.close(() => resolve(port ?? 0))
  })
  return promise
}
