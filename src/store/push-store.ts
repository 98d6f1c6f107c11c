/**
 * Devices that are told of messages while no page is open. That their session has not ended, that
 * the person is in the room and wants to hear of it, is part of each statement.
 */
export type PushStore = {
  /** The keys with which this server signs, as text; made when first asked for. */
  keys(make: () => Promise<string>): Promise<string>
  /** The device of a session; its address is nobody else's any more. */
  subscribe(acting: Uint8Array, subscription: NewPushSubscription): Promise<boolean>
  end(acting: Uint8Array): Promise<void>
  /** Who wants to be told of messages after a place, each of the newest one. */
  wishes(room: number, after: number, upTo: number): Promise<PushWish[]>
  /** What is told, as it is now; null when nothing may be told any more. */
  notice(wish: { session: number; room: number; seq: number }): Promise<PushNotice | null>
  /** The push service does not know the address any more. */
  drop(endpoint: string): Promise<void>
}

/** How a device is reached through the push service of its browser. */
export type NewPushSubscription = {
  endpoint: string
  /** The browser's public key, as an uncompressed point, and a secret that it shares. */
  publicKey: Uint8Array
  secret: Uint8Array
  language: string
  /** Whether a notice has the text of the message. */
  showsText: boolean
  /** JSON: the ids of people whom the device has muted. */
  muted: string
}

/** A device that wants to be told of a message. */
export type PushWish = { session: number; user: number; endpoint: string; seq: number }

export type PushNotice = Omit<NewPushSubscription, 'muted' | 'showsText'> & {
  showsText: 0 | 1
  user: number
  isDirect: 0 | 1
  roomName: string
  sender: string
  content: string
  isCalled: 0 | 1
  /** JSON: [[room, messages meant for the person], …] of rooms with unread messages. */
  unread: string
}
