/** A link in a text: where it ends, its URL, and the text to show; null when it is too long. */
type Link = { end: number; url: string; shown: string } | { end: number; url: null }

const unitsMax = 2_000

/** Top-level domains that are neither file endings nor words, as in main.rs and obj.id. */
const endings =
  'com|org|net|edu|gov|info|io|eu|cn|tw|hk|jp|kr|uk|de|fr|nl|ch|it|es|pl|ru|at|se|br|' +
  'ca|au|nz|mx|be|dk|fi|cz|hu|ro|pt|ie|gr|ua|tr|za|sg'

/** These are names of files and programs, too: they need a path, or a host before the host. */
const wordEndings = 'dev|app'

const label = '[a-z0-9-]{1,63}\\.'

/**
 * A host without a scheme, or an e-mail address; bounded, so that no text makes it slow. An ending
 * in capitals is a name, as in ASP.NET, but for .COM and .ORG.
 */
const bare =
  `(?:[a-z0-9][a-z0-9._%+-]{0,63}@)?(?:(?:${label}){1,4}(?:${endings})(?![\\w-]|\\.\\w)|` +
  `(?:${label}){2,4}(?:${wordEndings})(?![\\w-]|\\.\\w)|${label}(?:${wordEndings})(?=[/:]\\w))`

const capitals = /\.(?!(?:com|org)$)(?-i:[A-Z])\w*$/i

/** Not within a longer word or address; after a Chinese word no space is needed. */
const apart = `(?<=^|[^\\p{L}\\p{N}@._%+/\\\\:-]|\\p{sc=Han})`

/** Where a link may begin: the source of a pattern with the flags `iu`. */
export const linkStart = `https?:\\/\\/|www\\.|mailto:|${apart}${bare}`

/** Chinese punctuation, brackets and invisible characters end an address. */
const sign = `[^\\s\\p{C}<>\`“”‘’…，。；：！？、（）【】《》〈〉「」『』〔〕［］｛｝｜｡､｢｣]`

const address = new RegExp(
  `(?:https?:\\/\\/|www\\.|mailto:)${sign}+|${apart}${bare}(?:[/?#:]${sign}*)?`,
  'iuy',
)

/**
 * Reads the link at a place of the text, or null. Only http, https and mailto are links; a URL with
 * a user name is none, as the user name can look like the host. `opened` are the signs of
 * formatting that were opened before: only these end an address.
 */
export function readLink(text: string, at: number, opened: string): Link | null {
  const previous = text[at - 1] ?? ' '
  if (/[\p{L}\p{N}@]/u.test(previous) && !/\p{sc=Han}/u.test(previous)) return null
  address.lastIndex = at
  const written = address.exec(text.slice(0, at + unitsMax + 1))?.[0] ?? ''
  if (written === '') return null
  // Its parts are no links either, so they need not be read.
  if (written.length > unitsMax) return { end: at + unitsMax / 2, url: null }
  const shown = trim(cutAuthority(written), closingSigns(text, at, opened))
  const url = safeUrl(shown)
  if (url === null) return null
  return { end: at + shown.length, url: url.href, shown: showHost(shown, url) }
}

/** A host ends before quotes and marks, which only paths may have. */
function cutAuthority(written: string): string {
  const authority = /^(?:https?:\/\/)?[^/?#\\]*/i.exec(written)?.[0] ?? ''
  if (authority.includes('@')) return written
  const host = /^(?:https?:\/\/)?[\p{L}\p{N}\p{M}.\-_:%[\]]*/iu.exec(authority)?.[0] ?? ''
  if (host.length < authority.length) return host
  return authority === written ? written.replace(/_+$/, '') : written
}

/** How far back an opening bracket or quote is looked for. */
const openedUnitsMax = 1_000

/** The signs that close what was opened before the address. */
function closingSigns(text: string, at: number, opened: string): string {
  const before = text.slice(Math.max(0, at - openedUnitsMax), at)
  const quotes = ['"', "'"].filter((quote) => {
    const last = before.lastIndexOf(quote)
    if (last === -1) return false
    const isAtWord = /[\p{L}\p{N}]/u.test(before[last - 1] ?? ' ')
    return !isAtWord && !/\s/.test(before[last + 1] ?? '-')
  })
  const brackets = ['()', '[]', '{}'].flatMap(([open = '', close = '']) =>
    before.lastIndexOf(open) > before.lastIndexOf(close) ? [close] : [],
  )
  return opened + quotes.join('') + brackets.join('')
}

/** The URL if a link may have it, else null. */
function safeUrl(text: string): URL | null {
  const host = /^[^/?#:@]*/.exec(text)?.[0] ?? ''
  if (!/^(?:https?:|mailto:|www\.|[^/?#]+@)/i.test(text) && capitals.test(host)) return null
  if (/^https?:\/\/[^\p{L}\p{N}[]/iu.test(text)) return null
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

const pairs: Record<string, string> = { ')': '(', ']': '[', '}': '{' }

/**
 * The address without what belongs to the sentence: punctuation at the end, brackets that were not
 * opened in it, and the signs that close what was opened before it.
 */
function trim(written: string, closing: string): string {
  const depths: Record<string, number> = {}
  let end = written.length
  for (let at = 0; at < written.length; at += 1) {
    const each = written[at] ?? ''
    const opening = pairs[each]
    if ('([{'.includes(each)) depths[each] = (depths[each] ?? 0) + 1
    const isUnbalanced = opening !== undefined && (depths[opening] ?? 0) === 0
    if (opening !== undefined && !isUnbalanced) depths[opening] = (depths[opening] ?? 0) - 1
    const isClosing = closing.includes(each) && (opening === undefined || isUnbalanced)
    // As in Devil's or some_name, a sign before a letter closes nothing.
    if (isClosing && (opening !== undefined || !/^[\p{L}\p{N}]/u.test(written.slice(at + 1)))) {
      end = at
      break
    }
  }
  return trimEnd(written.slice(0, end))
}

function trimEnd(written: string): string {
  let text = written.replace(trailing, '')
  for (let last = text.at(-1) ?? ''; pairs[last] !== undefined; last = text.at(-1) ?? '') {
    if (count(text, pairs[last] ?? '') >= count(text, last)) break
    text = text.slice(0, -1).replace(trailing, '')
  }
  return text
}

const trailing = /[.,;:!?]+$/u

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
