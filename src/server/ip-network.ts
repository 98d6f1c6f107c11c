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
