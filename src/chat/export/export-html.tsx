import { plural } from '../../shared/text'
import { ExportEnd, ExportedMessages, ExportHead } from '../../../views/export/export'
import { wordsFor } from '../../../views/words'
import type { Exported, Format } from './export-room'
import { headLines, quoteOf } from './export-text'
import { stamp } from '../search/zone'

const exportPageRows = 100
/** Bytes of a picture encoded at once; a multiple of three, for base64. */
const pictureBytes = 48 * 1024

/**
 * A room as one page that needs nothing else: styles and pictures stand inside, there is no script,
 * and its own policy forbids every request.
 */
export function createHtmlFormat(exported: Exported): Format {
  const { chat, language, origin, zone } = exported
  const words = wordsFor(language).roomFile
  // Stands for what is put in as it is read; nobody can have typed it.
  const mark = crypto.getRandomValues(new Uint8Array(16)).toHex()
  const pictures = new RegExp(`${mark}-([0-9a-f]+)-${mark}`)
  const [head = '', end = ''] = String(
    <ExportHead language={language} lines={headLines(exported)} mark={mark} />,
  ).split(mark)
  return {
    rows: exportPageRows,
    head: () => `<!doctype html>${head}`,
    async *page({ messages }) {
      const shown = messages.map((message) => ({
        message,
        at: stamp(zone, message.createdAt),
        quote: quoteOf(message),
        files: message.attachments.map((file) => ({
          ...file,
          href: origin + chat.paths.attachment(file.id, file.name),
          picture: file.type.startsWith('image/')
            ? `data:${file.type};base64,${mark}-${file.id}-${mark}`
            : null,
        })),
      }))
      const html = String(<ExportedMessages messages={shown} words={words} />)
      for (const [n, piece] of html.split(pictures).entries()) {
        if (n % 2 === 0) yield piece
        else yield* base64(exported, piece)
      }
    },
    tail({ gone, isPutOut }) {
      const sentence = isPutOut ? words.putOut : gone > 0 ? plural(language, gone, words.gone) : ''
      return `${(<ExportEnd sentence={sentence} />)}${end}`
    },
  }
}

/** A file in pieces that fit together; nothing when it is gone. */
async function* base64({ chat }: Exported, id: string): AsyncGenerator<string> {
  for (let at = 0; ; at += pictureBytes) {
    const bytes = await chat.files.read(id, at, pictureBytes)
    if (bytes.length > 0) yield bytes.toBase64()
    if (bytes.length < pictureBytes) return
  }
}
