import { PersonRow } from '../../../views/people/people'
import type { Room, User } from '../../store/store'
import type { Chat } from '../chat'
import { toSummary } from '../messages/events'
import type { ChatEvent } from '../../shared/protocol'

/**
 * Somebody got a place in a room, which is on the disk already: their open sockets hear the room
 * from now on, the room sees the person, and all their devices get it on their list.
 */
export function welcome(chat: Chat, user: User, room: Room): void {
  chat.subscribeUser(user.id, room.id)
  tell(chat, user.id, { type: 'room', room: toSummary(room, chat.presence.countIn(room.id)) })
  const state = chat.presence.stateOf(user.id)
  chat.publish(
    { room: room.id },
    {
      html: () => String(<PersonRow user={user} state={state} room={room.id} />),
      json: () => one({ type: 'member.joined', room: room.id, user, state }),
    },
  )
}

/** Somebody's place is gone: from this turn on nothing of the room reaches any of their sockets. */
export function farewell(chat: Chat, userId: number, roomId: number): void {
  chat.unsubscribeUser(userId, roomId)
  tell(chat, userId, { type: 'room.left', room: roomId })
  announce(chat, roomId, { type: 'member.left', room: roomId, user: userId })
}

/** Tells everybody in a room something short, the same on both subprotocols. */
export function announce(chat: Chat, room: number, event: ChatEvent): void {
  chat.publish({ room }, { html: () => one(event), json: () => one(event) })
}

/** Tells all devices of one person. */
export function tell(chat: Chat, user: number, event: ChatEvent): void {
  chat.publish({ user }, { html: () => one(event), json: () => one(event) })
}

function one(event: ChatEvent): string {
  return JSON.stringify([event])
}
