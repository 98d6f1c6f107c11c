import type { ClientFrame } from '../../src/shared/protocol'
import type { Needed, Scene } from './two-steps-scene'

/**
 * What a request or a frame needs at the moment it counts: the role of an owner of the server or of
 * a host of the room, membership in the room, a session, or nothing.
 */
type Needs = 'owner' | 'host' | 'room' | 'session' | 'nothing'

/** What is seen when nothing happens between the two steps, which proves that the test can see. */
type Shows = 'effect' | 'content' | 'nothing'

export type Request = Needed & {
  needs: Needs
  shows: Shows
  path: (scene: Scene) => string
  body?: (scene: Scene) => string
  headers?: Record<string, string>
  /** The browser that opened such a link sends it, which has no session. */
  isNewDevice?: boolean
}

export type SentFrame = {
  needs: Needs
  shows: Shows
  frame: (scene: Scene) => ClientFrame
  /** Sent whole, before the two steps. */
  before?: (scene: Scene) => ClientFrame
}

export const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
export const json = { 'Content-Type': 'application/json' }
export const asJson = { Accept: 'application/json' }
export const asFragment = { 'HX-Request': 'true' }
export const multipart = { 'Content-Type': 'multipart/form-data; boundary=b' }
export const upgrade = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Protocol': 'chatroom.json',
}

export function read(
  path: (scene: Scene) => string,
  needs: Needs,
  shows: Shows = 'content',
  headers: Record<string, string> = {},
): Request {
  return { path, needs, shows, headers }
}

export function write(
  path: (scene: Scene) => string,
  body: (scene: Scene) => string,
  needs: Needs,
  shows: Shows = 'effect',
  headers: Record<string, string> = form,
): Request {
  return { path, body, needs, shows, headers }
}

/** The same by an owner of the server. */
export function administer(request: Request): Request {
  return { ...request, isOwner: true }
}

export const inRoom =
  (ending: string) =>
  ({ room }: Scene): string =>
    `/rooms/${room}${ending}`
export const at = (path: string) => (): string => path
export const text = (body: string) => (): string => body

/** A message with a file, as a page without a script sends it. */
export const withFile = (content: string) => (): string =>
  [
    '--b',
    'Content-Disposition: form-data; name="client_id"',
    '',
    'held',
    '--b',
    'Content-Disposition: form-data; name="content"',
    '',
    content,
    '--b',
    'Content-Disposition: form-data; name="files"; filename="a.txt"',
    '',
    'x'.repeat(2_000),
    '--b--',
    '',
  ].join('\r\n')

export const post = inRoom('/messages')
export const long = 'x'.repeat(20_000)

export const own = ({ room }: Scene) => ({ room, seq: 2, client_id: 'held' })
