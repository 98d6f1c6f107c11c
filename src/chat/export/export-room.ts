import { exportName } from '../../shared/export-text'
import { createHtmlFormat } from './export-html'
import { createTextFormat } from './export-text'
import type { Language } from '../../../views/words'
import type { ExportPage, Room, RoomExtent } from '../../store/store'
import type { Chat, Visitor } from '../chat'
import { stamp, type Zone } from '../search/zone'

export type Export = {
  /** What the file is called, before its ending. */
  name: string
  /** Made step by step, as it is taken. */
  pieces: AsyncGenerator<string>
}

/** What a format is told before it begins. */
export type Exported = {
  chat: Chat
  room: Room
  reader: number
  extent: RoomExtent
  zone: Zone
  language: Language
  /** Where the house is reached, for whole addresses. */
  origin: string
  at: number
}

export type Format = {
  /** How many messages it takes at once. */
  rows: number
  head: () => string
  page: (page: ExportPage) => AsyncGenerator<string>
  /** `gone`: taken back since it began; `isPutOut`: the reader may read no further. */
  tail: (end: { gone: number; isPutOut: boolean }) => string
}

export type ExportOptions = { kind: 'txt' | 'html'; zone: Zone; origin: string }

/**
 * Exports a room as it was when it was found: everything up to its newest message then, however
 * much is said meanwhile. Null for whoever has been put out since.
 */
export async function exportRoom(
  chat: Chat,
  { user, language }: Visitor,
  room: Room,
  { kind, zone, origin }: ExportOptions,
): Promise<Export | null> {
  const extent = await chat.store.measure(room, user.id)
  if (extent === null) return null
  const exported = { chat, room, reader: user.id, extent, zone, language, origin, at: chat.now() }
  const format = kind === 'txt' ? createTextFormat(exported) : createHtmlFormat(exported)
  return {
    name: exportName(room.pair?.[1].nickname ?? room.name, stamp(zone, exported.at)),
    pieces: write(exported, format),
  }
}

async function* write(exported: Exported, format: Format): AsyncGenerator<string> {
  const { chat, extent, reader, room } = exported
  yield format.head()
  let written = 0
  let after = 0
  for (let isEnd = false; !isEnd;) {
    // Asked anew at each step, so that whoever is put out meanwhile gets no more of it.
    const page = await chat.store.readOn(room, reader, after, format.rows)
    if (page === null) return yield format.tail({ gone: 0, isPutOut: true })
    yield* format.page(page)
    written += page.messages.length
    after = page.messages.at(-1)?.seq ?? after
    isEnd = page.end
  }
  yield format.tail({ gone: extent.count - written, isPutOut: false })
}
