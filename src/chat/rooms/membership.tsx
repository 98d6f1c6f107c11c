import { ChatError } from '../../server/errors'
import type { Heir, Joined, Notify, Room, User } from '../../store/store'
import type { Chat } from '../chat'
import { toSummary } from '../messages/events'
import { publishSystemLines } from '../messages/system-lines'
import { asPublication } from '../publication'

/**
 * Joins an open room. Throws `room_missing` for a closed room as for an unknown one,
 * `room_locked`, `room_archived`, `own_rooms_full` and `kept_out`.
 */
export async function joinRoom(chat: Chat, user: User, roomId: number): Promise<Room> {
  const joined = await chat.store.rooms.join(user.id, roomId, chat.now())
  if ('refused' in joined) throw new ChatError(joined.refused)
  return enter(chat, user, joined)
}

/** Joins a room as somebody who is invited. Throws `invitation_over`, and the others as above. */
export async function acceptInvitation(chat: Chat, user: User, roomId: number): Promise<Room> {
  const joined = await chat.store.rooms.accept(user.id, roomId, chat.now())
  if ('refused' in joined) throw new ChatError(joined.refused)
  return enter(chat, user, joined)
}

async function enter(chat: Chat, user: User, { room, isNew }: Joined): Promise<Room> {
  if (!isNew) return room
  publishMembership(chat, user, room)
  await publishSystemLines(chat)
  return room
}

/** Publishes a new membership, to the user and to the room. */
export function publishMembership(chat: Chat, user: User, room: Room): void {
  if (chat.nodes !== null) return chat.nodes.look(room.id)
  chat.subscribeUser(user.id, room.id)
  publishSummary(chat, user.id, room)
  publishJoined(chat, room.id, user)
}

/** Tells a room of a new member. */
export function publishJoined(chat: Chat, room: number, user: User): void {
  const state = chat.presence.stateOf(user.id)
  chat.publish({ room }, asPublication({ type: 'member.joined', room, user, state }))
}

/** Leaves a room. Throws `room_stays` for the first room and direct rooms. */
export async function leaveRoom(chat: Chat, room: Room, userId: number): Promise<void> {
  const first = await chat.store.rooms.first()
  if (room.pair !== null || room.id === first) throw new ChatError('room_stays')
  const left = await chat.store.rooms.leave({ roomId: room.id, userId }, chat.now())
  if (left === null) throw new ChatError('room_missing')
  publishEnd(chat, room.id, userId)
  await publishSystemLines(chat)
  if (left.heir !== null) await publishHeir(chat, left.heir)
  for (const { id } of room.group ?? []) await publishOwn(chat, id, room.id)
}

/** Tells a person of a room of theirs: it is new, or another one for them. */
export async function publishOwn(chat: Chat, user: number, room: number): Promise<void> {
  const seen = await chat.store.rooms.find(user, room)
  if (seen !== null) publishSummary(chat, user, seen)
}

/** Tells a member, and the room, that they are a host there now, or not any more. */
export async function publishHeir(chat: Chat, { room, user }: Heir): Promise<void> {
  await publishOwn(chat, user, room)
  chat.publish({ room }, asPublication({ type: 'member.changed', room, user }))
}

/**
 * Removes a member from a room of `hostId`, for good if they may not come back; no effect for
 * people who are not in it. Throws `host_only`, `rank_equal`, `room_missing`, and `room_stays`
 * as above.
 */
export async function removeMember(
  chat: Chat,
  room: Room,
  hostId: number,
  userId: number,
  how: { isForGood: boolean; reason: string } = { isForGood: false, reason: '' },
): Promise<void> {
  if (userId === hostId) return leaveRoom(chat, room, hostId)
  const host = { roomId: room.id, userId: hostId }
  const removed = await chat.store.rooms.remove(host, userId, chat.now(), how)
  if ('refused' in removed) {
    if (removed.refused === 'person_missing') return
    throw new ChatError(removed.refused)
  }
  publishEnd(chat, room.id, userId)
  publishInvitationsEnd(chat, room.id, removed.uninvited)
  await publishSystemLines(chat)
}

/** Publishes the end of a membership, to the user and to the room. */
function publishEnd(chat: Chat, room: number, user: number): void {
  if (chat.nodes !== null) return chat.nodes.look(room)
  chat.unsubscribeUser(user, room)
  chat.publish({ user }, asPublication({ type: 'room.left', room }))
  chat.publish({ room }, asPublication({ type: 'member.left', room, user }))
}

/** Tells people that they are not invited any more. */
export function publishInvitationsEnd(chat: Chat, room: number, users: number[]): void {
  for (const user of users)
    chat.publish({ user }, asPublication({ type: 'invitation.ended', room }))
}

/**
 * Sets which messages of a room make a sound for this user, and whether they see who comes and
 * goes. Throws `bad_request` or `room_missing`.
 */
export async function setNotify(
  chat: Chat,
  room: Room,
  userId: number,
  typed: { notify: string | null; comings: string | null },
): Promise<void> {
  const notify = notifies.find((each) => each === typed.notify) ?? null
  const comings = typed.comings === null ? null : typed.comings === 'yes'
  const isKnown = (typed.notify === null) === (notify === null)
  const isAsked = comings === null || comings || typed.comings === 'no'
  if (!isKnown || !isAsked || (notify ?? comings) === null) throw new ChatError('bad_request')
  const refusal = await chat.store.rooms.setNotify({ roomId: room.id, userId }, notify, comings)
  if (refusal !== null) throw new ChatError(refusal)
  const chosen = { notify: notify ?? room.notify, showsComings: comings ?? room.showsComings }
  publishSummary(chat, userId, { ...room, ...chosen })
}

const notifies: Notify[] = ['all', 'mentions', 'nothing']

/** Tells a person of a room as they see it. */
export function publishSummary(chat: Chat, user: number, room: Room): void {
  const summary = toSummary(room, chat.presence.onlineIn(room.id))
  chat.publish({ user }, asPublication({ type: 'room', room: summary }))
}
