import { createConcurrencyLimit } from '../../server/concurrency'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import type { Chat, Visitor } from '../chat'

/** Free space is checked again after each portion of this size. */
const spaceCheckBytes = 16 * 1024 * 1024
const uploadRetryMs = 2_000
/** How long a measurement of the free space stays valid. */
const spaceLookMs = 1_000

export type Claim = {
  /** Extends the claim to this many bytes; throws as claimSpace does. */
  cover: (bytes: number) => Promise<void>
  /** Whether others wait for the place of this upload. */
  isWanted: () => boolean
  release: () => void
}

type UnderWay = { owner: number; bytes: number }

// Uploads in progress count as if they were stored already.
const underWay = new Set<UnderWay>()
const places = createConcurrencyLimit({
  perPerson: serverLimits.uploadsPerPersonMax,
  all: serverLimits.uploadsMax,
  retryMs: uploadRetryMs,
})

/**
 * Claims disk space for an upload of this person: within their quota and the server's, and beyond
 * the reserve for messages. Throws `own_…_full`, `space_full`, `too_many` or `busy`.
 */
export async function claimSpace(
  chat: Chat,
  sender: Pick<Visitor, 'user' | 'address'>,
  bytes: number,
): Promise<Claim> {
  const releasePlace = places.take(sender)
  const owner = sender.user.id
  const claim: UnderWay = { owner, bytes }
  underWay.add(claim)
  const release = (): void => {
    underWay.delete(claim)
    releasePlace()
  }
  try {
    await check(chat, owner)
  } catch (problem) {
    release()
    throw problem
  }
  let checked = bytes
  return {
    async cover(size) {
      if (size <= checked) return
      checked = size + spaceCheckBytes
      claim.bytes = checked
      await check(chat, owner)
    },
    isWanted: places.isWanted,
    release,
  }
}

/** Throws `files_away` while the folder for files is not the right one. */
export async function requireFiles({ files }: Chat): Promise<void> {
  if (!(await files.isHere())) throw new ChatError('files_away', serverLimits.storageRetryMs)
}

async function check({ config, files, store }: Chat, owner: number): Promise<void> {
  const { own, all } = await store.attachments.stored(owner)
  const coming = [...underWay]
  const ownComing = coming.filter((upload) => upload.owner === owner)
  const sum = (uploads: UnderWay[]): number => uploads.reduce((all, { bytes }) => all + bytes, 0)
  const { filesMax, filesPerPersonMax } = serverLimits
  if (own.bytes + sum(ownComing) > config.personBytesMax) throw new ChatError('own_space_full')
  if (own.files + ownComing.length > filesPerPersonMax) throw new ChatError('own_files_full')
  if (all.bytes + sum(coming) > config.filesBytesMax) throw new ChatError('space_full')
  if (all.files + coming.length > filesMax) throw new ChatError('space_full')
  const { free, total } = await files.space()
  if (free - sum(coming) < reserveOf(total)) throw new ChatError('space_full')
}

/**
 * Makes the check before each write: it throws `storage_full` while so little is free that the
 * database could not checkpoint its log. Measuring inline would reorder messages. The files may be
 * on another disk.
 */
export function watchSpace(store: Pick<Chat['store'], 'space'>): Chat['requireSpace'] {
  let isLow = false
  let measuredAt = 0
  let timer: Timer | undefined
  const measure = async (): Promise<void> => {
    measuredAt = performance.now()
    const space = await store.space().catch(() => null)
    isLow = space !== null && space.free < serverLimits.messagesReserveBytes
    clearTimeout(timer)
    if (isLow) timer = setTimeout(() => void measure(), spaceLookMs).unref()
  }
  void measure()
  return () => {
    if (performance.now() - measuredAt >= spaceLookMs) void measure()
    if (isLow) throw new ChatError('storage_full', serverLimits.storageRetryMs)
  }
}

function reserveOf(total: number): number {
  const share = Math.min(total * serverLimits.reserveShare, serverLimits.reserveBytesMax)
  return Math.max(serverLimits.reserveBytesMin, share)
}
