import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

type Row = { id: string; expected: string; tests: string[] }

const rows = readRows(readFileSync(join(import.meta.dir, 'inputs.md'), 'utf8'))

/** The identifiers of each group, as the list of inputs numbers them. */
const groups: Record<string, number[]> = {
  H: upTo(11),
  T: upTo(6),
  F: [...upTo(12), 15, 16, 17],
  M: [...upTo(16), 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30],
  N: [...upTo(14), 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27],
  R: [...upTo(6), 8, 9, 10, 11],
  U: upTo(21),
  S: [...upTo(6), 9, 10],
  E: upTo(8),
  C: upTo(16),
  Q: [...upTo(11), 14, 15, 16, 17, 18],
  I: upTo(7),
  D: upTo(8),
  X: upTo(9),
  K: upTo(7),
  V: upTo(11),
  L: upTo(5),
  B: upTo(9),
  G: upTo(5),
  W: upTo(6),
  Y: upTo(3),
}

test('every input of the list is on the page, once and in order', () => {
  const wanted = Object.entries(groups).flatMap(([group, all]) => all.map((n) => `${group}${n}`))
  expect(rows.map(({ id }) => id)).toEqual(wanted)
})

test('every input is tried by tests that exist, or cannot happen here', () => {
  const missing = rows.flatMap(({ id, expected, tests }) => {
    if (tests.length === 0) return expected.startsWith('There is no') ? [] : [`${id} is not tried`]
    return tests.filter((name) => !exists(name)).map((name) => `${id}: there is no test “${name}”`)
  })
  expect(missing).toEqual([])
})

test('a test that is named and does not exist is noticed', () => {
  expect(exists('hostile/clock: K1')).toBe(true)
  expect(exists('hostile/clock: K9')).toBe(false)
  expect(exists('hostile/sundial: K1')).toBe(false)
})

/** Lines like `| H1 | input | expected | file: title<br>file: title |`. */
function readRows(page: string): Row[] {
  return page.split('\n').flatMap((line) => {
    const [, id = '', , expected = '', tests = ''] = line.split(' | ').flatMap(cells)
    if (!/^[A-Z]\d+$/.test(id)) return []
    return [{ id, expected, tests: tests === '—' ? [] : tests.split('<br>') }]
  })
}

/** The first and the last cell of a line still hold its bars. */
function cells(text: string): string[] {
  if (text.startsWith('| ')) return ['', text.slice(2)]
  return [text.replace(/ \|$/, '')]
}

function exists(name: string): boolean {
  const [file = '', ...title] = name.split(': ')
  return ['.test.ts', '.test.tsx', '.ts'].some((ending) => {
    const path = join(import.meta.dir, '..', file + ending)
    return existsSync(path) && readFileSync(path, 'utf8').includes(title.join(': '))
  })
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, n) => n + 1)
}
