import type { Place } from '../../views/people/sign-in'
import type { Chat } from '../chat/chat'
import { acceptInvitation, joinRoom } from '../chat/rooms/membership'
import { ChatError } from '../server/errors'
import { parseId, type Paths } from '../shared/paths'
import type { DoorLink, User } from '../store/store'

/**
 * The room, and perhaps the message, that a visitor wants to see, by the numbers in an address or a
 * form: it is never an address itself. Strangers are told the names of open rooms only, and only
 * where the door is open.
 */
export async function findPlace(
  { store }: Chat,
  id: string | undefined,
  seq: string | undefined,
): Promise<Place | null> {
  const room = parseId(id)
  if (room === null) return null
  const isFirst = room === (await store.rooms.first())
  // Behind a closed door nobody is told of rooms.
  const isOpen = (await store.administration.settings()).door === 'open'
  // Everybody joins the first room.
  const found = isFirst || !isOpen ? null : await store.invitations.preview(0, room)
  return { room, seq: parseId(seq), name: found?.room.name ?? null }
}

/** The place to which an invitation link leads. */
export function placeOf({ room }: DoorLink): Place | null {
  return room === null ? null : { room: room.id, seq: null, name: room.name, isInvited: true }
}

/**
 * Leads somebody who has just signed in to the place they came from, and joins an open room, which
 * the page named, or the room to which they are invited. Gives its path; the start page for rooms
 * that they may not know.
 */
export async function enterPlace(chat: Chat, user: User, place: Place | null): Promise<string> {
  const { paths, store } = chat
  const path = pathOf(paths, place)
  if (place === null) return path
  const { room } = place
  try {
    const isInvited = place.isInvited === true && (await isAsked(chat, user, room))
    await (isInvited ? acceptInvitation : joinRoom)(chat, user, room)
    return path
  } catch (fault) {
    if (!(fault instanceof ChatError)) throw fault
    // It may invite them.
    const isKnown = (await store.invitations.preview(user.id, room)) !== null
    return isKnown ? path : paths.home()
  }
}

/** The path of a place; without one, the start page. */
export function pathOf(paths: Paths, place: Place | null): string {
  if (place === null) return paths.home()
  const { room, seq } = place
  return seq === null ? paths.room(room) : paths.message(room, seq)
}

async function isAsked({ store }: Chat, user: User, room: number): Promise<boolean> {
  return ((await store.invitations.preview(user.id, room))?.invitation ?? null) !== null
}
