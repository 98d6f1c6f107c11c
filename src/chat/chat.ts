import type { Language } from '../shared/languages'
import type { Config } from '../config'
import type { Log } from '../server/log'
import type { Paths } from '../shared/paths'
import type { ChatEvent } from '../shared/protocol'
import type { FileStore } from '../store/files'
import type { Message, ServerRole, Store, User } from '../store/store'
import type { Presence } from './people/presence'
import type { Publish, PublishChanges } from './publication'

/** The person, browser, address and language behind a request or a socket. */
export type Visitor = {
  user: User
  /** On the server, when the session was looked up. */
  role: ServerRole
  /** Hash of the session's token, in hexadecimal: names the browser without being its key. */
  session: string
  address: string
  language: Language
}

/** Tells devices of messages through the push services of their browsers. */
export type Push = {
  /** What a browser needs to subscribe. */
  publicKey: () => Promise<string>
  /** Messages were posted. */
  tell: (room: number, messages: Pick<Message, 'seq'>[]) => void
  close: () => Promise<void>
}

/** The other nodes of the server. */
export type Nodes = {
  /**
   * Who is in a room has changed: what follows is published where it stands among the messages,
   * on each node.
   */
  look: (room: number) => void
  /** A read marker was moved. */
  moved: (userId: number, room: number) => void
  /** A socket of a person opened: subscribes it to their rooms as they are now. */
  enter: (userId: number) => Promise<void>
  /** Whether this node does a job now, which one node does at a time. */
  does: (job: string) => Promise<boolean>
}

/** Whether this process does a job now: alone it does all, of several nodes one at a time. */
export async function isOurs({ nodes }: Pick<Chat, 'nodes'>, job: string): Promise<boolean> {
  return nodes === null || nodes.does(job)
}

/** The dependencies of every operation in src/chat. */
export type Chat = {
  config: Config
  paths: Paths
  store: Store
  files: FileStore
  /** Throws `storage_full` when only the reserve of disk space is left. */
  requireSpace: () => void
  presence: Presence
  /** Identifies the build of scripts and styles that pages refer to. */
  build: string
  log: Log
  /** Wall clock in milliseconds; for display only, as messages are ordered by revision. */
  now: () => number
  publish: Publish
  /** Publishes what took revisions of a room, in their order; what has none goes by `publish`. */
  publishChanges: PublishChanges
  /** What keeps this node in step with the others; null where one process is the whole server. */
  nodes: Nodes | null
  /** Tells devices without an open page; null unless the operator has switched it on. */
  push: Push | null
  /** Sends to the sockets of a room that have no bytes waiting; for events that may be missed. */
  publishIfIdle: (room: number, text: string) => void
  subscribeUser: (userId: number, room: number) => void
  unsubscribeUser: (userId: number, room: number) => void
  /** Sends to the sockets of one session. */
  sendToSession: (userId: number, tokenHash: Uint8Array, event: ChatEvent) => void
  /** The networks from which a user is connected now. */
  addressesOf: (userId: number) => string[]
  /**
   * Ends the sockets of a user, all or those of some sessions; browsers that still have a session
   * connect again.
   */
  closeSockets: (
    userId: number,
    why: 'signed out' | 'session renewed',
    tokenHashes?: Uint8Array[],
  ) => void
}
