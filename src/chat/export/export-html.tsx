import { ExportEnd, ExportedMessages, ExportHead } from '../../../views/export/export'
import { wordsFor } from '../../../views/words'
import type { Message } from '../../store/store'
import type { Chat } from '../chat'
import { requireFiles } from '../files/space'
import { stamp } from '../search/zone'
import { type Exported, type Format, headLines, quoteOf } from './export-text'

const exportPageRows = 100

/** A room as one page with its styles and pictures inside, whose policy forbids all requests. */
export function createHtmlFormat(exported: Exported): Format {
  const { chat, language, origin, zone } = exported
  const words = wordsFor(language)
  // Marks the places of messages and pictures; random, so that nobody can have typed it.
  const mark = crypto.getRandomValues(new Uint8Array(16)).toHex()
  const places = new RegExp(`${mark}-([0-9a-f]+)-${mark}`)
  const [head = '', end = ''] = String(
    <ExportHead language={language} words={words} lines={headLines(exported)} mark={mark} />,
  ).split(mark)
  return {
    rows: exportPageRows,
    head: () => `<!doctype html>${head}`,
    async *page({ messages }) {
      const pictures = await findPictures(chat, messages)
      const shown = messages.map((message) => ({
        message,
        at: stamp(zone, message.createdAt),
        quote: quoteOf(exported, message),
        files: message.attachments.map((file) => ({
          ...file,
          href: origin + chat.paths.attachment(file.id, file.name),
          picture: pictures.has(file.id)
            ? `data:${file.type};base64,${mark}-${file.id}-${mark}`
            : null,
        })),
      }))
      const html = String(<ExportedMessages messages={shown} words={words} language={language} />)
      for (const [n, piece] of html.split(places).entries()) {
        if (n % 2 === 0) yield piece
        else yield* base64(chat, piece, pictures.get(piece) ?? 0)
      }
    },
    tail: (remark) => `${(<ExportEnd sentence={remark} />)}${end}`,
  }
}

/** The pictures of some messages that are whole on the disk, with their sizes; others are links. */
async function findPictures(chat: Chat, messages: Message[]): Promise<Map<string, number>> {
  const files = messages.flatMap(({ attachments }) => attachments)
  const pictures = files.filter(({ type }) => type.startsWith('image/'))
  if (pictures.length > 0) await requireFiles(chat)
  const found = new Map<string, number>()
  for (const { id, size } of pictures) {
    if ((await chat.files.size(id)) === size) found.set(id, size)
  }
  return found
}

/** A picture that is cut meanwhile ends the export. */
async function* base64({ files }: Chat, id: string, size: number): AsyncGenerator<string> {
  let rest = Buffer.alloc(0)
  for await (const part of files.parts(id, 0, size)) {
    const bytes = Buffer.concat([rest, part])
    // Three bytes are four letters; what is left begins the next piece.
    const whole = bytes.length - (bytes.length % 3)
    yield bytes.toString('base64', 0, whole)
    rest = bytes.subarray(whole)
  }
  yield rest.toString('base64')
}
