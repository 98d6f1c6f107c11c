import { wordsFor } from '../../../views/words'
import { serverNameOf } from '../administration/administration'
import { exportName } from '../../shared/export-text'
import { plural } from '../../shared/text'
import type { Room } from '../../store/store'
import type { Chat, Visitor } from '../chat'
import { stamp, type Zone } from '../search/zone'
import { createHtmlFormat } from './export-html'
import { createTextFormat, type Exported, type Format } from './export-text'

type Export = {
  /** The name of the file, without its ending. */
  name: string
  pieces: AsyncGenerator<string>
}

type ExportOptions = { kind: 'txt' | 'html'; zone: Zone; origin: string }

/** Exports a room up to its newest message now; null when the reader is no member any more. */
export async function exportRoom(
  chat: Chat,
  { user, address, language }: Visitor,
  room: Room,
  { kind, zone, origin }: ExportOptions,
): Promise<Export | null> {
  const extent = await chat.store.measure(room, user.id)
  if (extent === null) return null
  const asker = { id: user.id, address }
  // Up to the revision at which the messages were counted.
  const upTo = { ...room, revision: extent.revision }
  const at = chat.now()
  const serverName = await serverNameOf(chat)
  const exported = { chat, room: upTo, asker, extent, zone, language, serverName, origin, at }
  const format = kind === 'txt' ? createTextFormat(exported) : createHtmlFormat(exported)
  return {
    name: exportName(room.pair?.[1].nickname ?? room.name, stamp(zone, exported.at)),
    pieces: write(exported, format),
  }
}

async function* write(exported: Exported, format: Format): AsyncGenerator<string> {
  const { chat, extent, language, asker, room } = exported
  const words = wordsFor(language).roomFile
  yield format.head()
  let written = 0
  let after = 0
  for (let isEnd = false; !isEnd;) {
    const page = await chat.store.readOn(room, asker, after, format.rows)
    if (page === null) return yield format.tail(words.removed)
    yield* format.page(page)
    written += page.messages.filter(({ system }) => system === null).length
    after = page.messages.at(-1)?.seq ?? after
    isEnd = page.end
  }
  const deleted = extent.count - written
  yield format.tail(deleted > 0 ? plural(language, deleted, words.deleted) : '')
}
