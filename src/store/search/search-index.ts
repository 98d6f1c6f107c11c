import { foldVersion } from '../../shared/fold'
import { readAttachments } from '../sql/attachments'
import type { Work } from '../sql/database'
import { type Indexed, tokensOf } from './search-tokens'

/** What changes of messages do to the index, within their transactions. */
export type MessageIndex = {
  /** Before a message is changed or deleted: erases its tokens. */
  remove: (room: number, seq: number) => Work<void>
  /**
   * Does what removes about so many messages. The tokens of few are erased one by one, when `work`
   * does `settle`; those of many are marked, and `compact` erases them.
   */
  removeMany: <Result>(
    count: number,
    work: (settle: () => Work<void>) => Work<Result>,
  ) => Work<Result>
  /** Erases a portion of the marked tokens; gives whether more are left. */
  compact: () => Work<boolean>
  /** After it was changed. */
  add: (room: number, seq: number) => Work<void>
  /** After the newest messages were erased, whose ids the next ones get. */
  shrink: () => Work<void>
}

/** Messages indexed in one transaction, about 6 ms in SQLite… */
export const searchIndexRows = 500
/** …and fewer when together they have more characters than this. */
export const searchIndexUnitsMax = 32 * 1024

/** The key of the id up to which messages are indexed; searches scan those after it. */
export const indexedToSetting = 'search_indexed_to'

/** The key of the rules by which the tokens in the index were made. */
export const indexFormatSetting = 'search_format'

/** Identifies the rules of search-tokens.ts and fold.ts, which depend on the Unicode version. */
export const indexFormat = `2 fold ${foldVersion} unicode ${process.versions.unicode ?? ''}`

/** A message as `selectIndexed` reads it; some are left out of the index. */
export type IndexedRow = Omit<Indexed, 'attachments'> & {
  id: number
  attachments: string | null
  isLeftOut: 0 | 1
}

export const selectIndexed = `SELECT id, room_id AS room, author_id AS author, content, attachments,
  created_at AS createdAt, (deleted_at IS NOT NULL OR system IS NOT NULL) AS isLeftOut
  FROM messages`

/** The tokens of a message with spaces in between. */
export function tokensOfRow(row: IndexedRow): string {
  return tokensOf({ ...row, attachments: readAttachments(row.attachments) })
}
