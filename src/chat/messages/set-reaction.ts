import { limits } from '../../shared/limits'
import type { Chat } from '../chat'
import { tellAndAnswer, type Wanted } from './edit-message'
import type { PostAnswer } from './post-message'

/**
 * Sets one's emoji on a message, or takes it back; what stands already is answered and changes
 * nothing. Refused with `message_missing` as in editMessage, or `reactions_full`.
 */
export async function setReaction(
  chat: Chat,
  user: number,
  { room, seq, clientId, emoji, isActive }: Wanted & { emoji: string; isActive: boolean },
): Promise<PostAnswer> {
  const at = chat.now()
  const { reactionKindsMax: kindsMax } = limits
  const wanted = { room, seq, user, emoji, isActive, kindsMax, at }
  return tellAndAnswer(chat, clientId, await chat.store.messages.react(wanted))
}
