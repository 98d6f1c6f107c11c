import { liveRow } from '../../../views/messages/live-row'
import { faultOf } from '../../server/log'
import { serverLimits } from '../../server/limits'
import { limits } from '../../shared/limits'
import { weigh } from '../../store/fitting'
import type { ChangeOutcome, Message } from '../../store/store'
import type { Chat } from '../chat'
import { removeFiles } from '../files/janitor'
import { publishMarker } from '../rooms/read-markers'
import { spanOf } from '../publication'
import { toEvent } from './events'
import { findMentionsOfEdit } from './keep-mentions'
import { isEmptyText } from './parse-message'
import { type PostAnswer, toAccepted } from './post-message'

type Target = { room: number; seq: number; clientId: string }

/** The answer to a change, and the size of what was published to the room (store/fitting.ts). */
export type ChangeAnswer = { answer: PostAnswer; units: number }

/**
 * Replaces the text of an own message, which may be the same. Refused with `message_missing` when
 * the author may not see or edit it, and with `message_empty` when nothing would be left of it.
 * Throws `storage_full`.
 */
export async function editMessage(
  chat: Chat,
  author: number,
  { room, seq, clientId, content }: Target & { content: string },
): Promise<ChangeAnswer> {
  chat.requireSpace()
  const mentions = await findMentionsOfEdit(chat, { room, author, content })
  const isEmpty = isEmptyText(content)
  const edit = { room, seq, author, content, isEmpty, mentions, at: chat.now() }
  const outcome = await chat.store.messages.edit(edit)
  const answer = publishAndAnswer(chat, clientId, outcome)
  if (outcome.status === 'changed') void publishCounts(chat, { room, seq }, outcome.recounted)
  return answer
}

/** Deletes an own message, or any in a room the user owns. Refused like editMessage. */
export async function deleteMessage(
  chat: Chat,
  user: number,
  { room, seq, clientId }: Target,
): Promise<ChangeAnswer> {
  const outcome = await chat.store.messages.remove({ room, seq, user, at: chat.now() })
  const answer = publishAndAnswer(chat, clientId, outcome)
  if (outcome.status === 'changed') await removeFiles(chat, outcome.freed ?? [])
  return answer
}

/**
 * Adds or removes the user's emoji. Refused like editMessage, or with `reactions_full` or
 * `reactions_many`.
 */
export async function setReaction(
  chat: Chat,
  user: number,
  { room, seq, clientId, emoji, isActive }: Target & { emoji: string; isActive: boolean },
): Promise<ChangeAnswer> {
  const most = { kindsMax: limits.reactionKindsMax, reactionsMax: serverLimits.reactionsMax }
  const reaction = { room, seq, user, emoji, isActive, at: chat.now(), ...most }
  return publishAndAnswer(chat, clientId, await chat.store.messages.react(reaction))
}

/** After the commit: the room gets the changed message, then the sender gets the answer. */
function publishAndAnswer(chat: Chat, clientId: string, outcome: ChangeOutcome): ChangeAnswer {
  if (outcome.status === 'refused') {
    const { status: _, ...refusal } = outcome
    return { answer: { type: 'refused', ...refusal }, units: 0 }
  }
  const { message } = outcome
  const answer = toAccepted({ ...message, clientId })
  if (outcome.status === 'unchanged') return { answer, units: 0 }
  publish(chat, message)
  return { answer, units: message.deletedAt === null ? weigh(message) : 0 }
}

/** People whose counts are read in one turn of the event loop. */
const countsPerTurn = 20

/** Tells those who have not read a message yet, and are here, how many mentions they have now. */
async function publishCounts(
  chat: Chat,
  { room, seq }: Pick<Target, 'room' | 'seq'>,
  recounted: number[] = [],
): Promise<void> {
  try {
    const people = recounted.includes(0) ? chat.presence.idsIn(room) : recounted
    for (const [n, user] of people.entries()) {
      if (n % countsPerTurn === countsPerTurn - 1) await Bun.sleep(0)
      if (chat.presence.stateOf(user) !== 'offline') await publishMarker(chat, user, room, seq)
    }
  } catch (fault) {
    chat.log('fault', { where: 'edit.counts', fault: faultOf(fault) })
  }
}

function publish(chat: Chat, message: Message): void {
  const json = (): string => JSON.stringify([toEvent(message, message.seq)])
  const html = message.deletedAt === null ? (): string => liveRow(message, chat.paths) : json
  chat.publishChanges(spanOf(message.room, [message]), { html, json })
}
