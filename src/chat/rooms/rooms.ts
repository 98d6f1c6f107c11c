import { ChatError, type ProblemCode } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { limits, textLimits } from '../../shared/limits'
import type { ChatEvent } from '../../shared/protocol'
import { can } from '../../shared/rights'
import type { Room, RoomFacts, User } from '../../store/store'
import type { Chat } from '../chat'
import { toSummary } from '../messages/events'
import { publishSystemLines } from '../messages/system-lines'
import { type Name, parseRoomName } from '../people/name'
import { asPublication } from '../publication'
import { publishMembership } from './membership'

/**
 * A socket's first event, and another one when owners change what it says: the user, the first of
 * their rooms and the newest revision of each.
 */
export async function createHello(chat: Chat, user: User): Promise<ChatEvent & { type: 'hello' }> {
  const rooms = await chat.store.rooms.ofUser(user.id, serverLimits.listedRoomsMax, null)
  const invitations = await chat.store.invitations.count(user.id)
  const { privateMessages } = await chat.store.administration.settings()
  const first = await chat.store.rooms.find(user.id, await chat.store.rooms.first())
  const mayAlways = first !== null && can(first.rank, 'admin.open')
  return {
    type: 'hello',
    epoch: chat.store.epoch,
    build: chat.build,
    user,
    rooms: rooms.map((room) => toSummary(room, chat.presence.onlineIn(room.id))),
    invitations,
    private_messages: mayAlways ? 'everybody' : privateMessages,
  }
}

/** Each room's newest revision, so that a browser notices the loss of the very last frame. */
export async function createPong(chat: Chat, userId: number): Promise<ChatEvent> {
  const rooms = await chat.store.rooms.heads(userId)
  const heads = Object.fromEntries(rooms.map((room) => [room.id, room.revision]))
  return { type: 'pong', heads }
}

/**
 * Creates a room that belongs to `user`. Throws `name_…`, `topic_long`, `room_name_taken`, which
 * never reveals the name of a closed room, `rooms_too_many`, `own_rooms_full`, `rooms_full`,
 * `storage_full` or `not_signed_in`.
 */
export async function createRoom(
  chat: Chat,
  user: User,
  typed: { name: string; topic: string; isClosed: boolean },
): Promise<Room> {
  const { shown, folded, skeleton } = readRoomName(typed.name)
  const topic = readLine(typed.topic, textLimits.topicUnitsMax, 'topic_long')
  chat.requireSpace()
  const room = await chat.store.rooms.create({
    kind: typed.isClosed ? 'closed' : 'open',
    name: shown,
    folded,
    skeleton,
    topic,
    host: user.id,
    createdAt: chat.now(),
  })
  if ('refused' in room) throw new ChatError(room.refused)
  publishMembership(chat, user, room)
  return room
}

/**
 * Changes the name of a room, as its host, or its topic, as any member. Throws `host_only`,
 * `room_missing` for a direct room and for those who are not in the room any more, and the problems
 * of names and topics like createRoom.
 */
export async function changeRoom(
  chat: Chat,
  room: Room,
  userId: number,
  typed: { name: string | null; topic: string | null },
): Promise<void> {
  if (room.kind === 'direct') throw new ChatError('room_missing')
  const name = typed.name === null ? null : readRoomName(typed.name)
  const topic =
    typed.topic === null ? null : readLine(typed.topic, textLimits.topicUnitsMax, 'topic_long')
  const member = { roomId: room.id, userId }
  const renamed =
    name === null ? null : { name: name.shown, folded: name.folded, skeleton: name.skeleton }
  const changed = await chat.store.rooms.change(member, renamed, topic, chat.now())
  if ('refused' in changed) throw new ChatError(changed.refused)
  await publishFacts(chat, room.id, changed)
}

/** Tells a room what it is called and about, and what it is, and why that has changed. */
export async function publishFacts(
  chat: Chat,
  room: number,
  { name, topic, kind, archivedAt }: RoomFacts,
): Promise<void> {
  const facts = { name, topic, kind, archived: archivedAt !== null }
  if (chat.nodes === null)
    chat.publish({ room }, asPublication({ type: 'room.changed', room, ...facts }))
  await publishSystemLines(chat)
}

/**
 * Finds or creates the direct room of two people, which nobody hears of before its first message.
 * Throws `person_missing`, also for oneself, and `private_off` and `private_hosts` where the
 * server's setting forbids a new one.
 */
export async function openDirect(chat: Chat, user: User, otherId: number): Promise<Room> {
  const room = await chat.store.rooms.direct(user.id, otherId, chat.now())
  if (room?.pair != null) return room
  const why = await chat.store.holds.whyNotPrivate(user.id, otherId)
  throw new ChatError(why ?? 'person_missing')
}

/**
 * Finds or makes the conversation of the people of a private one and some more, without what was
 * said there; the others hear of it with its first message. Throws `room_missing` for a room that
 * is none, `group_size`, and `person_missing` where somebody is unknown or has left; who was in it
 * and has left is not in the new one.
 */
export async function openGroup(
  chat: Chat,
  room: Room,
  user: User,
  wanted: { users: number[]; unknown: string[] },
): Promise<Room> {
  if (room.kind !== 'direct') throw new ChatError('room_missing')
  const known = room.group ?? (room.pair === null ? [] : [room.pair[1]])
  const others = known.filter(({ mark }) => mark !== 'left')
  const people = new Set([user.id, ...others.map(({ id }) => id), ...wanted.users])
  if (wanted.unknown.length > 0) throw new ChatError('person_missing')
  if (people.size < 3 || people.size > limits.groupMax) throw new ChatError('group_size')
  const group = await chat.store.rooms.group([...people], chat.now())
  if (group !== null) return group
  for (const id of people) {
    const why = id === user.id ? null : await chat.store.holds.whyNotPrivate(user.id, id)
    if (why !== null) throw new ChatError(why)
  }
  throw new ChatError('person_missing')
}

function readRoomName(typed: string): Name {
  const name = parseRoomName(typed)
  if (name === 'name_empty') throw new ChatError('room_name_empty')
  if (typeof name === 'string') throw new ChatError(name)
  return name
}

/** One line of at most so many code units. Throws `tooLong` and `message_characters`. */
export function readLine(typed: string, unitsMax: number, tooLong: ProblemCode): string {
  const line = typed.trim().replace(/\s+/g, ' ')
  if (line.length > unitsMax) throw new ChatError(tooLong)
  if (!line.isWellFormed() || /\p{Cc}|\p{M}{9}/u.test(line)) {
    throw new ChatError('message_characters')
  }
  return line
}
