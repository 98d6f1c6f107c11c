import { expect, test } from 'bun:test'
import { addressOf } from '../../src/http/middleware/guards'
import { createNetworks, privateNetworks } from '../../src/server/ip-network'
import { type RunningServer, startServer } from '../helpers/server'

const forwarded = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https' }

/** The cookies and the HSTS header of a sign-in that seems to come over HTTPS. */
async function join({ origin }: RunningServer, headers: Record<string, string> = forwarded) {
  const isSecure = headers['X-Forwarded-Proto'] === 'https'
  const answer = await fetch(`${origin}/session`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...headers, Origin: isSecure ? origin.replace('http:', 'https:') : origin },
    body: new URLSearchParams({ nickname: 'Ada', avatar: 'letter' }),
  })
  await answer.text()
  const cookies = answer.headers.getSetCookie().join('\n')
  const hsts = answer.headers.get('strict-transport-security')
  return { status: answer.status, isSecure: cookies.includes('; Secure'), hsts }
}

test('C7: the headers of a peer that is no trusted proxy change nothing', async () => {
  for (const flags of [[], ['--trust-proxy', '192.0.2.7'], ['--trust-proxy=10.0.0.0/8']]) {
    await using server = await startServer({ flags })
    // Its own page has another origin than it says.
    expect(await join(server)).toEqual({ status: 403, isSecure: false, hsts: null })
    const plain = await join(server, { 'X-Forwarded-For': '203.0.113.9' })
    expect(plain).toEqual({ status: 303, isSecure: false, hsts: null })
  }
})

test('behind a trusted proxy with HTTPS, and only then, browsers keep to HTTPS', async () => {
  for (const flags of [['--trust-proxy'], ['--trust-proxy', '127.0.0.1,::1']]) {
    await using server = await startServer({ flags })
    const secure = { status: 303, isSecure: true, hsts: 'max-age=2592000' }
    expect(await join(server)).toEqual(secure)
    const asset = await fetch(`${server.origin}/healthz`, { headers: forwarded })
    expect(asset.headers.get('strict-transport-security')).toBe('max-age=2592000')
    const http = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'http' }
    const plain = await fetch(`${server.origin}/healthz`, { headers: http })
    expect(plain.headers.get('strict-transport-security')).toBeNull()
  }
})

test('a public address with HTTPS alone is no word of a proxy', async () => {
  await using server = await startServer({ flags: ['--public-url', 'https://chat.example.org'] })
  const answer = await fetch(`${server.origin}/healthz`, { headers: { Host: 'chat.example.org' } })
  expect(answer.headers.get('strict-transport-security')).toBeNull()
})

test('rate limits count the address that a trusted proxy saw, else the peer', () => {
  const seen = (peer: string, trustProxy = privateNetworks()): string => {
    const headers = { 'X-Forwarded-For': '198.51.100.1, 203.0.113.9' }
    const server = { requestIP: () => ({ address: peer, family: 'IPv4' as const, port: 1 }) }
    return addressOf(new Request('http://x/', { headers }), server, { trustProxy })
  }
  for (const proxy of ['127.0.0.1', '10.1.2.3', '::ffff:192.168.1.1', 'fd00::1', '::1']) {
    expect({ proxy, seen: seen(proxy) }).toEqual({ proxy, seen: '203.0.113.9' })
  }
  expect(seen('192.0.2.7')).toBe('192.0.2.7')
  expect(seen('2001:db8:0:1::5')).toBe('2001:db8:0:1::/64')
  expect(seen('192.0.2.7', createNetworks(['192.0.2.0/24']))).toBe('203.0.113.9')
  expect(seen('10.1.2.3', createNetworks(['192.0.2.0/24']))).toBe('10.1.2.3')
})
