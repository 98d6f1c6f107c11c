import { networkInterfaces } from 'node:os'

/** What of the settings tells where a server is reached. */
type Place = { host: string; basePath: string; publicUrl: URL | null }

/** The URLs of a server on a port: localhost first, the best one to share last. */
export function urlsOf(
  { host, basePath, publicUrl }: Place,
  port: number,
  scheme: 'http:' | 'https:' = 'http:',
  cards: Cards = networkInterfaces(),
): string[] {
  const isEverywhere = host === '0.0.0.0' || host === '::'
  const hosts = isEverywhere ? ['localhost', ...networkAddresses(cards)] : [host]
  const urls = hosts.map((name) => `${scheme}//${name}:${port}${basePath}`)
  return publicUrl === null ? urls : [...urls, publicUrl.origin + basePath]
}

/**
 * The scheme and host under which other devices reach a server: those of the public URL, or of the
 * page that asks, unless only this machine knows them; then of an address in the network, if any.
 */
export function sharedOrigin(
  place: Place,
  port: number,
  asked: string,
  cards: Cards = networkInterfaces(),
): string {
  if (place.publicUrl !== null) return place.publicUrl.origin
  const { hostname, protocol } = new URL(asked)
  if (!isLoopback(hostname)) return asked
  const scheme = protocol === 'https:' ? protocol : 'http:'
  return new URL(urlsOf(place, port, scheme, cards).at(-1) ?? asked).origin
}

/** Whether only this machine reaches itself under a name. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || ownAddresses.test(name)
}

/** 127.0.0.0/8, ::1, both within IPv6, and the addresses that stand for all of a machine's own. */
const ownAddresses = /^(127\.|0\.0\.0\.0$|\[::1?\]$|\[::ffff:(7f[0-9a-f]{2}:|0:0\]$))/

type Cards = ReturnType<typeof networkInterfaces>

/** The last one is the one that other devices reach most likely. */
function networkAddresses(cards: Cards): string[] {
  return Object.entries(cards)
    .flatMap(([name, addresses = []]) => addresses.map((card) => ({ ...card, name })))
    .filter((card) => card.family === 'IPv4' && !card.internal)
    .toSorted((a, b) => reachOf(a) - reachOf(b))
    .map(({ address }) => address)
}

/** Cards of containers, virtual machines and private networks over the internet. */
const virtualCards = new RegExp(
  `^(docker|podman|lxc|lxd|cni|flannel|cali|br-|bridge\\d|veth|virbr|vmnet|vbox|hyper-v|wsl|` +
    `tun|tap|utun|wg|ppp|ipsec|tailscale|zt|nordlynx)`,
  'i',
)

/** The later, the more of the others can reach it; docker's own networks are within 172.16/12. */
const ranges = [
  /^169\.254\./,
  /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
]

function reachOf({ name, address }: { name: string; address: string }): number {
  const range = ranges.findIndex((one) => one.test(address))
  const isNear = /^(10|192\.168)\./.test(address)
  const place = range !== -1 ? range : isNear ? ranges.length + 1 : ranges.length
  return virtualCards.test(name) ? place - 10 : place
}
