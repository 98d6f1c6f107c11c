/** A link in a text: where it ends, where it leads, and what stands there to be read. */
export type Link = { end: number; url: string; shown: string }

const unitsMax = 2_000

/** What an address is made of; signs of Chinese writing, quotes and what is invisible end it. */
const address =
  /(?:https?:\/\/|www\.|mailto:)[^\s\p{C}<>"'`“”‘’，。；：！？、（）【】《》「」『』]+/iuy

const trailing = /[.,;:!?*_~]+$/u

/**
 * Reads a link at a place, or null. Only http, https and mailto; an address that names a user
 * before its host shows one host and leads to another, so it is no link.
 */
export function readLink(content: string, at: number, end: number): Link | null {
  const previous = content[at - 1] ?? ' '
  if (/[\p{L}\p{N}@]/u.test(previous) && !/\p{sc=Han}/u.test(previous)) return null
  address.lastIndex = at
  const written = address.exec(content.slice(0, Math.min(end, at + unitsMax + 1)))?.[0] ?? ''
  if (written === '' || written.length > unitsMax) return null
  const shown = trim(written)
  const url = safeUrl(/^www\./i.test(shown) ? `https://${shown}` : shown)
  if (url === null) return null
  return { end: at + shown.length, url: url.href, shown: showHost(shown, url) }
}

/** The address when it leads somewhere a link may lead, else null. */
function safeUrl(text: string): URL | null {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') return null
  if (url.protocol === 'mailto:') return /^[^@\s]+@[^@\s]+$/.test(url.pathname) ? url : null
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
  return isWeb && url.hostname !== '' ? url : null
}

/** The end of a sentence is not the end of an address; a bracket is, when it was opened in it. */
function trim(written: string): string {
  let text = written.replace(trailing, '')
  while (/[)\]]$/.test(text)) {
    const [open, close] = text.endsWith(')') ? ['(', ')'] : ['[', ']']
    if (count(text, open) >= count(text, close)) break
    text = text.slice(0, -1).replace(trailing, '')
  }
  return text
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1
}

const eastAsian = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{ASCII}]+$/u

/** A host in letters that could be taken for others is shown as the machine spells it. */
function showHost(shown: string, url: URL): string {
  if (!url.hostname.includes('xn--')) return shown
  const match = /^(?<scheme>https?:\/\/)?(?<host>[^/?#:]+)/iu.exec(shown)
  const { scheme = '', host = '' } = match?.groups ?? {}
  if (eastAsian.test(host) && !/[a-z][^\x00-\x7f]|[^\x00-\x7f][a-z]/iu.test(host)) return shown
  return `${scheme}${url.hostname}${shown.slice(scheme.length + host.length)}`
}
