import { hostileTexts } from '../../hostile/texts'
import type { Chance } from './chance'

/** JSON as it is written, so that keys may come twice and numbers may be none. */
export type Json =
  | { kind: 'raw'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: Json[] }
  | { kind: 'object'; pairs: [key: string, value: Json][] }

/** Changes what a client would say: types, sizes, keys, numbers, nesting; rarely the signs. */
export function mutateJson(chance: Chance, texts: string[], isOften = true): string {
  const json = read(JSON.parse(chance.pick(texts)))
  const times = isOften ? chance.below(4) : 1
  for (let n = 0; n < times; n += 1) mutateOne(chance, json, texts)
  const text = write(json)
  return chance.percent(4) ? mutateSigns(chance, text) : text
}

/** Takes a value apart. */
export function read(value: unknown): Json {
  if (typeof value === 'string') return { kind: 'text', text: value }
  if (Array.isArray(value)) return { kind: 'list', items: value.map(read) }
  if (typeof value !== 'object' || value === null) return { kind: 'raw', text: String(value) }
  return { kind: 'object', pairs: Object.entries(value).map(([key, each]) => [key, read(each)]) }
}

/** Writes it down, right or wrong. */
export function write(json: Json): string {
  if (json.kind === 'raw') return json.text
  if (json.kind === 'text') return JSON.stringify(json.text)
  if (json.kind === 'list') return `[${json.items.map(write).join()}]`
  return `{${json.pairs.map(([key, each]) => `${JSON.stringify(key)}:${write(each)}`).join()}}`
}

const keys = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'toJSON', 'then', 'length'],
  ...['hasOwnProperty', 'type', 'room', 'seq', 'client_id', 'content', 'attachments', 'reply_to'],
  ...['written_in', 'emoji', 'active', 'epoch', 'rooms', 'state', 'author', 'id', '', '0', '-1'],
]

function mutateOne(chance: Chance, json: Json, texts: string[]): void {
  if (json.kind !== 'object' || json.pairs.length === 0) return
  const at = chance.below(json.pairs.length)
  const [key, value] = json.pairs[at] ?? ['', { kind: 'raw', text: 'null' }]
  switch (chance.below(12)) {
    case 0:
      return void json.pairs.splice(at, 1)
    case 1:
      return void json.pairs.push([chance.pick(keys), strange(chance, 0)])
    case 2:
      return void json.pairs.push([key, strange(chance, 0)])
    case 3:
      return void (json.pairs[at] = [chance.pick(keys), value])
    case 4:
      return void json.pairs.push(['__proto__', read(JSON.parse(chance.pick(texts)))])
    case 5:
      return void (json.pairs[at] = [key, { kind: 'list', items: [value, value] }])
    default:
      if (value.kind === 'object' && chance.percent(50)) return mutateOne(chance, value, texts)
      json.pairs[at] = [key, value.kind === 'text' ? alter(chance, value.text) : strange(chance, 0)]
  }
}

export const numbers = [
  ...['0', '-0', '-1', '1', '2', '3', '57', '1.5', '1e3', '1e308', '1e999', '-1e999', '0.1e-400'],
  ...['9007199254740991', '9007199254740993', '-9223372036854775808', '18446744073709551616'],
  ...['2147483648', '4294967296', '1'.repeat(400), '00', '+1', 'NaN', 'Infinity', '0x10', '1n'],
]
export const words = ['null', 'true', 'false', '{}', '[]', '""', '[[]]', '{"a":{}}', 'undefined']

function strange(chance: Chance, depth: number): Json {
  switch (chance.below(8)) {
    case 0:
    case 1:
      return { kind: 'raw', text: chance.pick(numbers) }
    case 2:
      return { kind: 'raw', text: chance.pick(words) }
    case 3:
      return { kind: 'text', text: strangeText(chance) }
    case 4:
      return nest(chance)
    case 5: {
      const length = chance.percent(95) ? chance.below(12) : chance.below(2_000)
      return { kind: 'list', items: Array.from({ length }, () => small(chance)) }
    }
    case 6: {
      if (depth > 3) return small(chance)
      const pairs = Array.from({ length: chance.below(5) }, (): [string, Json] => {
        return [chance.pick(keys), strange(chance, depth + 1)]
      })
      return { kind: 'object', pairs }
    }
    default:
      return small(chance)
  }
}

function small(chance: Chance): Json {
  return { kind: 'raw', text: String(chance.below(60)) }
}

function nest(chance: Chance): Json {
  const depth = chance.percent(90) ? 1 + chance.below(40) : chance.below(12_000)
  const [open, close] = chance.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ] as const)
  return { kind: 'raw', text: `${open.repeat(depth)}1${close.repeat(depth)}` }
}

const pieces = [
  ...['\0', '\ud800', '\udc00', '\ud83d', '\ufffe', '\u2028', '\u202e', '\u200b', '\ufeff', '\r\n'],
  ...[
    '\u0300\u0316',
    '👩‍👩‍👧',
    '🎉',
    '@all',
    '@Flo',
    '```',
    '**',
    '<b>',
    '"',
    '\\',
    '%00',
    '\u001b[31m',
  ],
]

/** A text that nobody types. */
export function strangeText(chance: Chance): string {
  if (chance.percent(60)) return chance.pick(hostileTexts).text
  const piece = chance.pick(pieces)
  const times = chance.percent(90) ? chance.below(20) : chance.below(9_000)
  return piece.repeat(Math.min(times, Math.floor(20_000 / piece.length)))
}

function alter(chance: Chance, text: string): Json {
  const at = chance.below(text.length + 1)
  const altered = [
    () => text.slice(0, at),
    () => text.slice(0, at) + chance.pick(pieces) + text.slice(at),
    () => `${text}-${chance.below(1e9)}`,
    () => text.repeat(1 + chance.below(80)),
    () => strangeText(chance),
    () => text.toUpperCase(),
  ]
  if (chance.percent(20)) return strange(chance, 0)
  return { kind: 'text', text: chance.pick(altered)() }
}

/** Mistakes of writing rather than of meaning. */
function mutateSigns(chance: Chance, text: string): string {
  const at = chance.below(text.length + 1)
  const mistakes = [
    () => text.slice(0, at),
    () => text.slice(at),
    () => text + text,
    () => text.slice(0, at) + chance.pick([...'{}[]",:\\0-eE.ntf /*']) + text.slice(at),
    () => `\ufeff${text}`,
    () => ' '.repeat(chance.below(30_000)) + text,
    () => text.replaceAll('"', "'"),
    () => `[${text}]`,
    () => chance.pick(['null', '[]', '42', '"x"', 'true', '', '{}', '{"type":', '[', '"']),
  ]
  return chance.pick(mistakes)()
}
