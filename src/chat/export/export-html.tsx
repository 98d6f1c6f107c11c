import { ExportEnd, ExportedMessages, ExportHead } from '../../../views/export/export'
import { wordsFor } from '../../../views/words'
import { stamp } from '../search/zone'
import { type Exported, type Format, headLines, quoteOf } from './export-text'

const exportPageRows = 100
/** Bytes of a picture encoded at once; a multiple of three, for base64. */
const pictureBytes = 48 * 1024

/** A room as one page with its styles and pictures inside, whose policy forbids all requests. */
export function createHtmlFormat(exported: Exported): Format {
  const { chat, language, origin, zone } = exported
  const words = wordsFor(language)
  // Marks the places of messages and pictures; random, so that nobody can have typed it.
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
        quote: quoteOf(exported, message),
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
    tail: (remark) => `${(<ExportEnd sentence={remark} />)}${end}`,
  }
}

async function* base64({ chat }: Exported, id: string): AsyncGenerator<string> {
  for (let at = 0; ; at += pictureBytes) {
    const bytes = await chat.files.read(id, at, pictureBytes)
    if (bytes.length > 0) yield bytes.toBase64()
    if (bytes.length < pictureBytes) return
  }
}
