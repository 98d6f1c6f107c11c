import {
  type Fields,
  parseClientId,
  parseCount,
  parseEmoji,
  parseMessage,
  type SentMessage,
} from '../chat/messages/parse-message'
import type { ProblemCode } from '../server/errors'

/** Rooms that one resume may name. */
export const catchUpRoomsMax = 500

/** A frame of a client, once its shape was checked. */
export type Frame =
  | { type: 'message.post'; room: number; message: SentMessage }
  | { type: 'message.edit'; room: number; seq: number; clientId: string; content: string }
  | { type: 'message.delete'; room: number; seq: number; clientId: string }
  | ReactionFrame
  | { type: 'read'; room: number; seq: number }
  | { type: 'unread'; room: number; seq: number }
  | { type: 'typing'; room: number; isActive: boolean }
  | { type: 'presence'; isAway: boolean }
  | { type: 'resume'; epoch: string; rooms: Map<number, number> }
  | { type: 'ping' }

type ReactionFrame = Target & { type: 'reaction.set'; emoji: string; isActive: boolean }

export type FrameProblem = { type: 'problem'; code: ProblemCode; clientId: string | null }

/**
 * Parses the text of a frame, and copies only known keys of primitive types. Never throws: a frame
 * that is wrong gives a problem.
 */
export function parseFrame(text: string): Frame | FrameProblem {
  const fields = parseFields(text)
  if (fields === null) return problem('bad_frame')
  const type = fields.get('type')
  switch (type) {
    case 'message.post':
      return parsePost(fields)
    case 'message.edit':
      return parseEdit(fields)
    case 'message.delete':
      return parseDelete(fields)
    case 'reaction.set':
      return parseReaction(fields)
    case 'read':
    case 'unread':
      return parseRead(type, fields)
    case 'typing':
      return parseTyping(fields)
    case 'presence':
      return parsePresence(fields)
    case 'resume':
      return parseResume(fields)
    case 'ping':
      return { type: 'ping' }
    default:
      return problem('unknown_type', parseClientId(fields.get('client_id')))
  }
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

function parsePost(fields: Fields): Frame | FrameProblem {
  const message = parseMessage(fields)
  const room = parseCount(fields.get('room'))
  if ('code' in message) return { type: 'problem', ...message }
  if (room === null) return problem('room_missing', message.clientId)
  return { type: 'message.post', room, message }
}

function parseEdit(fields: Fields): Frame | FrameProblem {
  const target = parseTarget(fields)
  const message = parseMessage(fields)
  if ('code' in message) return { type: 'problem', ...message }
  if ('type' in target) return target
  return { type: 'message.edit', ...target, content: message.content }
}

function parseDelete(fields: Fields): Frame | FrameProblem {
  const target = parseTarget(fields)
  return 'type' in target ? target : { type: 'message.delete', ...target }
}

type Target = { room: number; seq: number; clientId: string }

/** The message that a request is about, and the sender's own id of the request. */
function parseTarget(fields: Fields): Target | FrameProblem {
  const clientId = parseClientId(fields.get('client_id'))
  const room = parseCount(fields.get('room'))
  const seq = parseCount(fields.get('seq'))
  if (clientId === null) return problem('bad_frame')
  if (room === null || seq === null) return problem('message_missing', clientId)
  return { room, seq, clientId }
}

function parseReaction(fields: Fields): Frame | FrameProblem {
  const target = parseTarget(fields)
  if ('type' in target) return target
  const emoji = parseEmoji(fields.get('emoji'))
  const isActive = fields.get('active')
  if (typeof isActive !== 'boolean') return problem('bad_frame', target.clientId)
  if (emoji === null) return problem('emoji_unknown', target.clientId)
  return { type: 'reaction.set', ...target, emoji, isActive }
}

function parseRead(type: 'read' | 'unread', fields: Fields): Frame | FrameProblem {
  const room = parseCount(fields.get('room'))
  const seq = parseCount(fields.get('seq'))
  return room === null || seq === null ? problem('bad_frame') : { type, room, seq }
}

function parseTyping(fields: Fields): Frame | FrameProblem {
  const room = parseCount(fields.get('room'))
  const isActive = fields.get('active')
  if (room === null || typeof isActive !== 'boolean') return problem('bad_frame')
  return { type: 'typing', room, isActive }
}

function parsePresence(fields: Fields): Frame | FrameProblem {
  const state = fields.get('state')
  if (state !== 'online' && state !== 'away') return problem('bad_frame')
  return { type: 'presence', isAway: state === 'away' }
}

function parseResume(fields: Fields): Frame | FrameProblem {
  const epoch = fields.get('epoch')
  const rooms = fields.get('rooms')
  if (typeof epoch !== 'string' || typeof rooms !== 'object' || rooms === null) {
    return problem('bad_frame')
  }
  const entries = Object.entries(rooms)
  if (entries.length > catchUpRoomsMax) return problem('bad_frame')
  const positions = new Map<number, number>()
  for (const [key, value] of entries) {
    const room = parseCount(Number(key))
    if (room === null || typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      return problem('bad_frame')
    }
    positions.set(room, value)
  }
  return { type: 'resume', epoch, rooms: positions }
}

function problem(code: ProblemCode, clientId: string | null = null): FrameProblem {
  return { type: 'problem', code, clientId }
}

/** The sender's own id of a frame that is answered; null when it has none. */
export function clientIdOf(frame: Frame | FrameProblem): string | null {
  if ('message' in frame) return frame.message.clientId
  return 'clientId' in frame ? frame.clientId : null
}
