import { once } from '../shared/once'

/**
 * The key under which an address is rate limited: an IPv4 address itself, for IPv6 its /64 network,
 * because one customer owns all addresses of it. Text that is no address is returned unchanged.
 */
export function networkOf(address: string): string {
  const mapped = /^(?:0*:)*:?ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!/^[0-9a-f:]+(%\w+)?$/i.test(address) || !address.includes(':')) return address
  const [before = '', after] = address.toLowerCase().replace(/%.*$/, '').split('::')
  const groups = groupsOf(before)
  const last = groupsOf(after ?? '')
  const zeros = Math.max(0, 8 - groups.length - last.length)
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...last]
  return `${all.slice(0, 4).join(':')}::/64`
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''))
}

export type Networks = { has: (address: string) => boolean }

/** This machine, and networks that are not part of the internet. */
export const privateNames = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
  ...['::1', 'fc00::/7', 'fe80::/10'],
]

export const privateNetworks = once(() => createNetworks(privateNames))

/** Networks like `10.0.0.0/8`, `fd00::/8` or single addresses. Throws for anything else. */
export function createNetworks(names: string[]): Networks {
  // Loaded on demand: most starts need it not.
  const { BlockList, isIP } = process.getBuiltinModule('node:net')
  const list = new BlockList()
  const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')
  for (const name of names) {
    const [, address = '', bits] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(name) ?? []
    const most = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
    const size = Number(bits ?? most)
    if (most === 0 || size > most) throw new Error(`“${name}” is no address or network`)
    list.addSubnet(address, size, familyOf(address))
  }
  return {
    has(text) {
      const address = text.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
      return isIP(address) !== 0 && list.check(address, familyOf(address))
    },
  }
}
