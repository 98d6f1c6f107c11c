export type Channel = 'hints' | 'presence' | 'typing'

/**
 * What the nodes of one server tell each other. A message may be lost; none comes back to its
 * sender.
 */
export type Bus = {
  /** This node, of those that run now. */
  node: string
  send: (channel: Channel, text: string) => void
  /** `onGap` is called when messages may have been lost: after each (re)connection. */
  subscribe: (
    channel: Channel,
    hear: (text: string, node: string) => void,
    onGap?: () => void,
  ) => void
  /** Whether messages arrive at present. */
  isUp: () => boolean
  close: () => Promise<void>
}
