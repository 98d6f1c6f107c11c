import { createNetworks, type Networks, privateNetworks } from '../../server/ip-network'
import { once } from '../../shared/once'

/** The addresses of push services have some 200 to 500 characters. */
const endpointUnitsMax = 1_000
const answerMsMax = 10_000

/** Networks that are not the internet, besides the private ones. */
const specialNetworks = once(() =>
  createNetworks([
    ...['0.0.0.0/8', '100.64.0.0/10', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24'],
    ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3', '255.255.255.255'],
  ]),
)

/** Only of this part of IPv6 are addresses given out; within it, those that wrap others are not. */
const globalV6 = once(() => createNetworks(['2000::/3']))
const wrappingV6 = once(() => createNetworks(['2001::/23', '2001:db8::/32', '2002::/16']))

/**
 * What the server may contact on behalf of somebody: a person names the address, so it must lead to
 * the internet, and never to a machine beside the server. Tests allow their own.
 */
export const destinationRules = {
  protocol: 'https:',
  isAllowed: isPublic,
}

/** Whether an address belongs to the internet. */
export function isPublic(address: string): boolean {
  const has = (networks: Networks): boolean => networks.has(address)
  if (has(privateNetworks()) || has(specialNetworks())) return false
  if (isIP(address) !== 6) return isIP(address) === 4
  return /^::ffff:\d+\./i.test(address) || (has(globalV6()) && !has(wrappingV6()))
}

/** The address that a browser names; null when the server must not contact it. */
export function parseEndpoint(text: string): URL | null {
  const url = text.length > endpointUnitsMax ? null : URL.parse(text)
  if (url === null || url.protocol !== destinationRules.protocol) return null
  if (url.username !== '' || url.password !== '' || url.hash !== '') return null
  const host = hostOf(url)
  const isAddress = isIP(host) !== 0
  return isAddress && !destinationRules.isAllowed(host) ? null : url
}

/** An IPv6 address stands in brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

/** Loaded on demand: most starts need it not. */
function isIP(address: string): number {
  return process.getBuiltinModule('node:net').isIP(address)
}

type Sent = { headers: Record<string, string>; body: Uint8Array<ArrayBuffer>; signal: AbortSignal }

/**
 * Posts to an address. The name is resolved here, and the connection goes to the address that was
 * looked at, so that a second answer of a name server leads nowhere else; no redirect is followed.
 * Null when it leads to a place that the server must not contact.
 */
export async function post(endpoint: URL, { headers, body, signal }: Sent) {
  const host = hostOf(endpoint)
  const { lookup } = process.getBuiltinModule('node:dns/promises')
  const found = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host }]
  const [first] = found
  if (first === undefined || !found.every(({ address }) => destinationRules.isAllowed(address)))
    return null
  const url = new URL(endpoint)
  url.hostname = isIP(first.address) === 6 ? `[${first.address}]` : first.address
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, Host: endpoint.host },
    body,
    redirect: 'manual',
    // A kept connection would be found by its address, whatever name it was made for.
    keepalive: false,
    tls: { serverName: host },
    signal: AbortSignal.any([signal, AbortSignal.timeout(answerMsMax)]),
  })
  void answer.body?.cancel().catch(() => {})
  return { status: answer.status, retryAfter: answer.headers.get('retry-after') }
}
