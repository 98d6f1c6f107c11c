import {
  type Fields,
  parseClientId,
  parseCount,
  parseEdit,
  parseEmoji,
  parseMessage,
  type SentMessage,
} from '../chat/messages/parse-message'
import { ChatError, type ProblemCode } from '../server/errors'

/** Rooms that one resume may name. */
export const catchUpRoomsMax = 500

/** A frame of a client, once its shape was checked. */
export type Frame =
  | { type: 'message.post'; room: number; message: SentMessage }
  | (Target & { type: 'message.edit'; content: string })
  | (Target & { type: 'message.delete' })
  | (Target & { type: 'reaction.set'; emoji: string; isActive: boolean })
  | { type: 'read' | 'unread'; room: number; seq: number }
  | { type: 'typing'; room: number; isActive: boolean }
  | { type: 'presence'; isAway: boolean }
  | { type: 'resume'; epoch: string; rooms: Map<number, number> }
  | { type: 'ping' }

/** The message that a request is about, and the sender's own id of the request. */
type Target = { room: number; seq: number; clientId: string }

type FrameProblem = { type: 'problem'; code: ProblemCode; clientId: string | null }

/**
 * Parses the text of a frame, and copies only known keys of primitive types. Never throws: a frame
 * that is wrong gives a problem.
 */
export function parseFrame(text: string): Frame | FrameProblem {
  const fields = parseFields(text)
  if (fields === null) return { type: 'problem', code: 'bad_frame', clientId: null }
  try {
    return parseByType(fields)
  } catch (problem) {
    if (!(problem instanceof ChatError)) throw problem
    const clientId = parseClientId(fields.get('client_id'))
    return { type: 'problem', code: problem.code, clientId }
  }
}

/** The sender's own id of a frame that is answered; null when it has none. */
export function clientIdOf(frame: Frame | FrameProblem): string | null {
  if ('message' in frame) return frame.message.clientId
  return 'clientId' in frame ? frame.clientId : null
}

/** The own keys of a JSON object, so that `__proto__` is only a name; null for other values. */
function parseFields(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    return { get: (name) => (Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined) }
  } catch {
    return null
  }
}

function parseByType(fields: Fields): Frame {
  const type = fields.get('type')
  switch (type) {
    case 'message.post': {
      const message = requireMessage(fields)
      return { type, room: requireCount(fields, 'room', 'room_missing'), message }
    }
    case 'message.edit': {
      const edit = parseEdit(fields)
      if ('code' in edit) throw new ChatError(edit.code)
      return { type, ...requireTarget(fields), content: edit.content }
    }
    case 'message.delete':
      return { type, ...requireTarget(fields) }
    case 'reaction.set': {
      const [target, isActive] = [requireTarget(fields), requireFlag(fields)]
      const emoji = parseEmoji(fields.get('emoji'))
      if (emoji === null) throw new ChatError('emoji_unknown')
      return { type, ...target, emoji, isActive }
    }
    case 'read':
    case 'unread':
      return { type, room: requireCount(fields, 'room'), seq: requireCount(fields, 'seq') }
    case 'typing':
      return { type, room: requireCount(fields, 'room'), isActive: requireFlag(fields) }
    case 'presence': {
      const state = fields.get('state')
      if (state !== 'online' && state !== 'away') throw new ChatError('bad_frame')
      return { type, isAway: state === 'away' }
    }
    case 'resume':
      return parseResume(fields)
    case 'ping':
      return { type }
    default:
      throw new ChatError('unknown_type')
  }
}

function requireMessage(fields: Fields): SentMessage {
  const message = parseMessage(fields)
  if ('code' in message) throw new ChatError(message.code)
  return message
}

function requireTarget(fields: Fields): Target {
  const clientId = parseClientId(fields.get('client_id'))
  if (clientId === null) throw new ChatError('bad_frame')
  const room = requireCount(fields, 'room', 'message_missing')
  return { room, seq: requireCount(fields, 'seq', 'message_missing'), clientId }
}

function requireCount(fields: Fields, name: string, code: ProblemCode = 'bad_frame'): number {
  const count = parseCount(fields.get(name))
  if (count === null) throw new ChatError(code)
  return count
}

function requireFlag(fields: Fields): boolean {
  const isActive = fields.get('active')
  if (typeof isActive !== 'boolean') throw new ChatError('bad_frame')
  return isActive
}

function parseResume(fields: Fields): Frame {
  const epoch = fields.get('epoch')
  const rooms = fields.get('rooms')
  const isRecord = typeof rooms === 'object' && rooms !== null && !Array.isArray(rooms)
  if (typeof epoch !== 'string' || !isRecord) throw new ChatError('bad_frame')
  const entries = Object.entries(rooms)
  if (entries.length > catchUpRoomsMax) throw new ChatError('bad_frame')
  const positions = new Map<number, number>()
  for (const [key, value] of entries) {
    const room = /^[1-9]\d*$/.test(key) ? parseCount(Number(key)) : null
    if (room === null || !Number.isSafeInteger(value) || value < 0) throw new ChatError('bad_frame')
    positions.set(room, value)
  }
  return { type: 'resume', epoch, rooms: positions }
}
