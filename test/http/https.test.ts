import { afterAll, beforeAll, expect, test } from 'bun:test'
import { X509Certificate } from 'node:crypto'
import { makeCertificate } from '../../src/https/x509'
import { type KeyPair } from '../../src/https/key-pair'
import { type Address, dial, openSocket, type Person, signIn } from '../helpers/client'
import { comeBack, makeCode } from '../helpers/devices'
import { cookiesAfter } from '../helpers/acts'
import { ownerLinkOf } from '../helpers/owners'
import { ask, type HttpsServer, startHttps, shownCertificate } from '../helpers/https'
import { makeFolder, removeFolder } from '../helpers/folders'
import { runServer } from '../helpers/server'
import { sendForm } from '../helpers/rooms'
import { waitUntil } from '../helpers/wait'

/** The people of these tests take any certificate. */
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'

/** One with a certificate of its own, under a base path. */
let own: HttpsServer
beforeAll(async () => {
  own = await startHttps({ flags: ['--https', '--base-path', '/chat/'] })
})
afterAll(() => own.dispose())

function addresses(): { plain: Address; secure: Address } {
  const at = (url: string): Address => ({ origin: `${new URL(url).origin}/chat` })
  return { plain: at(own.origin), secure: at(own.httpsOrigin) }
}

async function withFiles(
  run: (folder: {
    flags: string[]
    write: (pair: Partial<KeyPair>) => Promise<void>
  }) => Promise<void>,
): Promise<void> {
  const folder = makeFolder()
  const [cert, key] = [`${folder}/cert.pem`, `${folder}/key.pem`]
  const write = async (pair: Partial<KeyPair>): Promise<void> => {
    if (pair.cert !== undefined) await Bun.write(cert, pair.cert)
    if (pair.key !== undefined) await Bun.write(key, pair.key)
  }
  await write(await newPair('first'))
  await run({ flags: ['--tls-cert', cert, '--tls-key', key], write })
  removeFolder(folder)
}

function newPair(title: string, names = ['localhost', '127.0.0.1']): Promise<KeyPair> {
  return makeCertificate({ title, days: 30 }, names, null)
}

test('people talk with each other, one over HTTP and one over HTTPS', async () => {
  const { plain, secure } = addresses()
  const [ada, mei] = [await signIn(plain, 'Ada'), await signIn(secure, 'Mei')]
  expect([ada.cookie, mei.cookie].map((cookie) => /^__Host-/.test(cookie))).toEqual([false, true])
  const [first, second] = [await openSocket(plain, ada), await openSocket(secure, mei)]
  await first.post(1, 'a', 'over HTTP')
  await second.post(1, 'b', 'over HTTPS')
  for (const { until } of [first, second]) {
    for (const content of ['over HTTP', 'over HTTPS']) {
      await until((item) => item.type === 'message' && item.content === content, content)
    }
  }
  await Promise.all([first.close(), second.close()])
  // The same person in another scheme is another site to the server.
  const foreign = dial(secure, mei, { origin: new URL(plain.origin).origin })
  await new Promise((resolve) => (foreign.onerror = resolve))
})

test('who is signed in over HTTP goes on over HTTPS as the same person', async () => {
  const { plain, secure } = addresses()
  const ada = await signIn(plain, 'Bea')
  const headers = { Cookie: ada.cookie, 'Accept-Language': 'en' }
  const page = await (await ask(`${secure.origin}/rooms/1`, { headers })).text()
  expect(page).toContain('you are signed in as')
  expect(page).not.toContain('class="composer"')

  const cookies = await goOn(secure, headers)
  const moved = { nickname: 'Bea', cookie: cookies.find((one) => one.startsWith('__Host-')) ?? '' }
  expect(cookies.some((one) => one.startsWith(`${ada.cookie.split('=')[0]}=`))).toBe(true)
  expect(await isSignedIn(secure, moved)).toBe(true)
  expect(await isSignedIn(plain, ada)).toBe(false)
  // The token that the network could read brings nobody in any more.
  const again = await ask(`${secure.origin}/`, { headers })
  expect(await again.text()).not.toContain('you are signed in as')
  await expect(goOn(secure, headers)).rejects.toThrow('401')
})

test('who is banned over HTTP is banned over HTTPS, and the other way round', async () => {
  const { plain, secure } = addresses()
  const olga = await signIn(plain, 'Olga')
  const link = (await ownerLinkOf(own)).replace(/^.*(?=\/owner)/, '')
  expect((await sendForm(plain, olga, link)).status).toBe(303)
  for (const [from, to] of [
    [plain, secure],
    [secure, plain],
  ] as const) {
    const arrive = (at: Address, nickname: string, cookie = ''): Promise<Response> => {
      const headers = { Cookie: cookie, Origin: new URL(at.origin).origin }
      const body = new URLSearchParams({ nickname, avatar: 'letter' })
      return ask(`${at.origin}/session`, { method: 'POST', headers, body })
    }
    const cookie = cookiesAfter(await arrive(from, 'Mallory'))
    const socket = await openSocket(from, { nickname: 'Mallory', cookie })
    const user = String(socket.hello.user.id)
    await sendForm(plain, olga, '/admin/person/ban', { user })
    // Over plain HTTP a browser sends no cookie of HTTPS.
    const sent = cookie.split('; ').filter((pair) => to === secure || !/^__/.test(pair))
    const back = await arrive(to, 'Somebody else', sent.join('; '))
    expect([back.status, await back.text()]).toEqual([403, expect.stringContaining('banned')])
    await sendForm(plain, olga, '/admin/person/unban', { user })
    await sendForm(plain, olga, '/admin/person/rename', { user, name: `Free ${to.origin.length}` })
  }
})

test('no page of another site, and nobody over plain HTTP, goes on for somebody', async () => {
  const { plain, secure } = addresses()
  const ada = await signIn(plain, 'Cleo')
  const headers = { Cookie: ada.cookie }
  const foreign = { ...headers, Origin: 'https://elsewhere.example' }
  await expect(goOn(secure, foreign)).rejects.toThrow('403')
  await expect(goOn(plain, headers)).rejects.toThrow('401')
  expect(await isSignedIn(plain, ada)).toBe(true)
})

test('a log-out over HTTPS also ends what the same browser has over HTTP', async () => {
  const { plain, secure } = addresses()
  const dora = await signIn(plain, 'Dora')
  const back = await comeBack(secure, 'Dora', await makeCode(plain, dora))
  const both = { nickname: 'Dora', cookie: `${dora.cookie}; ${back.cookie}` }
  expect([await isSignedIn(plain, dora), await isSignedIn(secure, both)]).toEqual([true, true])
  await sendForm(secure, both, '/session/end', { others: '1' })
  expect([await isSignedIn(plain, dora), await isSignedIn(secure, both)]).toEqual([false, false])
})

async function goOn({ origin }: Address, headers: Record<string, string>): Promise<string[]> {
  const answer = await ask(`${origin}/session/continue`, {
    method: 'POST',
    headers: { Origin: new URL(origin).origin, ...headers },
    body: new URLSearchParams({ room: '1' }),
  })
  await answer.text()
  if (answer.status !== 303) throw new Error(`Going on was answered with ${answer.status}`)
  expect(answer.headers.get('location')).toBe('/chat/rooms/1')
  return answer.headers.getSetCookie().map((line) => line.replace(/;.*/, ''))
}

async function isSignedIn({ origin }: Address, { cookie }: Person): Promise<boolean> {
  const { status } = await ask(`${origin}/settings`, { headers: { Cookie: cookie } })
  return status === 200
}

test('a new certificate is used as soon as its files are there, and cuts nobody', async () => {
  await withFiles(async ({ flags, write }) => {
    await using server = await startHttps({ flags })
    const secure = { origin: server.httpsOrigin }
    const ada = await signIn(secure, 'Ada')
    const socket = await openSocket(secure, ada)
    // Who connects in the very moment of the change has to try again.
    const shown = () =>
      shownCertificate(server.httpsPort).then(
        ({ subject }) => subject.CN,
        () => '',
      )
    expect(await shown()).toBe('first')
    await write(await newPair('second'))
    await waitUntil(async () => (await shown()) === 'second', 'the new certificate')
    // A signal does not wait for the next look.
    await write(await newPair('third'))
    process.kill(server.pid, 'SIGHUP')
    await waitUntil(async () => (await shown()) === 'third', 'the certificate after SIGHUP')
    expect(await socket.post(1, 'a', 'still here')).toMatchObject({ type: 'accepted' })
    const mei = await openSocket(secure, await signIn(secure, 'Mei'))
    await mei.post(1, 'b', 'from a new connection')
    await socket.until((item) => item.type === 'message' && item.sender?.nickname === 'Mei', 'Mei')
    await Promise.all([socket.close(), mei.close()])
  })
})

test('a certificate that cannot be used is named in the log, and the old one stays', async () => {
  await withFiles(async ({ flags, write }) => {
    await using server = await startHttps({ flags })
    const first = (await shownCertificate(server.httpsPort)).serialNumber
    const other = await newPair('other')
    const expired = await makeCertificate({ title: 'old', days: -0.5 }, ['localhost'], null)
    const nonsense = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    const broken: [Partial<KeyPair>, reason: string][] = [
      [{ cert: other.cert }, 'another certificate'],
      [{ cert: '' }, 'missing, empty'],
      [
        { cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' },
        'no certificate',
      ],
      [expired, 'has expired'],
      [{ ...other, cert: `${other.cert}\n${nonsense}` }, 'no certificate'],
    ]
    for (const [pair, reason] of broken) {
      const said = server.log().length
      await write(pair)
      process.kill(server.pid, 'SIGHUP')
      const isSaid = (): boolean => server.log().slice(said).includes(reason)
      await waitUntil(isSaid, `${reason} in the log`)
      expect((await shownCertificate(server.httpsPort)).serialNumber).toBe(first)
    }
  })
})

test('an operator is told why there is no HTTPS, in one line', async () => {
  await withFiles(async ({ flags, write }) => {
    const port = ['--https-port', String(own.port)]
    const taken = await runServer({ flags: [...flags, ...port] })
    expect(taken.code).toBe(1)
    expect(taken.err).toMatch(/^Port \d+ is in use.* --https-port 3001\.\n$/)
    await write({ key: (await newPair('other')).key })
    const wrong = await runServer({ flags })
    expect(wrong.code).toBe(1)
    expect(wrong.err).toMatch(/^HTTPS cannot use .*cert\.pem .*key.*another certificate.*\.\n$/)
  })
})

test('the public name leads to HTTPS, where browsers stay; addresses have both', async () => {
  await withFiles(async ({ flags }) => {
    const url = 'https://chat.example.org'
    await using server = await startHttps({ flags: [...flags, '--public-url', url] })
    const at = (origin: string, host: string) =>
      ask(`${origin}/join?x=1`, { headers: { Host: host } })
    const led = await at(server.origin, 'chat.example.org')
    expect([led.status, led.headers.get('location')]).toEqual([302, `${url}/join?x=1`])
    const byName = await at(server.httpsOrigin, 'chat.example.org')
    expect(byName.headers.get('strict-transport-security')).toBe('max-age=2592000')
    // It would hold for all ports of the host, those of plain HTTP too.
    for (const origin of [server.origin, server.httpsOrigin]) {
      const { status, headers } = await at(origin, new URL(origin).host)
      expect([status, headers.get('strict-transport-security')]).toEqual([200, null])
    }
  })
})

test('of its own certificate a server tells no browser to insist on', async () => {
  const { secure } = addresses()
  const answer = await ask(`${secure.origin}/healthz`, { headers: { Host: 'localhost' } })
  expect([answer.status, answer.headers.get('strict-transport-security')]).toEqual([200, null])
})

test('a page over HTTP explains how a device takes the certificate', async () => {
  const { plain } = addresses()
  const read = async (ending = '') => {
    const answer = await fetch(`${plain.origin}/certificate${ending}`)
    return { type: answer.headers.get('content-type') ?? '', text: await answer.text() }
  }
  const page = await read()
  const authority = new X509Certificate((await read('/chatroom.pem')).text)
  const { raw } = await shownCertificate(own.httpsPort)
  expect(new X509Certificate(raw).verify(authority.publicKey)).toBe(true)
  expect(page.text).toContain(authority.fingerprint256.replaceAll(':', ' '))
  expect((await read('/chatroom.crt')).type).toBe('application/x-x509-ca-cert')
  const profile = await read('/chatroom.mobileconfig')
  expect(profile.type).toBe('application/x-apple-aspen-config')
  expect(profile.text).toContain('com.apple.security.root')
  for (const { text } of [page, profile, await read('/chatroom.pem')]) {
    expect(text).not.toContain('PRIVATE KEY')
  }
})

test('who gets HTTPS otherwise is not told of a certificate', async () => {
  await withFiles(async ({ flags }) => {
    await using server = await startHttps({ flags })
    for (const ending of ['', '/chatroom.pem']) {
      expect((await fetch(`${server.origin}/certificate${ending}`)).status).toBe(404)
    }
  })
})
