import type { ChatEvent } from '../shared/protocol'

/** Who receives a publication. It reaches open sockets only; the others catch up from the store. */
export type Audience = 'everyone' | { room: number } | { user: number }

/**
 * What is published to an audience, rendered at most once per subprotocol and only when somebody
 * is subscribed; an empty string is not sent.
 */
export type Publication = { html: () => string; json: () => string }

/**
 * Publishes. The `authors` of what a room is told get it before this returns; the others of a large
 * room get it a moment later, in the same order.
 */
export type Publish = (audience: Audience, publication: Publication, authors?: number[]) => void

/**
 * The revisions of a room that some changes took; `members`: the version of its members then, if it
 * is known and nothing else lies between.
 */
type Span = { room: number; from: number; to: number; members: number | null }

export function spanOf(room: number, changes: { revision: number }[], members?: number): Span {
  const revisions = changes.map(({ revision }) => revision)
  const [from, to] = [Math.min(...revisions), Math.max(...revisions)]
  const isWhole = to - from + 1 === changes.length
  return { room, from, to, members: isWhole ? (members ?? null) : null }
}

/** Publishes changes of a room. */
export type PublishChanges = (span: Span, publication: Publication, authors?: number[]) => void

/** An event that is sent the same way on both subprotocols. */
export function asPublication(event: ChatEvent): Publication {
  const json = (): string => JSON.stringify([event])
  return { html: json, json }
}

/** Gathers changes per room and user for some milliseconds, so that many become one publication. */
export function gatherByRoom<Change>(
  ms: number,
  publish: (room: number, changes: Map<number, Change>) => void,
) {
  const gathered = new Map<number, Map<number, Change>>()
  let timer: Timer | undefined
  const flush = (): void => {
    timer = undefined
    const rooms = [...gathered]
    gathered.clear()
    for (const [room, changes] of rooms) publish(room, changes)
  }
  return {
    /** The changes of this room, to be added to. */
    of(room: number): Map<number, Change> {
      const changes = gathered.get(room) ?? new Map<number, Change>()
      gathered.set(room, changes)
      timer ??= setTimeout(flush, ms)
      return changes
    },
    close: () => clearTimeout(timer),
  }
}
