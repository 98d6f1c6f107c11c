import { expect, test } from 'bun:test'
import { createProgress } from '../src/data-commands'

test('what takes long says now and then how far it is and what is left, and its end once', () => {
  const [megabyte, said, clock] = [1024 ** 2, [] as string[], { ms: 0 }]
  const tell = createProgress(
    (line) => said.push(line),
    () => clock.ms,
  )
  const steps: [ms: number, ...step: Parameters<typeof tell>][] = [
    [0, { of: 'bytes', done: 0, total: 3 * megabyte }],
    [1_999, { of: 'bytes', done: megabyte, total: 3 * megabyte }],
    [2_000, { of: 'bytes', done: megabyte, total: 3 * megabyte }],
    [3_000, { of: 'bytes', done: 3 * megabyte, total: 3 * megabyte }],
    [10_000, { of: 'rows', done: 0, total: 300 }],
    [70_000, { of: 'rows', done: 1, total: 300 }],
    [75_000, { of: 'rows', done: 150, total: 300 }],
    [80_000, { of: 'rows', done: 300, total: 300 }],
    [90_000, { of: 'rows', done: 300, total: 300 }],
  ]
  for (const [ms, step] of steps) {
    clock.ms = ms
    tell(step)
  }
  expect(said).toEqual([
    '1.0 of 3.0 MB of files (33 %), 4 s left',
    '3.0 of 3.0 MB of files (100 %)',
    '1 of 300 rows (0 %), 4 h 59 min left',
    '150 of 300 rows (50 %), 2 min left',
    '300 of 300 rows (100 %)',
  ])
})
