import { liveRow } from '../../../views/messages/live-row'
import type { ChangeOutcome, Message } from '../../store/store'
import type { Chat } from '../chat'
import { toEvent } from './events'
import { removeFiles } from '../files/janitor'
import { mentionsIn, type PostAnswer, toAccepted } from './post-message'

/** Which message, and the sender's own id of this request. */
export type Wanted = { room: number; seq: number; clientId: string }

/**
 * Gives an own message other words. Asked twice for the same words, it answers twice and changes
 * once. A message that is gone, another's, or in a room one is not in is `message_missing`.
 * Throws `storage_full`.
 */
export async function editMessage(
  chat: Chat,
  author: number,
  { room, seq, clientId, content }: Wanted & { content: string },
): Promise<PostAnswer> {
  chat.requireSpace()
  const mentions = await mentionsIn(chat, { room, author, content })
  const at = chat.now()
  const outcome = await chat.store.messages.edit({ room, seq, author, content, mentions, at })
  return tellAndAnswer(chat, clientId, outcome)
}

/** Takes a message back: one's own, or any in a room one owns. Throws nothing; see editMessage. */
export async function deleteMessage(
  chat: Chat,
  user: number,
  { room, seq, clientId }: Wanted,
): Promise<PostAnswer> {
  const outcome = await chat.store.messages.remove({ room, seq, user, at: chat.now() })
  const answer = tellAndAnswer(chat, clientId, outcome)
  if (outcome.status === 'changed') await removeFiles(chat, outcome.freed ?? [])
  return answer
}

/** After the commit: everybody sees what became of the message, and the sender is answered. */
export function tellAndAnswer(chat: Chat, clientId: string, outcome: ChangeOutcome): PostAnswer {
  if (outcome.status === 'refused') return { type: 'refused', code: outcome.code }
  const { message } = outcome
  if (outcome.status === 'changed') publish(chat, message)
  return toAccepted({ ...message, clientId })
}

/** A changed message is its row again; a removed one is only told. */
function publish(chat: Chat, message: Message): void {
  const json = (): string => JSON.stringify([toEvent(message, message.seq)])
  const html = message.deletedAt === null ? (): string => liveRow(message, chat.paths) : json
  chat.publish({ room: message.room }, { html, json })
}
