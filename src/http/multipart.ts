import { ChatError } from '../server/errors'
import { serverLimits } from '../server/limits'

/** The head of a form part: its name and the name of a file. */
const formHeadBytesMax = 8 * 1024

/** A part of a form: a field, or a file when it has the name of one. */
export type Part = {
  name: string
  fileName: string | null
  /** Its next bytes; null at its end. What is left of it is skipped. */
  next: () => Promise<Uint8Array<ArrayBuffer> | null>
}

/** What stands between the parts of such a form; null for any other body. */
export function boundaryOf(contentType: string): string | null {
  const match = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(
    contentType,
  )
  return match?.[1] ?? match?.[2] ?? null
}

type Line = { reader: ReadableStreamDefaultReader<Uint8Array>; held: Buffer; bytesLeft: number }

/**
 * Reads a form part by part as it comes, and holds no more of it than what came last: a form with
 * files may be larger than our memory. Throws `bad_request` for one that no browser sends, and
 * `too_large` beyond so many bytes.
 */
export async function* readParts(
  body: ReadableStream<Uint8Array>,
  boundary: string,
  bytesMax: number,
): AsyncGenerator<Part, void> {
  const mark = Buffer.from(`\r\n--${boundary}`)
  // The first one has no line before it.
  const line: Line = { reader: body.getReader(), held: Buffer.from('\r\n'), bytesLeft: bytesMax }
  try {
    await skip(until(line, mark))
    for (let n = 0; !(await isOver(line)); n += 1) {
      if (n > serverLimits.formFieldsMax) throw new ChatError('bad_request')
      const head = await collect(until(line, Buffer.from('\r\n\r\n')), formHeadBytesMax)
      const bytes = until(line, mark)
      yield { ...readHead(head.toString()), next: async () => (await bytes.next()).value ?? null }
      await skip(bytes)
    }
  } finally {
    void line.reader.cancel().catch(() => {})
  }
}

/** After a mark: the end of the form, or the end of the line and another part. */
async function isOver(line: Line): Promise<boolean> {
  while (line.held.length < 2) await more(line)
  const sign = line.held.toString('latin1', 0, 2)
  // The line's end stays: a part without a head has an empty line there.
  if (sign !== '--' && sign !== '\r\n') throw new ChatError('bad_request')
  return sign === '--'
}

/** What comes before a mark, piece by piece; the mark itself is taken, too. */
async function* until(line: Line, mark: Buffer): AsyncGenerator<Uint8Array<ArrayBuffer>, null> {
  for (;;) {
    const at = line.held.indexOf(mark)
    // The end of what is held may be the beginning of the mark.
    const length = at === -1 ? line.held.length - mark.length + 1 : at
    if (length > 0) {
      const piece = new Uint8Array(line.held.subarray(0, length))
      line.held = line.held.subarray(length)
      yield piece
    }
    if (at !== -1) {
      line.held = line.held.subarray(mark.length)
      return null
    }
    await more(line)
  }
}

async function more(line: Line): Promise<void> {
  const { done, value } = await line.reader.read()
  if (done) throw new ChatError('bad_request')
  line.bytesLeft -= value.length
  if (line.bytesLeft < 0) throw new ChatError('too_large')
  line.held = Buffer.concat([line.held, value])
}

async function skip(pieces: AsyncGenerator<unknown, unknown>): Promise<void> {
  while ((await pieces.next()).done !== true);
}

/** All of something short. Throws `bad_request` beyond its measure. */
export async function collect(
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>,
  bytesMax: number,
): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of pieces) {
    size += part.length
    if (size > bytesMax) throw new ChatError('bad_request')
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function readHead(head: string): Pick<Part, 'name' | 'fileName'> {
  const line = /^content-disposition:\s*form-data\b(.*)$/im.exec(head)?.[1] ?? ''
  const value = (key: string): string | null => {
    const found = new RegExp(`;\\s*${key}="([^"]*)"`, 'i').exec(line)?.[1]
    // What browsers write for what would end the name.
    return found?.replace(/%22/g, '"').replace(/%0D%0A|%0D|%0A/gi, ' ') ?? null
  }
  const name = value('name')
  if (name === null) throw new ChatError('bad_request')
  return { name, fileName: value('filename') }
}
