import { expect, test } from 'bun:test'
import { promises } from './promises'

/**
 * Every promise at its small size, which takes seconds. `bun run test:faults --small` also plants a
 * fault for each and looks whether it is seen; `bun run test:faults` has the full size.
 */
const isInSuite = ({ outOfSuite }: (typeof promises)[number]): boolean => outOfSuite === undefined

/** Two at once: each waits for much of its time. */
const lanes = [Promise.resolve(), Promise.resolve()]

function inTurn(lane: number, work: () => Promise<void>): Promise<void> {
  const done = (lanes[lane] ?? Promise.resolve()).then(work)
  lanes[lane] = done.catch(() => {})
  return done
}

for (const [n, { id, says, small, run, broken }] of promises.filter(isInSuite).entries()) {
  test.concurrent(`${id}: ${says}`, () =>
    inTurn(n % lanes.length, async () => {
      const figures = await run(small)
      expect({ figures, broken: broken(figures, small) }).toEqual({ figures, broken: [] })
    }),
  )
}
