/** A link in a text: where it ends, where it leads, and what stands there to be read. */
export type Link = { end: number; url: string; shown: string }

const unitsMax = 2_000

/** Endings under which most addresses lie, and that are neither files nor words: main.rs, it.no. */
const endings = 'com|org|net|edu|gov|info|io|dev|app|eu|cn|tw|hk|jp|kr|uk|de|fr|nl|ch'

/** A host without a scheme, or an e-mail address: bounded, so that no text makes it slow. */
const bare =
  `(?:[a-z0-9._%+-]{1,64}@)?(?:[a-z0-9-]{1,63}\\.){1,4}` + `(?:${endings})(?![\\w-]|\\.\\w)`

/** What is no part of a longer word or address; after a Chinese word there is no space. */
const apart = `(?<=^|[^\\p{L}\\p{N}@._%+/\\\\:-]|\\p{sc=Han})`

/** Where a link may begin, as a source for a pattern with the flags `iu`. */
export const linkStart = `https?:\\/\\/|www\\.|mailto:|${apart}${bare}`

/** Signs of Chinese writing, quotes and what is invisible end an address. */
const sign = `[^\\s\\p{C}<>"'\`“”‘’，。；：！？、（）【】《》「」『』]`

const address = new RegExp(
  `(?:https?:\\/\\/|www\\.|mailto:)${sign}+|${apart}${bare}(?:[/?#:]${sign}*)?`,
  'iuy',
)

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
  const url = safeUrl(shown)
  if (url === null) return null
  return { end: at + shown.length, url: url.href, shown: showHost(shown, url) }
}

/** The address when it leads somewhere a link may lead, else null. */
function safeUrl(text: string): URL | null {
  const url = URL.parse(withScheme(text))
  if (url === null || url.username !== '' || url.password !== '') return null
  if (url.protocol === 'mailto:') return /^[^@\s]+@[^@\s]+$/.test(url.pathname) ? url : null
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
  return isWeb && url.hostname !== '' ? url : null
}

function withScheme(text: string): string {
  if (/^(?:https?:|mailto:)/i.test(text)) return text
  return /^[^/?#]+@/.test(text) ? `mailto:${text}` : `https://${text}`
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
