import { join } from 'node:path'
import { loadPair } from '../../src/https/key-pair'
import { makeCertificate } from '../../src/https/x509'
import { findBrowser } from '../helpers/find-browser'
import { startHttps } from '../helpers/https'
import { makeFolder, removeFolder } from '../helpers/folders'
import { type FaultTest, type Figures, unlike } from './promise'

type Size = { isTold: boolean }

/**
 * A browser with a home of its own, before and after it was told of the server's authority, and
 * with certificates which that authority must not give. It needs certutil.
 */
export const ownCertificate: FaultTest<Size> = {
  id: 'P32',
  says: 'A browser trusts the server’s own authority once it was told, and for its names only.',
  small: { isTold: true },
  full: { isTold: true },
  outOfSuite: 'Not every machine has certutil.',
  run,
  broken: (figures) =>
    figures.blocked !== undefined
      ? [`Not measured: ${figures.blocked}`]
      : unlike(figures, {
          before: 'refused',
          after: 'trusted',
          otherName: 'refused',
          otherAddress: 'refused',
        }),
  control: () => run({ isTold: false }),
}

async function run({ isTold }: Size): Promise<Figures> {
  const certutil = Bun.which('certutil')
  if (certutil === null) return { blocked: 'certutil is not installed (libnss3-tools).' }
  const home = makeFolder()
  await using server = await startHttps({ flags: ['--https'] })
  const own = `https://localhost:${server.httpsPort}/join`
  const before = await look(home, own)
  const file = join(home, 'authority.pem')
  await Bun.write(file, await (await fetch(`${server.origin}/certificate/chatroom.pem`)).bytes())
  const database = join(home, '.pki', 'nssdb')
  const tell = [certutil, '-d', `sql:${database}`, '-A', '-n', 'chatroom', '-t', 'C,,', '-i', file]
  await Bun.$`mkdir -p ${database} && ${certutil} -d sql:${database} -N --empty-password`.quiet()
  if (isTold) await Bun.$`${tell}`.quiet()
  const figures = {
    before,
    after: await look(home, own),
    otherName: await lookAtOther(home, server.data, 'other.example.com'),
    otherAddress: await lookAtOther(home, server.data, '127.0.0.1', '192.0.2.7'),
  }
  removeFolder(home)
  return figures
}

/** What the browser says to another server with a certificate of the same authority. */
async function lookAtOther(home: string, data: string, ...names: string[]): Promise<string> {
  const authority = await loadPair(join(data, 'https', 'authority.pem'))
  if (authority === null) throw new Error('The server has no authority')
  const pair = await makeCertificate({ title: 'other', days: 9 }, names, authority.pair)
  const other = Bun.serve({ port: 0, tls: pair, fetch: () => new Response('fooled') })
  const said = await look(home, `https://${names[0]}:${other.port}/`)
  await other.stop(true)
  return said
}

/** Opens an address in a browser of its own, as trust is read once, when a browser starts. */
async function look(home: string, url: string): Promise<string> {
  const command = [process.execPath, '-e', program, await findBrowser(), url]
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home }
  const child = Bun.spawn(command, { env, stdout: 'pipe', stderr: 'ignore' })
  return (await new Response(child.stdout).text()).trim()
}

const program = `
  const [path, url] = process.argv.slice(-2)
  const argv = ['--no-sandbox', '--host-resolver-rules=MAP other.example.com 127.0.0.1']
  const view = new Bun.WebView({ backend: { type: 'chrome', path, argv } })
  const said = await view.navigate(url).then(() => 'trusted', String)
  console.log(/ERR_CERT/.test(said) ? 'refused' : said)
  view.close()
  process.exit()
`
