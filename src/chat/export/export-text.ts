import { nameIn } from '../../../views/people/avatar'
import { roomTitle } from '../../../views/rooms/room-title'
import { wordsFor } from '../../../views/words'
import type { Language } from '../../shared/languages'
import { exportLine, exportMessage } from '../../shared/export-text'
import { hideSpoilers } from '../../shared/markup/excerpt'
import { sentenceOf, textOfParts } from '../../shared/system-lines'
import { fill, plural } from '../../shared/text'
import type { Asker, ExportPage, Message, Room, RoomExtent } from '../../store/store'
import { version } from '../../version'
import type { Chat } from '../chat'
import { stamp, type Zone } from '../search/zone'

const exportTextRows = 200
const exportQuoteUnits = 120

export type Exported = {
  chat: Chat
  room: Room
  asker: Asker
  extent: RoomExtent
  zone: Zone
  language: Language
  serverName: string
  /** Of the server, for absolute URLs. */
  origin: string
  at: number
}

export type Format = {
  rows: number
  head: () => string
  page: (page: ExportPage) => AsyncGenerator<string>
  tail: (remark: string) => string
}

/** A room as a text file. */
export function createTextFormat(exported: Exported): Format {
  return {
    rows: exportTextRows,
    head: () => `${headLines(exported).join('\n')}\n\n`,
    async *page(page) {
      yield page.messages.map((message) => lineOf(exported, message)).join('')
    },
    tail: (remark) => (remark === '' ? '' : `\n${remark}\n`),
  }
}

export function headLines({ serverName, room, extent, zone, language, at }: Exported): string[] {
  const words = wordsFor(language).roomFile
  const { count, firstAt, lastAt } = extent
  const [first, last] = [stamp(zone, firstAt ?? at), stamp(zone, lastAt ?? at)]
  const other = room.pair?.[1]
  const title = other === undefined ? roomTitle(room) : nameIn(wordsFor(language), other)
  return [
    `${title} · ${serverName}`,
    fill(plural(language, count, words.head), { upTo: room.revision }),
    ...(firstAt === null ? [] : [fill(words.range, { first, last })]),
    fill(words.zone, { zone: zone.name }),
    fill(words.made, { at: stamp(zone, at), version }),
  ]
}

/** A system line as a sentence; null for a message. */
function sentenceFor({ language }: Exported, { sender, system }: Message): string | null {
  if (system === null) return null
  const words = wordsFor(language)
  const parts = sentenceOf({ line: system, author: sender }, words.live.system, language, true)
  return textOfParts(parts, (person) => nameIn(words, person))
}

function lineOf(exported: Exported, message: Message): string {
  const { chat, language, origin, zone } = exported
  const sentence = sentenceFor(exported, message)
  if (sentence !== null) return exportLine(message.createdAt, sentence, (at) => stamp(zone, at))
  const { attachments, content, createdAt, editedAt, sender } = message
  const url = (id: string, name: string): string => origin + chat.paths.attachment(id, name)
  const line = {
    at: createdAt,
    name: nameIn(wordsFor(language), sender),
    text: content,
    isEdited: editedAt !== null,
    reply: quoteOf(exported, message),
    files: attachments.map(({ id, name }) => ({ name, url: url(id, name) })),
  }
  return exportMessage(line, (at) => stamp(zone, at), `(${wordsFor(language).roomFile.edited})`)
}

/** The answered message in one line: its author and beginning; null when there is none. */
export function quoteOf({ language }: Exported, { quote, replyTo }: Message): Quoted | null {
  if (quote === null || replyTo === null) return null
  const line = hideSpoilers(quote.content).trim().replace(/\s+/gu, ' ')
  const isLong = line.length > exportQuoteUnits
  const text = isLong ? `${line.slice(0, exportQuoteUnits).toWellFormed()}…` : line
  return { seq: replyTo, name: nameIn(wordsFor(language), quote.sender), text }
}

type Quoted = { seq: number; name: string; text: string }
