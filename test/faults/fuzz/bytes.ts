import type { Chance } from './chance'
import { frameBytes } from './framing'

/** Flips, cuts, doubles and inserts: what no client does, and every network may. */
export function mutateBytes(chance: Chance, bytes: Uint8Array): Buffer {
  let mutated = Buffer.from(bytes)
  const times = 1 + chance.below(4)
  for (let n = 0; n < times; n += 1) {
    const at = chance.below(mutated.length + 1)
    const to = Math.min(mutated.length, at + chance.below(20))
    const [before, part, after] = [
      mutated.subarray(0, at),
      mutated.subarray(at, to),
      mutated.subarray(to),
    ]
    switch (chance.below(6)) {
      case 0:
        mutated = Buffer.concat([before, after])
        break
      case 1:
        mutated = Buffer.concat([before, part, part, after])
        break
      case 2:
        mutated = Buffer.concat([before, chance.bytes(chance.below(12)), part, after])
        break
      case 3:
        mutated = Buffer.from(before)
        break
      default:
        if (at < mutated.length) mutated[at] = (mutated[at] ?? 0) ^ (1 << chance.below(8))
    }
  }
  return mutated
}

/** A text as one frame, or as several with pings between them: both are right. */
export function spoken(chance: Chance, text: string): Buffer {
  const bytes = Buffer.from(text)
  if (!chance.percent(5) || bytes.length < 2) return frameBytes(bytes)
  const parts: Buffer[] = []
  const step = 1 + chance.below(bytes.length)
  for (let at = 0; at < bytes.length; at += step) {
    const isLast = at + step >= bytes.length
    const first = (at === 0 ? 1 : 0) | (isLast ? 0x80 : 0)
    parts.push(frameBytes(bytes.subarray(at, at + step), { first }))
    if (chance.percent(20)) parts.push(frameBytes(chance.bytes(chance.below(126)), { first: 0x89 }))
    if (parts.length > 200) break
  }
  return Buffer.concat(parts)
}

/** A frame that breaks the protocol, or nearly. */
export function brokenFrame(chance: Chance, text: string): Buffer {
  const bytes = Buffer.from(text)
  const claims = [0, 125, 126, 65_535, 65_536, 65_537, 2 ** 31, 2 ** 40]
  const broken = [
    () => mutateBytes(chance, frameBytes(bytes)),
    () => frameBytes(mutateBytes(chance, bytes)),
    () => frameBytes(bytes, { first: chance.below(256) }),
    () => frameBytes(bytes, { isMasked: false }),
    () => frameBytes(bytes, { claim: chance.pick(claims) }),
    () => frameBytes(chance.bytes(chance.below(200)), { first: 0x82 }),
    () => frameBytes(chance.bytes(chance.below(126)), { first: chance.pick([0x88, 0x89, 0x8a]) }),
    () => Buffer.from(chance.bytes(chance.below(300))),
    () => Buffer.concat([frameBytes(bytes, { first: 0x01 }), frameBytes(bytes)]),
  ]
  return chance.pick(broken)()
}
