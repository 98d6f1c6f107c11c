/**
 * The statements of the store are written in the SQL of SQLite. What PostgreSQL knows by another
 * name is translated here; what it lacks are functions of our schema (migrations/0001-dialect.sql).
 */

/** A value of a statement; lists have a JSON text. */
type Value = string | number | boolean | Uint8Array | null

/** A statement for some types of values: the text that is sent, and which values go with it. */
type Variant = { text: string; keys: string[] }

type Prepared = { text: string; values: Exclude<Value, boolean | null>[] }

/**
 * Makes the function that completes a statement: given values by place, or one object with values
 * by name. PostgreSQL is told the type of each; null is written into the text, as it has no type.
 */
export function translate(sql: string): (given: readonly unknown[]) => Prepared {
  const pieces = translateText(sql).split(mark)
  const variants = new Map<string, Variant>()
  return (given) => {
    const valueOf = lookUp(given)
    const keys = [...new Set(pieces.filter((_, n) => n % 2 === 1))]
    const types = keys.map((key) => typeOf(valueOf(key)))
    const signature = types.join()
    const variant = variants.get(signature) ?? writeVariant(pieces, keys, types)
    variants.set(signature, variant)
    return { text: variant.text, values: variant.keys.map((key) => toSent(valueOf(key))) }
  }
}

/** Stands around the key of a parameter; no text of ours has it. */
const mark = '\0'

function lookUp(given: readonly unknown[]): (key: string) => Value {
  const [first] = given
  const named = isNamed(first) ? first : null
  return (key) => {
    const value = named === null ? given[Number(key) - 1] : named[key]
    if (!isValue(value)) throw new TypeError(`The statement lacks a value for ${key}.`)
    return value
  }
}

function isNamed(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
}

function isValue(value: unknown): value is Value {
  return value === null || value instanceof Uint8Array || simpleTypes.includes(typeof value)
}

const simpleTypes = ['string', 'number', 'boolean']

function typeOf(value: Value): string {
  if (value === null) return 'NULL'
  if (value instanceof Uint8Array) return 'bytea'
  if (typeof value === 'string') return 'text'
  return Number.isInteger(Number(value)) ? 'bigint' : 'float8'
}

function toSent(value: Value): Prepared['values'][number] {
  return typeof value === 'boolean' ? Number(value) : (value ?? '')
}

function writeVariant(pieces: string[], keys: string[], types: string[]): Variant {
  const sent = keys.filter((_, n) => types[n] !== 'NULL')
  const written = new Map(
    keys.map((key, n) => {
      const type = types[n] ?? 'NULL'
      return [key, type === 'NULL' ? type : `$${sent.indexOf(key) + 1}::${type}`]
    }),
  )
  const text = pieces.map((piece, n) => (n % 2 === 1 ? written.get(piece) : piece)).join('')
  return { text, keys: sent }
}

/** Comments, spaces, texts, quoted names, parameters, words and numbers, and any other sign. */
const tokens =
  /--[^\n]*|\s+|'(?:[^']|'')*'|"(?:[^"]|"")*"|\?\d*|\$[a-zA-Z]\w*|[a-zA-Z_]\w*|\d[\w.]*|./gs

/** Where the reader is in the tokens of a text, and the largest number of a `?` so far. */
type Reader = { tokens: string[]; at: number; last: number }

/** The text in PostgreSQL's words, with the keys of parameters between marks. */
export function translateText(sql: string): string {
  const read = sql.match(tokens) ?? []
  // What stands between two words is one space, so that the rules below need not look for more.
  const spaced = read.map((token) => (/^(--|\s)/.test(token) ? ' ' : token))
  const plain = spaced.filter((token, n) => token !== ' ' || spaced[n - 1] !== ' ')
  const reader: Reader = { tokens: plain, at: 0, last: 0 }
  return simplify(translateUntil(reader, []))
}

/** SQLite's hints, and what it has in place of something that PostgreSQL knows, too. */
function simplify(text: string): string {
  return text
    .replace(/ INDEXED BY \w+/g, '')
    .replaceAll('CROSS JOIN', 'JOIN')
    .replaceAll('LIMIT -1 ', '')
    .replace(/ IS NOT (?=\0)/g, ' IS DISTINCT FROM ')
    .replace(/ IS (?=\0)/g, ' IS NOT DISTINCT FROM ')
}

/** Up to a comma or a parenthesis of this level, which is not taken. */
function translateUntil(reader: Reader, ends: string[]): string {
  let text = ''
  while (reader.at < reader.tokens.length) {
    const token = reader.tokens[reader.at] ?? ''
    if (ends.includes(token)) return text
    reader.at += 1
    if (token === '(') text += `(${translateUntil(reader, [')'])}${take(reader)}`
    else text += translateToken(reader, token)
  }
  return text
}

function take(reader: Reader): string {
  reader.at += 1
  return reader.tokens[reader.at - 1] ?? ''
}

function translateToken(reader: Reader, token: string): string {
  if (token.startsWith('?')) return `${mark}${keyOf(reader, token)}${mark}`
  if (/^\$\w/.test(token)) return `${mark}${token.slice(1)}${mark}`
  if (token === 'INTEGER') return 'bigint'
  const call = reader.tokens[reader.at] === '(' ? calls[token] : undefined
  if (call !== undefined) return call(reader)
  // PostgreSQL writes small what is not quoted.
  return /^[a-z]\w*[A-Z]/.test(token) ? `"${token}"` : token
}

/** SQLite numbers a bare `?` after the largest number before it. */
function keyOf(reader: Reader, token: string): number {
  const key = token === '?' ? reader.last + 1 : Number(token.slice(1))
  reader.last = Math.max(reader.last, key)
  return key
}

/** What stands between the parentheses of a call, by commas. */
function takeArguments(reader: Reader): string[] {
  const all: string[] = []
  do {
    take(reader)
    all.push(translateUntil(reader, [',', ')']).trim())
  } while (reader.tokens[reader.at] === ',')
  take(reader)
  return all
}

const listOf = 'json_build_array'

const calls: Record<string, (reader: Reader) => string> = {
  iif(reader) {
    const [condition, yes, no] = takeArguments(reader)
    return `CASE WHEN ${condition} THEN ${yes} ELSE ${no} END`
  },
  json_array: (reader) => `${listOf}(${takeArguments(reader).join(', ')})::text`,
  json_group_array(reader) {
    const all = takeArguments(reader).join(', ')
    // A list in a list stays one; as a text it would be quoted.
    const items = all.startsWith(listOf) ? all.replace(/\)::text(?= ORDER BY|$)/, ')') : all
    return `coalesce(json_agg(${items})::text, '[]')`
  },
  group_concat: (reader) => `string_agg(${takeArguments(reader).join(', ')})`,
  char: (reader) => `chr(${takeArguments(reader).join(', ')})`,
}
