import { networkInterfaces } from 'node:os'

/** What of the settings tells where a server is reached. */
type Place = { host: string; basePath: string; publicUrl: URL | null }

/** The URLs of a server on a port: localhost first, the best one to share last. */
export function urlsOf(
  { host, basePath, publicUrl }: Place,
  port: number,
  scheme: 'http:' | 'https:' = 'http:',
): string[] {
  const isEverywhere = host === '0.0.0.0' || host === '::'
  const hosts = isEverywhere ? ['localhost', ...networkAddresses()] : [host]
  const urls = hosts.map((name) => `${scheme}//${name}:${port}${basePath}`)
  return publicUrl === null ? urls : [...urls, publicUrl.origin + basePath]
}

/**
 * The scheme and host under which other devices reach a server: those of the public URL, or of the
 * page that asks, unless only this machine knows them; then of an address in the network, if any.
 */
export function sharedOrigin(place: Place, port: number, asked: string): string {
  if (place.publicUrl !== null) return place.publicUrl.origin
  const { hostname, protocol } = new URL(asked)
  if (!isLoopback(hostname)) return asked
  const scheme = protocol === 'https:' ? protocol : 'http:'
  return new URL(urlsOf(place, port, scheme).at(-1) ?? asked).origin
}

/** Whether only this machine reaches itself under a name. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || ownAddresses.test(name)
}

/** 127.0.0.0/8, ::1, both within IPv6, and the addresses that stand for all of a machine's own. */
const ownAddresses = /^(127\.|0\.0\.0\.0$|\[::1?\]$|\[::ffff:(7f[0-9a-f]{2}:|0:0\]$))/

function networkAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((cards) => cards ?? [])
    .filter((card) => card.family === 'IPv4' && !card.internal)
    .map((card) => card.address)
}
