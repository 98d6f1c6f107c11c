import { ChatError } from '../../server/errors'
import type { Heir, Notify, Room, User } from '../../store/store'
import type { Chat } from '../chat'
import { toSummary } from '../messages/events'
import { asPublication } from '../publication'

/**
 * Joins an open room. Throws `room_missing` for a closed room as for an unknown one, and
 * `own_rooms_full`.
 */
export async function joinRoom(chat: Chat, user: User, roomId: number): Promise<Room> {
  const known = await chat.store.rooms.find(user.id, roomId)
  if (known !== null) return known
  const room = await chat.store.rooms.join(user.id, roomId, chat.now())
  if ('refused' in room) throw new ChatError(room.refused)
  publishMembership(chat, user, room)
  return room
}

/**
 * A member makes somebody else a member. Throws `person_missing`, `their_rooms_full`, or
 * `room_missing` as above.
 */
export async function inviteMember(
  chat: Chat,
  room: Room,
  memberId: number,
  userId: number,
): Promise<void> {
  const user = await chat.store.users.find(userId)
  if (user === null || room.kind === 'direct') throw new ChatError('person_missing')
  if ((await chat.store.rooms.find(userId, room.id)) !== null) return
  const member = { roomId: room.id, userId: memberId }
  const seen = await chat.store.rooms.invite(member, userId, chat.now())
  if ('refused' in seen) throw new ChatError(seen.refused)
  publishMembership(chat, user, seen)
}

/** Publishes a new membership, to the user and to the room. */
export function publishMembership(chat: Chat, user: User, room: Room): void {
  chat.subscribeUser(user.id, room.id)
  publishSummary(chat, user.id, room)
  const state = chat.presence.stateOf(user.id)
  const event = { type: 'member.joined', room: room.id, user, state } as const
  chat.publish({ room: room.id }, asPublication(event))
}

/** Leaves a room. Throws `room_stays` for the first room and direct rooms. */
export async function leaveRoom(chat: Chat, room: Room, userId: number): Promise<void> {
  const first = await chat.store.rooms.first()
  if (room.kind === 'direct' || room.id === first) throw new ChatError('room_stays')
  const left = await chat.store.rooms.leave({ roomId: room.id, userId })
  if (left === null) throw new ChatError('room_missing')
  publishEnd(chat, room.id, userId)
  if (left.heir !== null) await publishHeir(chat, left.heir)
}

/** Tells a member that they own the room now. */
export async function publishHeir(chat: Chat, { room, user }: Heir): Promise<void> {
  const seen = await chat.store.rooms.find(user, room)
  if (seen !== null) publishSummary(chat, user, seen)
}

/**
 * Removes a member from a room of `ownerId`; no effect for people who are not in it. Throws
 * `owner_only`, `room_missing`, and `room_stays` as above.
 */
export async function removeMember(
  chat: Chat,
  room: Room,
  ownerId: number,
  userId: number,
): Promise<void> {
  if (room.role !== 'owner') throw new ChatError('owner_only')
  if (userId === ownerId) return leaveRoom(chat, room, ownerId)
  const refusal = await chat.store.rooms.remove({ roomId: room.id, userId: ownerId }, userId)
  if (refusal === null) publishEnd(chat, room.id, userId)
  else if (refusal !== 'person_missing') throw new ChatError(refusal)
}

/** Publishes the end of a membership, to the user and to the room. */
function publishEnd(chat: Chat, room: number, user: number): void {
  chat.unsubscribeUser(user, room)
  chat.publish({ user }, asPublication({ type: 'room.left', room }))
  chat.publish({ room }, asPublication({ type: 'member.left', room, user }))
}

/** Sets which messages make a sound for this user. Throws `bad_request` or `room_missing`. */
export async function setNotify(
  chat: Chat,
  room: Room,
  userId: number,
  typed: unknown,
): Promise<void> {
  const notify = notifies.find((each) => each === typed)
  if (notify === undefined) throw new ChatError('bad_request')
  const refusal = await chat.store.rooms.setNotify({ roomId: room.id, userId }, notify)
  if (refusal !== null) throw new ChatError(refusal)
  publishSummary(chat, userId, { ...room, notify })
}

const notifies: Notify[] = ['all', 'mentions', 'nothing']

function publishSummary(chat: Chat, user: number, room: Room): void {
  const summary = toSummary(room, chat.presence.onlineIn(room.id))
  chat.publish({ user }, asPublication({ type: 'room', room: summary }))
}
