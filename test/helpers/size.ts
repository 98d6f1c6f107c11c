import { chooseSeed, createRandom } from './random'

/**
 * Whether everything is tried (`bun run test:full`). The suite tries a part of what exists in many
 * combinations: looks of a page, what happens between the two halves of a request.
 */
export const isFull = process.env.CHATROOM_TEST_FULL === 'on'

const random = createRandom(chooseSeed())

/** All in the full size; else so many of them, in their order, others each time (`SEED`). */
export function someOf<Value>(all: readonly Value[], count: number): Value[] {
  if (isFull) return [...all]
  const chosen = new Set<number>()
  while (chosen.size < Math.min(count, all.length)) chosen.add(random(all.length))
  return all.filter((_, n) => chosen.has(n))
}

/** How many random inputs are tried: a third in the suite. */
export function times(count: number): number {
  return isFull ? count : Math.ceil(count / 3)
}
