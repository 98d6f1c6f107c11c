import { expect, test } from 'bun:test'
import { tokensOf } from '../../../src/island/lazy/code'
import { chooseSeed, createRandom } from '../../helpers/random'

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
    const code = Array.from({ length: random(80) }, () => signs[random(signs.length)]).join('')
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

test('of a long code the beginning has colours', () => {
  const tokens = tokensOf('js', 'let a = 1\n'.repeat(800))
  expect(tokens.length).toBeGreaterThan(100)
  expect(tokens.at(-1)?.end).toBeLessThanOrEqual(4_000)
})
