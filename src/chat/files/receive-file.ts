import { awake } from '../../server/awake'
import { ChatError, toProblem } from '../../server/errors'
import { watchRate } from '../../server/least-rate'
import { serverLimits } from '../../server/limits'
import { faultOf } from '../../server/log'
import { isOfDatabase } from '../../store/storage-fault'
import type { Draft } from '../../store/files'
import type { Attachment } from '../../store/store'
import type { Chat, Visitor } from '../chat'
import { inspect } from './inspect'
import { removeFiles } from './janitor'
import { lengthOf, type Piece } from './picture'
import { claimSpace, type Claim, requireFiles } from './space'

/** A sync of a message never waits for more than this; about 60 MB a second still get through. */
export const flushBytes = 128 * 1024
/** Pause between flushes: a multiple of the last flush's duration, so that messages can sync. */
const pausePerFlush = 2
const flushPauseMsMin = 1

type Incoming = {
  sender: Pick<Visitor, 'user' | 'address'>
  body: ReadableStream<Uint8Array>
  /** As announced; null without an announcement. */
  size: number | null
  name: string
  description: string
  preview: string
  /** Called after the last byte, as a long upload may outlive its session. Throws a refusal. */
  authorise: () => Promise<unknown>
}

/**
 * Stores an uploaded file without its metadata; a failure leaves nothing behind. Throws `file_…`,
 * `files_away`, `upload_…`, `own_…_full`, `space_full`, `too_many`, `busy`, `not_signed_in` or
 * `storage_…`.
 */
export async function receiveFile(chat: Chat, incoming: Incoming): Promise<Attachment> {
  if (incoming.size === 0) throw new ChatError('file_empty')
  if ((incoming.size ?? 0) > chat.config.uploadBytesMax) throw new ChatError('file_large')
  chat.requireSpace()
  await requireFiles(chat)
  const claim = await claimSpace(chat, incoming.sender, incoming.size ?? 0)
  const drafts: Draft[] = []
  try {
    const draft = await begin(chat, drafts)
    const size = await take(chat, incoming, claim, draft)
    await incoming.authorise()
    const { pieces, ...looks } = await inspect({ size, read: draft.read })
    const clean = pieces === null ? draft : await copy(draft, pieces, await begin(chat, drafts))
    const id = crypto.getRandomValues(new Uint8Array(16)).toHex()
    const { description, preview } = incoming
    const owner = incoming.sender.user.id
    const about = { name: cleanFileName(incoming.name), description, preview }
    const kept = pieces === null ? size : lengthOf(pieces)
    const attachment = { id, ...about, ...looks, size: kept }
    // Its disk may have gone meanwhile, and a bare folder is no place for it.
    await requireFiles(chat)
    await clean.keep(id)
    if (!(await chat.store.attachments.add({ ...attachment, owner, createdAt: chat.now() }))) {
      await removeFiles(chat, [id])
      throw new ChatError('not_signed_in')
    }
    chat.log('uploaded', { user: owner, size: kept })
    return attachment
  } catch (fault) {
    throw asProblem(chat, fault)
  } finally {
    claim.release()
    for (const draft of drafts) await draft.drop().catch(() => {})
  }
}

async function begin(chat: Chat, drafts: Draft[]): Promise<Draft> {
  const draft = await chat.files.begin()
  drafts.push(draft)
  return draft
}

async function take(chat: Chat, incoming: Incoming, claim: Claim, draft: Draft): Promise<number> {
  const reader = incoming.body.getReader()
  const write = writeInPortions(draft)
  const watch = watchRate()
  let size = 0
  try {
    for (;;) {
      watch.wait()
      const { done, value } = await orStalled(reader.read())
      if (done) break
      watch.moved(value.length)
      if (watch.isSlow() && claim.isWanted()) throw new ChatError('upload_stalled')
      size += value.length
      if (size > chat.config.uploadBytesMax) throw new ChatError('file_large')
      await claim.cover(size)
      for (let at = 0; at < value.length; at += flushBytes) {
        await write(value.subarray(at, at + flushBytes))
      }
    }
  } finally {
    void reader.cancel().catch(() => {})
  }
  if (size === 0) throw new ChatError('file_empty')
  if (incoming.size !== null && size !== incoming.size) throw new ChatError('upload_cut')
  return size
}

function writeInPortions(draft: Draft): (bytes: Uint8Array) => Promise<void> {
  let waiting = 0
  return async (bytes) => {
    await draft.write(bytes)
    waiting += bytes.length
    if (waiting < flushBytes) return
    waiting = 0
    const startedAt = performance.now()
    await draft.flush()
    const ms = (performance.now() - startedAt) * pausePerFlush
    await Bun.sleep(Math.max(flushPauseMsMin, ms))
  }
}

async function orStalled<Value>(work: Promise<Value>): Promise<Value> {
  const { promise: stalled, reject } = Promise.withResolvers<never>()
  const stop = awake.after(serverLimits.uploadStallMsMax, () =>
    reject(new ChatError('upload_stalled')),
  )
  return Promise.race([work, stalled]).finally(stop)
}

async function copy(from: Draft, pieces: Piece[], to: Draft): Promise<Draft> {
  const write = writeInPortions(to)
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) {
      await write(piece)
      continue
    }
    for (let at = piece.start; at < piece.end; at += flushBytes) {
      const length = Math.min(flushBytes, piece.end - at)
      const part = await from.read(at, length)
      if (part.length < length) throw Object.assign(new Error('the draft is cut'), { code: 'EIO' })
      await write(part)
    }
  }
  return to
}

function asProblem(chat: Chat, fault: unknown): unknown {
  if (fault instanceof ChatError) return fault
  const problem = toProblem(fault)
  // The disk of the database has a code of its own.
  if (problem?.code === 'storage_full' && !isOfDatabase(fault)) return new ChatError('space_full')
  // The sender is gone and does not see this.
  if (fault instanceof Error && fault.name === 'AbortError') return new ChatError('upload_cut')
  chat.log('upload.failed', { fault: faultOf(fault) })
  return problem ?? new ChatError('storage_failed', serverLimits.storageRetryMs)
}

const fileNameUnitsMax = 120

/** The name under which a file is shown and downloaded; no stored file has it. */
export function cleanFileName(sent: string): string {
  // Only the end is looked at, so that a hostile name costs little.
  const [last = ''] = sent
    .slice(-fileNameUnitsMax * 20)
    .split(/[\\/]/)
    .slice(-1)
  const plain = last
    .toWellFormed()
    .replace(/[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2028\u2029]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\.+$/, '')
  return shorten(plain) || 'file'
}

/** Shortens in the middle, as the end of a name tells the type. */
function shorten(name: string): string {
  if (name.length <= fileNameUnitsMax) return name
  const ending = /\.[^.\s]{1,12}$/.exec(name)?.[0] ?? ''
  return `${name.slice(0, fileNameUnitsMax - ending.length - 1)}…${ending}`.toWellFormed()
}
