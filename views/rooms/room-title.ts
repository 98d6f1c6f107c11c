import type { Room } from '../../src/store/store'

/** A room's title for one member: `#general`, or the other person's name. */
export function roomTitle({ name, pair }: Room): string {
  return pair === null ? `#${name}` : pair[1].nickname
}
