import { liveRow } from '../../../views/messages/live-row'
import { limits } from '../../shared/limits'
import type { Message } from '../../store/store'
import type { Chat } from '../chat'

/**
 * A message's row, from memory when it was asked for lately: after an interruption everybody comes
 * back for the same rows. Known by all that a row is made of, so nothing can be out of date.
 */
export function recallRow(chat: Pick<Chat, 'paths'>, message: Message): string {
  const key = chat.paths.base + JSON.stringify(message)
  const known = rows.get(key)
  if (known !== undefined) return known
  const row = liveRow(message, chat.paths)
  if (key.length > limits.rowKeyUnitsMax) return row
  rows.set(key, row)
  const oldest = rows.keys().next()
  if (rows.size > limits.rowsKeptMax && !oldest.done) rows.delete(oldest.value)
  return row
}

const rows = new Map<string, string>()
