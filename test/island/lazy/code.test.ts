import { expect, test } from 'bun:test'
import { slicesOf } from '../../../src/island/lazy/code'
import { chooseSeed, createRandom } from '../../helpers/random'

const tokensOf = (language: string, code: string) => [...slicesOf(language, code)].flat()

const languages = [
  ...['bash', 'c', 'c++', 'cs', 'css', 'diff', 'go', 'html', 'java', 'js', 'json', 'kt', 'php'],
  ...['py', 'python', 'rb', 'rs', 'sh', 'sql', 'swift', 'ts', 'tsx', 'TypeScript', 'yml'],
]

test('whatever is in a code, its coloured parts follow each other and are parts of it', () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const signs = [...'ab1 \n"\'`{}()<>/*#$\\=;:.-@字🎉', 'return ', 'def ', '${', '<?php ', '/* ']
  let count = 0
  for (let n = 0; n < 300; n += 1) {
    const code = Array.from(
      { length: random(n % 9 === 0 ? 2_500 : 80) },
      () => signs[random(signs.length)],
    ).join('')
    const language = languages[random(languages.length)] ?? ''
    const tokens = tokensOf(language, code)
    count += tokens.length
    let at = 0
    for (const { start, end } of tokens) {
      expect({ seed, language, code, isAfter: start >= at && end > start }).toEqual({
        ...{ seed, language, code, isAfter: true },
      })
      at = end
    }
    expect(at).toBeLessThanOrEqual(code.length)
  }
  expect(count).toBeGreaterThan(300)
})

test('every language that people name has colours, an unknown one has none', () => {
  const code = '// "x" 12\n/* y */\n# 3\n+ a: "b"\nreturn "x" < 1\n<b class="c">'
  expect(languages.filter((language) => tokensOf(language, code).length === 0)).toEqual([])
  for (const unknown of ['', 'nothing', 'constructor', '__proto__']) {
    expect(tokensOf(unknown, code)).toEqual([])
  }
})

test('a long code has the same colours everywhere as its parts have alone', () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const parts = [
    'function add(a, b) {\n  // adds "two" numbers\n  return a + 12\n}\n\n',
    'const text = `several\n\nlines of ${1 + 1}\ntext`\n\n',
    '/*\n * return "nothing"\n\nlet x = 1\n */\nlet y = /[/"]x/g\n\n',
    'class Box {\n  size = 3\n\n  grow() {\n    this.size += 1\n  }\n}\n\n',
  ]
  for (let n = 0; n < 10; n += 1) {
    const chosen = Array.from({ length: 120 }, () => parts[random(parts.length)] ?? '')
    let at = 0
    const alone = chosen.flatMap((part) => {
      const from = at
      at += part.length
      return tokensOf('js', part).map(({ group, start, end }) => {
        return { group, start: from + start, end: from + end }
      })
    })
    const code = chosen.join('')
    expect(code.length).toBeGreaterThan(6_000)
    expect({ seed, tokens: tokensOf('js', code) }).toEqual({ seed, tokens: alone })
    expect([...slicesOf('js', code)].length).toBeGreaterThan(3)
  }
})
