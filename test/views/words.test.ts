import { fill, plural } from '../../src/shared/text'
import { expect, test } from 'bun:test'
import { en, zh } from '../../views/words'

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
  expect(fill('{name}: {text}', { name: '$&', text: "$' {name}" })).toBe("$&: $' {name}")
  expect(fill('{n} of {m}', { n: 0 })).toBe('0 of {m}')
})

test('one message is singular, none and many are plural', () => {
  const forms = en.live.newMessages
  expect(plural('en', 1, forms)).toBe('1 new message')
  expect(plural('en', 0, forms)).toBe('0 new messages')
  expect(plural('zh', 1, zh.live.newMessages)).toBe('1 条新消息')
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
