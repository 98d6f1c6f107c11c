import { expect, test } from 'bun:test'
import { promises } from './promises'

/**
 * Every promise at its small size, which takes seconds. `bun run test:faults --small` also plants a
 * fault for each and looks whether it is seen; `bun run test:faults` has the full size.
 */
for (const { id, says, small, outOfSuite, run, broken } of promises) {
  if (outOfSuite !== undefined) continue

  test(`${id}: ${says}`, async () => {
    const figures = await run(small)
    expect({ figures, broken: broken(figures, small) }).toEqual({ figures, broken: [] })
  })
}
