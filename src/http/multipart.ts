import { parse } from 'content-disposition'
import { ChatError, type ProblemCode } from '../server/errors'
import { serverLimits } from '../server/limits'

/** The most bytes of a part's head: its name and the name of a file. */
const formHeadBytesMax = 8 * 1024

type Bytes = AsyncGenerator<Uint8Array<ArrayBuffer>, null>

/** A part of a form: a file when it has a file name, else a field. */
export type Part = {
  name: string
  fileName: string | null
  /** Its content as it arrives. Bytes that are not read are skipped. */
  bytes: Bytes
}

/** The boundary between the parts of a multipart form; null for any other content type. */
export function boundaryOf(contentType: string): string | null {
  const match = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(
    contentType,
  )
  return match?.[1] ?? match?.[2] ?? null
}

type Input = { reader: ReadableStreamDefaultReader<Uint8Array>; held: Buffer; bytesLeft: number }

/**
 * Parses a form part by part as it arrives, and buffers one chunk: a form with files may be larger
 * than the memory. `onSkipped` is told of the bytes of a part that were not read. Throws
 * `bad_request` when it is malformed, `upload_cut` when the client disconnects, `too_large` beyond
 * `bytesMax`.
 */
export async function* readParts(
  body: ReadableStream<Uint8Array>,
  boundary: string,
  { bytesMax, onSkipped }: { bytesMax: number; onSkipped: (bytes: number) => void },
): AsyncGenerator<Part, void> {
  const mark = Buffer.from(`\r\n--${boundary}`)
  // No line break precedes the first boundary.
  const input: Input = { reader: body.getReader(), held: Buffer.from('\r\n'), bytesLeft: bytesMax }
  try {
    // No browser writes anything before the first boundary.
    await collect(until(input, mark), formHeadBytesMax)
    for (let n = 0; !(await isOver(input)); n += 1) {
      if (n > serverLimits.formFieldsMax) throw new ChatError('bad_request')
      const head = await collect(until(input, Buffer.from('\r\n\r\n')), formHeadBytesMax)
      const bytes = until(input, mark)
      yield { ...readHead(head.toString()), bytes }
      const skipped = await skip(bytes)
      if (skipped > 0) onSkipped(skipped)
    }
  } finally {
    void input.reader.cancel().catch(() => {})
  }
}

/** Whether the boundary just read ends the form, or another part follows. */
async function isOver(input: Input): Promise<boolean> {
  while (input.held.length < 2) await more(input)
  const sign = input.held.toString('latin1', 0, 2)
  // The line break stays: for a part without a head it begins the empty line.
  if (sign !== '--' && sign !== '\r\n') throw new ChatError('bad_request')
  return sign === '--'
}

/** The bytes before `mark`, piece by piece; consumes the mark, too. */
async function* until(input: Input, mark: Buffer): Bytes {
  for (;;) {
    const at = input.held.indexOf(mark)
    // The mark may begin at the end of the buffer.
    const length = at === -1 ? input.held.length - mark.length + 1 : at
    if (length > 0) {
      const piece = new Uint8Array(input.held.subarray(0, length))
      input.held = input.held.subarray(length)
      yield piece
    }
    if (at !== -1) {
      input.held = input.held.subarray(mark.length)
      return null
    }
    await more(input)
  }
}

async function more(input: Input): Promise<void> {
  const { done, value } = await input.reader.read().catch(() => {
    // The client is gone and sees no answer.
    throw new ChatError('upload_cut')
  })
  if (done) throw new ChatError('bad_request')
  input.bytesLeft -= value.length
  if (input.bytesLeft < 0) throw new ChatError('too_large')
  input.held = Buffer.concat([input.held, value])
}

async function skip(pieces: Bytes): Promise<number> {
  let size = 0
  for await (const piece of pieces) size += piece.length
  return size
}

/** Joins short content. Throws `bad_request`, or `code`, beyond `bytesMax`. */
export async function collect(
  pieces: AsyncIterable<Uint8Array>,
  bytesMax: number,
  code: ProblemCode = 'bad_request',
): Promise<Buffer<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of pieces) {
    size += part.length
    if (size > bytesMax) throw new ChatError(code)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function readHead(head: string): Pick<Part, 'name' | 'fileName'> {
  const line = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? ''
  const { type, parameters } = parse(line.trim(), { multipart: true })
  const { name, filename } = parameters
  if (type !== 'form-data' || name === undefined) throw new ChatError('bad_request')
  return { name: inOneLine(name), fileName: filename === undefined ? null : inOneLine(filename) }
}

function inOneLine(text: string): string {
  return text.replace(/\r\n|\r|\n/g, ' ')
}
