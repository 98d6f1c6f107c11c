import { fill, plural, splitNames } from '../../src/shared/text'
import { expect, test } from 'bun:test'
import { en, zh } from '../../views/words'
import { Filled } from '../../views/words/filled'
import { chooseSeed, createRandom } from '../helpers/random'

const english = new Map(sentences(en))
const chinese = new Map(sentences(zh))

test('every word exists in both languages', () => {
  expect([...chinese.keys()]).toEqual([...english.keys()])
  for (const sentence of [...english.values(), ...chinese.values()]) {
    expect(sentence.trim()).not.toBe('')
  }
})

test('both languages have the same placeholders', () => {
  for (const [key, sentence] of english) {
    expect([key, holes(chinese.get(key) ?? '')]).toEqual([key, holes(sentence)])
  }
})

test('Chinese sentences have Chinese punctuation', () => {
  for (const sentence of chinese.values()) expect(sentence).not.toMatch(/\p{Script=Han}[,:;?!]/u)
})

test('values are put into a sentence literally', () => {
  const filled = fill('{name}: {text}', { name: '$&', text: "$' {name}" })
  expect(splitNames(filled)).toEqual(['', '$&', ": $' {name}"])
  expect(fill('{n} of {m}', { n: 0 })).toBe('0 of {m}')
})

/** Holes that no person fills; a new one is added here, or is a name (`named` in text.ts). */
const unnamed = [
  ...['n', 's', 'all', 'at', 'upTo', 'size', 'limit', 'time', 'first', 'last', 'zone', 'version'],
  ...['added', 'seen', 'made', 'kind', 'device', 'browser', 'system', 'code', 'server', 'url'],
  ...['emoji', 'tone', 'reference', 'text', 'filter', 'flag', 'day', 'number'],
  // A part of a name in text, as "Mei (left)", and the name of a file.
  'nickname',
  // Of lines between the messages, whose names are elements (system-lines.ts).
  ...['people', 'by', 'who', 'from', 'to'],
  // A time in our words.
  'span',
]

test('no name can be read as a word of any sentence', () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const all = [...english, ...chinese]
  const hostile = [
    '3 人',
    'Bob and Ann',
    'مريم',
    '\u202eevil',
    'a\u2069 is typing…',
    '{n}',
    '<b>',
    '$&',
  ]
  for (const [key, sentence] of all) {
    const [, other = ''] = all[random(all.length)] ?? []
    const names = [hostile[random(hostile.length)] ?? '', other || 'x']
    const values: Record<string, string> = {}
    for (const hole of holes(sentence)) {
      const name = hole.slice(1, -1)
      const isName = ['name', 'other', 'room'].includes(name)
      expect({ key, hole, isDecided: isName || unnamed.includes(name) }).toEqual({
        ...{ key, hole, isDecided: true },
      })
      if (isName) values[name] = names[Object.keys(values).length % 2] ?? ''
    }
    const shown = String(Filled({ text: fill(sentence, values) }))
    const words = shown.replaceAll(/<b><bdi>.*?<\/bdi><\/b>/gs, '\0')
    const wanted = sentence.replaceAll(/\{(name|other|room)\}/g, '\0')
    expect({ seed, key, words }).toEqual({ seed, key, words: String(<>{wanted}</>) })
    expect({ seed, key, shown }).not.toEqual({ shown: expect.stringMatching(/[\u2066-\u2069]/) })
  }
})

test('of anything, one is singular, none and many are plural', () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  expect(plural('en', 1, en.live.newMessages)).toBe('1 new message')
  expect(plural('en', 0, en.live.newMessages)).toBe('0 new messages')
  expect(plural('zh', 1, zh.live.newMessages)).toBe('1 条新消息')
  for (const [key, other] of english) {
    const one = key.endsWith('.other') ? english.get(key.replace(/other$/, 'one')) : undefined
    if (one === undefined) continue
    for (const n of [0, 1, 2, random(30), 1 + 10 * random(200), random(100_000)]) {
      const said = plural('en', n, { one, other })
      const wanted = fill(n === 1 ? one : other, { n: n.toLocaleString('en') })
      expect({ seed, key, n, said }).toEqual({ seed, key, n, said: wanted })
    }
  }
})

test('no sentence has the sign that stands for quotes in pages', () => {
  for (const words of [en, zh]) expect(JSON.stringify(words.live)).not.toContain('`')
})

test('every counted thing has a singular in English', () => {
  const counted = /\{n\} (?:\w+ )?(?!was\b)(?:\w+s|people)\b/
  // These are said of several only.
  const several = ['search.foundMore', 'media.live.tooMany', 'live.typingMany']
  const wrong = [...english].filter(([key, sentence]) => {
    if (!counted.test(sentence) || several.includes(key)) return false
    return !key.endsWith('.other') || english.get(key.replace(/other$/, 'one')) === sentence
  })
  expect(wrong).toEqual([])
})

function sentences(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : sentences(value, `${path}${key}.`),
  )
}

function holes(sentence: string): string[] {
  return [...sentence.matchAll(/\{\w+\}/g)].map(([hole]) => hole).toSorted()
}
