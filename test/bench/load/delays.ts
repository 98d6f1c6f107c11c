/** Counts delays in microseconds, exact to one part in 32. */
export function createDelays() {
  const counts = new Uint32Array(64 * steps)
  let total = 0
  return {
    clear(): void {
      counts.fill(0)
      total = 0
    },
    add(micros: number): void {
      total += 1
      const at = placeOf(Math.max(0, Math.round(micros)))
      counts[at] = (counts[at] ?? 0) + 1
    },
    /** The delay that a part of all did not exceed, in milliseconds. */
    quantileMs(part: number): number {
      let left = Math.ceil(total * part)
      const place = counts.findIndex((count) => (left -= count) <= 0)
      return place === -1 ? 0 : valueOf(place) / 1_000
    },
  }
}

const steps = 32

function placeOf(micros: number): number {
  if (micros < steps) return micros
  const shift = 31 - Math.clz32(micros) - 5
  return (shift + 1) * steps + ((micros >> shift) - steps)
}

function valueOf(place: number): number {
  if (place < steps) return place
  const shift = Math.floor(place / steps) - 1
  return ((place % steps) + steps + 1) << shift
}
