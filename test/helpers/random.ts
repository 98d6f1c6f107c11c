/** Gives whole numbers below `below` that look random; the same seed gives the same numbers. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** The seed of a test with generated inputs: `SEED` of the environment, or a new one. */
export function chooseSeed(): number {
  return Number(process.env.SEED ?? Date.now() % 1_000_000)
}
