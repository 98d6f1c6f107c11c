import { spendFor } from '../server/rate-limits'
import { receiveFile } from '../chat/files/receive-file'
import type { Visitor } from '../chat/chat'
import { ChatError } from '../server/errors'
import { limits } from '../shared/limits'
import { serverLimits } from '../server/limits'
import { asMessage } from './bodies'
import type { WebContext, WebNeeds } from './context'
import { currentUser } from './middleware/identity'
import { boundaryOf, collect, type Part, readParts } from './multipart'

/** A message as a form brought it, and why one of its files was not taken. */
export type SentForm = { fields: Map<string, unknown>; problem: ChatError | null }

/**
 * Reads a form of a browser without JavaScript, which may bring files: each goes to the disk as it
 * comes, like any other upload. What is refused is read to its end, as browsers show no answer
 * before. Throws `bad_request`, `too_large`, and whatever ends an upload for good.
 */
export async function readFormWithFiles(
  needs: WebNeeds,
  c: WebContext,
  visitor: Visitor,
): Promise<SentForm> {
  const boundary = boundaryOf(c.req.header('content-type') ?? '')
  const { body } = c.req.raw
  if (boundary === null || body === null) throw new ChatError('bad_request')
  c.env.server.timeout(c.req.raw, serverLimits.uploadIdleSecondsMax)
  const bytesMax = limits.attachmentsMax * needs.chat.config.uploadBytesMax
  const form = new Map<string, string>()
  const files: string[] = []
  let problem: ChatError | null = null
  let textBytesLeft: number = serverLimits.requestBytesMax
  for await (const part of readParts(body, boundary, bytesMax + serverLimits.requestBytesMax)) {
    if (part.fileName === null) {
      const text = await collect(bytesOf(part), textBytesLeft)
      textBytesLeft -= text.length
      form.set(part.name, text.toString())
    } else if (part.fileName !== '' && problem === null) {
      const isOne = files.length < limits.attachmentsMax
      const kept = isOne ? await keep(needs, c, visitor, part) : new ChatError('attachments_many')
      if (kept instanceof ChatError) problem = kept
      else files.push(kept)
    }
  }
  return { fields: asMessage(form).set('attachments', files), problem }
}

/** The file's id, or why it is not taken. */
async function keep(
  { chat, spend }: WebNeeds,
  c: WebContext,
  visitor: Visitor,
  part: Part,
): Promise<string | ChatError> {
  const retryMs = spendFor(spend, 'uploads', visitor)
  if (retryMs > 0) return new ChatError('too_many', retryMs)
  const file = { owner: visitor.user.id, name: part.fileName ?? '', description: '', preview: '' }
  const isSignedIn = async (): Promise<boolean> => (await currentUser(chat, c)) !== null
  const incoming = { ...file, body: streamOf(part), size: null, isSignedIn }
  try {
    return (await receiveFile(chat, incoming)).id
  } catch (problem) {
    const isOver = !(problem instanceof ChatError) || /^(upload_|not_signed_in)/.test(problem.code)
    if (isOver) throw problem
    return problem
  }
}

async function* bytesOf({ next }: Part): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let bytes = await next(); bytes !== null; bytes = await next()) yield bytes
}

function streamOf({ next }: Part): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const bytes = await next()
      if (bytes === null) controller.close()
      else controller.enqueue(bytes)
    },
  })
}
