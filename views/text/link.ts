/** A link in a text: where it ends, its URL, and the text to show. */
type Link = { end: number; url: string; shown: string }

const unitsMax = 2_000

/** Common top-level domains that are neither file endings nor words, as in main.rs and it.no. */
const endings = 'com|org|net|edu|gov|info|io|dev|app|eu|cn|tw|hk|jp|kr|uk|de|fr|nl|ch'

/** A host without a scheme, or an e-mail address; bounded, so that no text makes it slow. */
const bare =
  `(?:[a-z0-9._%+-]{1,64}@)?(?:[a-z0-9-]{1,63}\\.){1,4}` + `(?:${endings})(?![\\w-]|\\.\\w)`

/** Not within a longer word or address; after a Chinese word no space is needed. */
const apart = `(?<=^|[^\\p{L}\\p{N}@._%+/\\\\:-]|\\p{sc=Han})`

/** Where a link may begin: the source of a pattern with the flags `iu`. */
export const linkStart = `https?:\\/\\/|www\\.|mailto:|${apart}${bare}`

/** Chinese punctuation, quotes and invisible characters end an address. */
const sign = `[^\\s\\p{C}<>"'\`“”‘’，。；：！？、（）【】《》「」『』]`

const address = new RegExp(
  `(?:https?:\\/\\/|www\\.|mailto:)${sign}+|${apart}${bare}(?:[/?#:]${sign}*)?`,
  'iuy',
)

const trailing = /[.,;:!?*_~]+$/u

/**
 * Reads the link at a place of the text, or null. Only http, https and mailto are links; a URL with
 * a user name is none, as the user name can look like the host.
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

/** The URL if a link may have it, else null. */
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

/** Removes punctuation of the sentence; a closing bracket stays if it was opened in the URL. */
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

/** A host in letters that could pass for others is shown in Punycode. */
function showHost(shown: string, url: URL): string {
  if (!url.hostname.includes('xn--')) return shown
  const match = /^(?<scheme>https?:\/\/)?(?<host>[^/?#:]+)/iu.exec(shown)
  const { scheme = '', host = '' } = match?.groups ?? {}
  if (eastAsian.test(host) && !/[a-z][^\x00-\x7f]|[^\x00-\x7f][a-z]/iu.test(host)) return shown
  return `${scheme}${url.hostname}${shown.slice(scheme.length + host.length)}`
}
