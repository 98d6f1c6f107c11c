import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { arrows, deadFiles } from './arrows'
import { fileLength, functionLength, lineLength } from './sizes'
import type { Rule, Source } from './source'
import { fileNames, wordRules } from './words'

/** The house keeps itself tidy. A finding says where, and what to do instead. */
const root = join(import.meta.dir, '..', '..')
const folders = ['src', 'views', 'static', 'scripts', 'test', 'docs', '.ci']
const sources = await readSources()

const long = (count: number, line: string): string => `${line}\n`.repeat(count)

const rules: { name: string; rule: Rule; examples: Source[] }[] = [
  { name: 'files are short', rule: fileLength, examples: [one('src/a.ts', long(401, 'x'))] },
  {
    name: 'functions are short',
    rule: functionLength,
    examples: [one('src/a.ts', `export function a(): void {\n${long(60, '  b()')}}\n`)],
  },
  { name: 'lines are short', rule: lineLength, examples: [one('src/a.ts', 'x'.repeat(101))] },
  {
    name: 'arrows point inwards',
    rule: arrows,
    examples: [one('src/chat/a.ts', `import { b } from '../http/b'\n`)],
  },
  {
    name: 'every file is used',
    rule: deadFiles,
    examples: [one('src/main.ts', ''), one('src/chat/a.ts', '')],
  },
  { name: 'file names are words', rule: fileNames, examples: [one('src/chat/utils.ts', '')] },
  ...wordRules.map(({ name, rule, example: [path, line] }) => ({
    name,
    rule,
    examples: [one(path, line)],
  })),
]

describe('the house', () => {
  for (const { name, rule } of rules) {
    test(name, () => expect(rule(sources)).toEqual([]))
  }

  test('released migrations are never edited', async () => {
    const folder = join(root, 'src/store/sqlite/migrations')
    const released = await Bun.file(join(folder, 'released.txt')).text()
    const migrations = sources.filter(({ path }) => path.endsWith('.sql'))
    expect(migrations.length).toBeGreaterThan(0)
    for (const { path, text } of migrations) {
      const hash = new Bun.CryptoHasher('sha256').update(text).digest('hex')
      expect(released).toContain(`${hash}  ${path.split('/').at(-1)}`)
    }
    expect(released.trim().split('\n').length).toBe(migrations.length)
  })

  test('it speaks of the project alone', () => {
    // Put together here, so that the list does not find itself.
    const strange = [
      'clau' + 'de',
      'anthro' + 'pic',
      'open' + 'ai',
      '/wo' + 'rk/',
      'registry.npm' + 'js',
    ]
    const found = sources.flatMap(({ path, text }) =>
      strange.filter((word) => text.toLowerCase().includes(word)).map((word) => `${path}: ${word}`),
    )
    expect(found).toEqual([])
  })
})

describe('each rule of the house', () => {
  for (const { name, rule, examples } of rules) {
    test(`sees when it is broken: ${name}`, () => expect(rule(examples)).not.toEqual([]))
  }
})

function one(path: string, text: string): Source {
  return { path, text }
}

async function readSources(): Promise<Source[]> {
  const paths = folders.map((folder) => `${folder}/**/*.{ts,tsx,css,sql,txt,svg}`)
  const found: Source[] = []
  for (const pattern of [...paths, '*.{json,toml,md}', '.ci/run']) {
    for await (const path of new Bun.Glob(pattern).scan({ cwd: root, dot: true })) {
      found.push({ path, text: await Bun.file(join(root, path)).text() })
    }
  }
  return found
}
