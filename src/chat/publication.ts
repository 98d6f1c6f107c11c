import type { ChatEvent } from '../shared/protocol'

/** Who receives a publication. It reaches open sockets only; the others catch up from the store. */
export type Audience = 'everyone' | { room: number } | { user: number }

/**
 * What is published to an audience, rendered at most once per subprotocol and only when somebody
 * is subscribed; an empty string is not sent.
 */
export type Publication = { html: () => string; json: () => string }

export type Publish = (audience: Audience, publication: Publication) => void

/** An event that is sent the same way on both subprotocols. */
export function asPublication(event: ChatEvent): Publication {
  const json = (): string => JSON.stringify([event])
  return { html: json, json }
}
