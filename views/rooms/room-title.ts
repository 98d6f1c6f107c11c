import type { Room } from '../../src/store/store'

/** What a room is called for one of its members: #general, or the other person's name. */
export function roomTitle({ name, pair }: Room): string {
  return pair === null ? `#${name}` : pair[1].nickname
}
