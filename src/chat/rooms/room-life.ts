import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { faultOf } from '../../server/log'
import type { RoomActor } from '../../store/store'
import { tellReaders } from '../administration/reports'
import { type Chat, isOurs } from '../chat'
import { removeFiles } from '../files/janitor'
import { publishSystemLines } from '../messages/system-lines'
import { asPublication } from '../publication'
import { publishHeir, publishInvitationsEnd } from './membership'
import { publishFacts } from './rooms'

/**
 * Makes a room public, or invite-only. Throws `host_only`, `first_room`, `room_missing` and, when
 * an open room has its name, `room_name_taken`; `bad_request` for any other kind.
 */
export async function setKind(
  chat: Chat,
  room: number,
  by: RoomActor,
  typed: string | undefined,
): Promise<void> {
  if (typed !== 'open' && typed !== 'closed') throw new ChatError('bad_request')
  const facts = await chat.store.roomLife.setKind(by, room, typed, chat.now())
  if ('refused' in facts) throw new ChatError(facts.refused)
  await publishFacts(chat, room, facts)
}

/**
 * Makes a member a host, or takes it back. Throws `host_only`, `host_needed` for the last host,
 * `person_missing` and `room_missing`.
 */
export async function setHost(
  chat: Chat,
  room: number,
  by: RoomActor,
  { user, isHost }: { user: number; isHost: boolean },
): Promise<void> {
  const set = await chat.store.roomLife.setHost(by, room, { user, isHost }, chat.now())
  if ('refused' in set) throw new ChatError(set.refused)
  if (!set.isNew) return
  await publishSystemLines(chat)
  await publishHeir(chat, { room, user })
}

/** Archives a room, or reopens it. Throws `host_only`, `first_room` and `room_missing`. */
export async function setArchived(
  chat: Chat,
  room: number,
  by: RoomActor,
  isArchived: boolean,
): Promise<void> {
  const facts = await chat.store.roomLife.archive(by, room, isArchived, chat.now())
  if ('refused' in facts) throw new ChatError(facts.refused)
  await publishFacts(chat, room, facts)
}

/**
 * Deletes a room whose name was typed: when this is done nobody is in it, and what was said there
 * is erased little by little. Throws `host_only`, `first_room`, `room_missing` and
 * `room_name_differs`.
 */
export async function deleteRoom(
  chat: Chat,
  room: number,
  by: RoomActor,
  typed: string,
): Promise<void> {
  const { roomLife } = chat.store
  const asName = typed.normalize().trim().replace(/\s+/g, ' ')
  const deleted = await roomLife.delete(by, room, asName, chat.now())
  if ('refused' in deleted) throw new ChatError(deleted.refused)
  publishInvitationsEnd(chat, room, deleted.uninvited)
  if (deleted.isReported) await tellReaders(chat)
  for (let gone = [0]; gone.length > 0; await Bun.sleep(0)) {
    gone = await roomLife.dropMembers(room)
    chat.nodes?.look(room)
    if (chat.nodes !== null) continue
    for (const user of gone) {
      chat.unsubscribeUser(user, room)
      chat.publish({ user }, asPublication({ type: 'room.left', room, deleted: deleted.name }))
    }
  }
  chat.log('room.deleted', { room })
}

/** After a portion others have the disk for this many times as long. */
const pauseFactor = 1

/**
 * Erases what was said in deleted rooms, portion by portion, also of those that were deleted before
 * the start. Gives the function that stops it.
 */
export function startErasing(chat: Chat): () => void {
  let isStopped = false
  let timer: Timer | undefined
  const erase = async (): Promise<void> => {
    while (!isStopped) {
      const startedAt = performance.now()
      const erased = await chat.store.roomLife.erase()
      if (erased === null) return
      await removeFiles(chat, erased.files)
      if (erased.isLast) chat.log('room.erased', { room: erased.room })
      await Bun.sleep((performance.now() - startedAt) * pauseFactor)
    }
  }
  const eraseIfOurs = async (): Promise<void> => {
    if (await isOurs(chat, 'erasing')) await erase()
  }
  const look = async (): Promise<void> => {
    // A full disk: what is left waits for the next time.
    await eraseIfOurs().catch((fault) => chat.log('erasing.failed', { fault: faultOf(fault) }))
    if (!isStopped) timer = setTimeout(look, serverLimits.eraseMs)
  }
  timer = setTimeout(look, serverLimits.afterStartMs)
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
