import { receiveFile } from '../chat/files/receive-file'
import type { Visitor } from '../chat/chat'
import { ChatError } from '../server/errors'
import { chargeClient, consumeForUser, rates } from '../server/rate-limits'
import { serverLimits } from '../server/limits'
import { limits } from '../shared/limits'
import { type HttpContext, type HttpDeps, isMultipart, sendsJson } from './context'
import { requireRoom } from './middleware/identity'
import { boundaryOf, collect, type Part, readParts } from './multipart'
import { keepOpen } from './slow-clients'

/**
 * The text fields of a posted form, the last of each name; files are left out. Throws `media_type`
 * for a body that is no form and `bad_request` for a form that cannot be read.
 */
export async function readForm(c: HttpContext): Promise<Map<string, string>> {
  const fields = new Map<string, string>()
  for (const [name, value] of await readFormData(c)) {
    if (typeof value === 'string') fields.set(name, value)
  }
  return fields
}

/** The same with all of a name. */
export async function readFormData(c: HttpContext): Promise<FormData> {
  const type = c.req.header('content-type') ?? ''
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) {
    throw new ChatError('media_type')
  }
  const form = await c.req.raw.formData().catch(() => {
    throw new ChatError('bad_request')
  })
  if ([...form.keys()].length > serverLimits.formFieldsMax) throw new ChatError('bad_request')
  return form
}

/** The fields of a message, sent as JSON or as a form. Throws as readForm does. */
export async function readMessageFields(c: HttpContext): Promise<Map<string, unknown>> {
  if (!sendsJson(c)) return toMessageFields(await readForm(c))
  const body: unknown = await c.req.json().catch(() => null)
  const isRecord = typeof body === 'object' && body !== null && !Array.isArray(body)
  if (!isRecord) throw new ChatError('bad_request')
  const fields = new Map<string, unknown>(Object.entries(body))
  for (const [name, isRight] of Object.entries(shapes)) {
    const value = fields.get(name) ?? null
    if (value !== null && !isRight(value)) throw new ChatError('bad_frame')
  }
  return fields
}

const isText = (value: unknown): boolean => typeof value === 'string'
const isNumber = (value: unknown): boolean => typeof value === 'number'

/** The types of a message's fields in JSON. Nothing is turned into text, numbers or flags. */
const shapes: Record<string, (value: unknown) => boolean> = {
  client_id: isText,
  content: isText,
  emoji: isText,
  active: (value) => typeof value === 'boolean',
  reply_to: isNumber,
  written_in: isNumber,
  attachments: Array.isArray,
}

/** A text among the fields; '' when there is none. */
export function textOf(fields: Map<string, unknown>, name: string): string {
  const value = fields.get(name)
  return typeof value === 'string' ? value : ''
}

/** The fields of a form with the types that JSON would give them. */
function toMessageFields(form: Map<string, string>): Map<string, unknown> {
  const fields = new Map<string, unknown>(form)
  // Browsers send the line breaks of a form as CRLF.
  fields.set('content', (form.get('content') ?? '').replaceAll('\r\n', '\n'))
  const replyTo = form.get('reply_to')
  if (replyTo !== undefined) fields.set('reply_to', Number(replyTo))
  return fields
}

/** A message as it was sent, and why one of its files was refused. */
type SentMessageBody = { fields: Map<string, unknown>; problem: ChatError | null }

/**
 * Reads a message that a form may send together with files: each is streamed to the disk, like any
 * other upload. A refused file is read to its end, as browsers show no answer before. Throws
 * `bad_request`, `too_large`, and what ends an upload for good.
 */
export async function readSentMessage(
  deps: HttpDeps,
  c: HttpContext,
  visitor: Visitor,
): Promise<SentMessageBody> {
  if (!isMultipart(c)) return { fields: await readMessageFields(c), problem: null }
  const boundary = boundaryOf(c.req.header('content-type') ?? '')
  const { body } = c.req.raw
  if (boundary === null || body === null) throw new ChatError('bad_request')
  c.env.server.timeout(c.req.raw, serverLimits.uploadIdleSecondsMax)
  const { uploadBytesMax } = deps.chat.config
  const bytesMax = limits.attachmentsMax * uploadBytesMax + serverLimits.requestBytesMax
  // What is skipped has used the line as a file does.
  const onSkipped = (bytes: number): void =>
    chargeClient(deps.rateLimits, 'uploads', visitor, Math.ceil(bytes / uploadBytesMax))
  const form = new Map<string, string>()
  const files: string[] = []
  let problem: ChatError | null = null
  let textBytesLeft: number = serverLimits.requestBytesMax
  // Until all of it was read: the rest must not be read as another request.
  c.header('Connection', 'close')
  for await (const part of readParts(body, boundary, { bytesMax, onSkipped })) {
    if (part.fileName === null) {
      const text = await collect(part.bytes, textBytesLeft)
      textBytesLeft -= text.length
      form.set(part.name, text.toString())
    } else if (part.fileName !== '' && problem === null) {
      const hasPlace = files.length < limits.attachmentsMax
      const kept = hasPlace
        ? await receivePart(deps, c, visitor, part)
        : new ChatError('attachments_many')
      if (kept instanceof ChatError) problem = kept
      else files.push(kept)
    }
  }
  c.header('Connection', undefined)
  return { fields: toMessageFields(form).set('attachments', files), problem }
}

/** Problems after which the rest of a form is not worth reading. */
const endsUpload = /^(upload_|not_signed_in|room_missing)/

/** In debt, after skipped files: what this person sends is not read to its end any more. */
function isInDebt({ code, retryMs = 0 }: ChatError): boolean {
  return code === 'too_many' && retryMs > 1_000 / rates.uploads.perSecond
}

/** Stores the file of a part and gives its id, or the reason why it is refused. */
async function receivePart(
  deps: HttpDeps,
  c: HttpContext,
  visitor: Visitor,
  part: Part,
): Promise<string | ChatError> {
  const { chat, rateLimits } = deps
  const file = { sender: visitor, name: part.fileName ?? '', description: '', preview: '' }
  const authorise = async (): Promise<unknown> => requireRoom(deps, c)
  try {
    consumeForUser(rateLimits, 'uploads', visitor)
    const body = streamOf(part)
    return (await keepOpen(c, receiveFile(chat, { ...file, body, size: null, authorise }))).id
  } catch (problem) {
    if (!(problem instanceof ChatError) || endsUpload.test(problem.code)) throw problem
    if (isInDebt(problem)) throw problem
    return problem
  }
}

/** The rest of a part stays readable when the stream is cancelled. */
function streamOf({ bytes }: Part): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { value } = await bytes.next()
      if (value === null) controller.close()
      else controller.enqueue(value)
    },
  })
}
