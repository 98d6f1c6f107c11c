import { fill, plural } from '../../shared/text'
import { wordsFor } from '../../../views/words'
import { exportMessage } from '../../shared/export-text'
import type { Message } from '../../store/store'
import { version } from '../../version'
import type { Exported, Format } from './export-room'
import { stamp } from '../search/zone'

const exportTextRows = 200
const exportQuoteUnits = 120

/**
 * A room as a text file: a head, then each message in one line, and what goes on below it indented,
 * so that no text can pass for another message.
 */
export function createTextFormat(exported: Exported): Format {
  const { language } = exported
  const words = wordsFor(language).roomFile
  return {
    rows: exportTextRows,
    head: () => `${headLines(exported).join('\n')}\n\n`,
    async *page(page) {
      yield page.messages.map((message) => lineOf(exported, message)).join('')
    },
    tail({ gone, isPutOut }) {
      if (isPutOut) return `\n${words.putOut}\n`
      return gone > 0 ? `\n${plural(language, gone, words.gone)}\n` : ''
    },
  }
}

/** What is exported: which room, from when to when, how much, whose time, by what. */
export function headLines({ chat, room, extent, zone, language, at }: Exported): string[] {
  const words = wordsFor(language).roomFile
  const { count, firstAt, lastAt } = extent
  const [first, last] = [stamp(zone, firstAt ?? at), stamp(zone, lastAt ?? at)]
  const title = room.pair === null ? `#${room.name}` : room.pair[1].nickname
  return [
    `${title} · ${chat.config.name}`,
    fill(plural(language, count, words.head), { upTo: room.revision }),
    ...(firstAt === null ? [] : [fill(words.range, { first, last })]),
    fill(words.zone, { zone: zone.name }),
    fill(words.made, { at: stamp(zone, at), version }),
  ]
}

function lineOf({ chat, language, origin, zone }: Exported, message: Message): string {
  const { attachments, content, createdAt, editedAt, sender } = message
  const url = (id: string, name: string): string => origin + chat.paths.attachment(id, name)
  const said = {
    at: createdAt,
    name: sender.nickname,
    text: content,
    isEdited: editedAt !== null,
    reply: quoteOf(message),
    files: attachments.map(({ id, name }) => ({ name, url: url(id, name) })),
  }
  return exportMessage(said, (at) => stamp(zone, at), `(${wordsFor(language).roomFile.edited})`)
}

/** What was answered, in one line: who said it and how it begins; null when it is gone. */
export function quoteOf({ quote, replyTo }: Message): Quoted | null {
  if (quote === null || replyTo === null) return null
  const line = quote.content.trim().replace(/\s+/gu, ' ')
  const isLong = line.length > exportQuoteUnits
  const text = isLong ? `${line.slice(0, exportQuoteUnits).toWellFormed()}…` : line
  return { seq: replyTo, name: quote.sender.nickname, text }
}

type Quoted = { seq: number; name: string; text: string }
