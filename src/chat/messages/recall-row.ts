import { liveRow } from '../../../views/messages/live-row'
import { setNewest } from '../../shared/lru'
import type { Message } from '../../store/store'
import type { Chat } from '../chat'

/** Rendered rows kept for the next reader, unless they are long: at most 4 MB. */
const rowsKeptMax = 1_000
const rowKeyUnitsMax = 2_000

/**
 * A message's row, from memory when it was asked for lately: after an interruption everybody comes
 * back for the same rows. Known by all that a row is made of, so nothing can be out of date.
 */
export function recallRow(chat: Pick<Chat, 'paths'>, message: Message): string {
  const key = chat.paths.base + JSON.stringify(message)
  const known = rows.get(key)
  if (known !== undefined) return known
  const row = liveRow(message, chat.paths)
  if (key.length > rowKeyUnitsMax) return row
  setNewest(rows, key, row, rowsKeptMax)
  return row
}

const rows = new Map<string, string>()
