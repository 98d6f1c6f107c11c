import { expect, test } from 'bun:test'
import type { FaultTest } from './promise'

/** The promise as tests of the suite: it holds at its small size, and its instrument can fail. */
export function holds<Size>(promise: FaultTest<Size>): void {
  test(`${promise.id}: ${promise.says}`, async () => {
    const figures = await promise.run(promise.small)
    expect({ figures, broken: promise.broken(figures, promise.small) }).toEqual({
      figures,
      broken: [],
    })
  })
  if (promise.control === undefined) return
  test(`${promise.id}: the instrument sees a planted fault`, async () => {
    const figures = await promise.control?.()
    expect(figures).toBeDefined()
    if (figures !== undefined) expect(promise.broken(figures, promise.small)).not.toEqual([])
  })
}
