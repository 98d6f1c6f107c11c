import type { Audience } from '../chat/publication'

export type Subprotocol = 'html' | 'json'

/** The pub/sub address of an audience on one subprotocol. Bun takes topics literally. */
export function topicOf(audience: Audience, subprotocol: Subprotocol): string {
  if (audience === 'everyone') return `everyone/${subprotocol}`
  return 'room' in audience
    ? `room/${audience.room}/${subprotocol}`
    : `user/${audience.user}/${subprotocol}`
}

/** The subprotocol named by the client, `html` when it names none, null when we speak neither. */
export function chooseSubprotocol(offered: string | null): Subprotocol | null {
  if (offered === null) return 'html'
  const names = offered.split(',').map((name) => name.trim())
  if (names.includes('chatroom.html')) return 'html'
  return names.includes('chatroom.json') ? 'json' : null
}
