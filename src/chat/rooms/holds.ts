import { ChatError } from '../../server/errors'
import { muteChoices, slowChoices, type Switches } from '../../shared/holds'
import { textLimits } from '../../shared/limits'
import type { Member, Room } from '../../store/store'
import type { Chat } from '../chat'
import { publishSystemLines } from '../messages/system-lines'
import { publishOwn } from './membership'
import { readLine } from './rooms'

/** As a form sends them; what is not sent stays as it is. */
type TypedSwitches = { [Key in 'writers' | 'slow' | 'locked']: string | undefined }

/**
 * Changes the switches of a room, as one of its hosts; everybody there hears of it by a system
 * line. Gives all of them, and the revision from which they hold. Throws `host_only`,
 * `room_missing`, `room_archived`, `first_room` and `bad_request`.
 */
export async function switchRoom(
  chat: Chat,
  room: Room,
  userId: number,
  typed: TypedSwitches,
): Promise<{ switches: Switches; revision: number }> {
  const wanted: Partial<Switches> = {}
  const { writers, slow, locked } = typed
  if (writers !== undefined) {
    if (writers !== 'everybody' && writers !== 'hosts') throw new ChatError('bad_request')
    wanted.writers = writers
  }
  if (slow !== undefined) wanted.slowMs = oneOf(slowChoices, slow)
  if (locked !== undefined) {
    if (locked !== 'yes' && locked !== 'no') throw new ChatError('bad_request')
    wanted.isLocked = locked === 'yes'
  }
  const by = { roomId: room.id, userId }
  const changed = await chat.store.holds.change(by, wanted, chat.now())
  if ('refused' in changed) throw new ChatError(changed.refused)
  await publishSystemLines(chat)
  return changed
}

/**
 * Keeps a member of lower rank from writing in the room for a time; they are told at once. Throws
 * `host_only`, `rank_equal`, `room_missing`, `person_missing`, `line_long` and `bad_request`.
 */
export async function mutePerson(
  chat: Chat,
  by: Member,
  person: number,
  typed: { ms: string; reason: string },
): Promise<void> {
  const ms = oneOf(muteChoices, typed.ms)
  const reason = readLine(typed.reason, textLimits.whyUnitsMax, 'line_long')
  const muted = await chat.store.holds.mute(by, person, { ms, reason, at: chat.now() })
  if ('refused' in muted) throw new ChatError(muted.refused)
  await publishOwn(chat, person, by.roomId)
}

/** Lets them write again; no effect for people who are not muted. Throws as above. */
export async function unmutePerson(chat: Chat, by: Member, person: number): Promise<void> {
  const undone = await chat.store.holds.unmute(by, person, chat.now())
  if ('refused' in undone) throw new ChatError(undone.refused)
  await publishOwn(chat, person, by.roomId)
}

/** One of the known numbers. Throws `bad_request` for anything else. */
function oneOf(known: number[], typed: string): number {
  const found = known.find((value) => String(value) === typed)
  if (found === undefined) throw new ChatError('bad_request')
  return found
}
