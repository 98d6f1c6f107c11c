import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { documents, translations } from './documents'
import { arrows, circles, deadExports, deadFiles, fragments } from './imports'
import { fileLength, functionLength, lineLength } from './sizes'
import { droppedWork } from './dropped-work'
import type { Rule, Source } from './source'
import { fileNames, wordRules } from './words'

/** The rules of ARCHITECTURE.md. A finding says where it is, and what to do instead. */
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
    name: 'parts of the island do not know each other',
    rule: arrows,
    examples: [one('src/island/composer/a.ts', `import { b } from '../timeline/b'\n`)],
  },
  {
    name: 'ui knows no types of parts',
    rule: arrows,
    examples: [one('src/island/ui/a.ts', `import type { App } from '../app'\n`)],
  },
  {
    name: 'net knows no types of ui',
    rule: arrows,
    examples: [one('src/island/net/a.ts', `import type { Page } from '../ui/page'\n`)],
  },
  {
    name: 'no statement is made and not asked',
    rule: droppedWork,
    examples: [one('src/store/sql/a.ts', 'yield* insert.run(id)\nif (isNew) insert.run(id)\n')],
  },
  {
    name: 'no condition asks whether a statement, unasked, is null',
    rule: droppedWork,
    examples: [
      one('src/store/sql/a.ts', 'function* a() {\n  const may = isOpen.get(room) !== null\n'),
    ],
  },
  {
    name: 'no circles, types included',
    rule: circles,
    examples: [
      one('src/chat/a.ts', `import { b } from './b'\n`),
      one('src/chat/b.ts', `import type { A } from './a'\n`),
    ],
  },
  {
    name: 'every export is used',
    rule: deadExports,
    examples: [one('src/chat/a.ts', 'export const unused = 1\n')],
  },
  {
    name: 'no fragments',
    rule: fragments,
    examples: [
      one('src/chat/a.ts', 'export const one = 1\n'),
      one('src/chat/b.ts', `import { one } from './a'\n`),
    ],
  },
  {
    name: 'every language is translated',
    rule: translations,
    examples: [
      one('src/shared/languages.ts', `  en: { name: 'English' },\n  de: { name: 'Deutsch' },\n`),
      one('views/words/en.ts', ''),
    ],
  },
  {
    name: 'documentation names what exists',
    rule: documents,
    examples: [one('docs/a.md', 'See `src/chat/gone.ts`.')],
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

describe('the source', () => {
  for (const { name, rule } of rules) {
    test(name, () => expect(rule(sources)).toEqual([]))
  }

  test('released migrations are never edited', async () => {
    const migrations = sources.filter(({ path }) => path.endsWith('.sql'))
    const folders = Map.groupBy(migrations, ({ path }) => path.replace(/\/[^/]+$/, ''))
    expect([...folders.keys()].toSorted()).toEqual(
      ['postgres', 'sqlite'].map((engine) => `src/store/${engine}/migrations`),
    )
    for (const [folder, files] of folders) {
      const released = await Bun.file(join(root, folder, 'released.txt')).text()
      const lines = files.map(({ path, text }) => {
        const hash = new Bun.CryptoHasher('sha256').update(text).digest('hex')
        return `${hash}  ${path.split('/').at(-1)}`
      })
      expect(released.trim().split('\n').toSorted()).toEqual(lines.toSorted())
    }
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

describe('each rule', () => {
  for (const { name, rule, examples } of rules) {
    test(`sees when it is broken: ${name}`, () => expect(rule(examples)).not.toEqual([]))
  }
})

function one(path: string, text: string): Source {
  return { path, text }
}

/** Text files with their text, and other files by their names. */
async function readSources(): Promise<Source[]> {
  const found: Source[] = []
  for (const pattern of [
    ...folders.map((folder) => `${folder}/**/*`),
    '*.{json,toml,md}',
    'LICENSE',
  ]) {
    for await (const path of new Bun.Glob(pattern).scan({ cwd: root, dot: true })) {
      const isText = /\.(tsx?|css|sql|txt|svg|md|json|toml)$|run$/.test(path)
      found.push({ path, text: isText ? await Bun.file(join(root, path)).text() : '' })
    }
  }
  return found
}
