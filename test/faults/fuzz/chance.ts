/** A sequence of decisions that is the same for the same seed. */
export type Chance = {
  /** A whole number from 0 up to, and without, `below`. */
  below: (below: number) => number
  /** True so often out of a hundred times. */
  percent: (share: number) => boolean
  pick: <Value>(values: readonly Value[]) => Value
  bytes: (length: number) => Uint8Array
  shuffle: <Value>(values: Value[]) => Value[]
}

/** Mulberry32: small, fast, and good enough to be surprised by. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    percent: (share) => next() * 100 < share,
    pick(values) {
      const value = values[below(values.length)]
      if (value === undefined) throw new Error('There is nothing to pick from')
      return value
    },
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
    shuffle: (values) =>
      values
        .map((value) => ({ value, place: next() }))
        .sort((a, b) => a.place - b.place)
        .map(({ value }) => value),
  }
}
