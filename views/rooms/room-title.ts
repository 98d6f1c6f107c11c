import type { Room } from '../../src/store/store'

/** A room's title for one member: `#general`, or the names of the other people. */
export function roomTitle({ kind, name, pair }: Pick<Room, 'kind' | 'name' | 'pair'>): string {
  return kind === 'direct' ? (pair?.[1].nickname ?? name) : `#${name}`
}
