import { expect, test } from 'bun:test'
import { promises } from './promises'

/** Every promise at its small size, which takes seconds; `bun run test:faults` has the full one. */
for (const { id, says, small, outOfSuite, run, broken, control } of promises) {
  if (outOfSuite !== undefined) continue

  test(`${id}: ${says}`, async () => {
    const figures = await run(small)
    expect({ figures, broken: broken(figures, small) }).toEqual({ figures, broken: [] })
  })

  test(`${id}: the instrument sees a planted fault`, async () => {
    expect(broken(await control(), small)).not.toEqual([])
  })
}
