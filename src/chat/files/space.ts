import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import type { Chat } from '../chat'

/** Free space is checked again after each portion of this size. */
const spaceCheckBytes = 16 * 1024 * 1024
const uploadRetryMs = 2_000
/** How long a look at the free space stays valid. */
export const spaceLookMs = 1_000

/** Room on the disk for one file that is coming in. */
export type Claim = {
  /** Makes sure that there is room for so many bytes; throws when there is not. */
  cover: (bytes: number) => Promise<void>
  release: () => void
}

type UnderWay = { owner: number; bytes: number }

// Of all houses in this process: what is on its way counts as if it were here already.
const underWay = new Set<UnderWay>()

/**
 * Claims room for a file of this person: within their share, within the house's, and with enough
 * left on the disk that words can still be kept. Throws `own_space_full`, `space_full` or, when
 * too many files come in at once, `too_many`.
 */
export async function claimSpace(chat: Chat, owner: number, bytes: number): Promise<Claim> {
  const own = [...underWay].filter((upload) => upload.owner === owner).length
  if (own >= serverLimits.uploadsPerPersonMax || underWay.size >= serverLimits.uploadsMax) {
    throw new ChatError('too_many', uploadRetryMs)
  }
  const claim: UnderWay = { owner, bytes }
  underWay.add(claim)
  const release = (): void => void underWay.delete(claim)
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
    release,
  }
}

async function check({ config, files, store }: Chat, owner: number): Promise<void> {
  const { own, all } = await store.attachments.stored(owner)
  const coming = [...underWay]
  const sum = (uploads: UnderWay[]): number => uploads.reduce((all, { bytes }) => all + bytes, 0)
  const ownComing = sum(coming.filter((upload) => upload.owner === owner))
  if (own + ownComing > config.personBytesMax) throw new ChatError('own_space_full')
  if (all + sum(coming) > config.filesBytesMax) throw new ChatError('space_full')
  const { free, total } = await files.space()
  if (free - sum(coming) < reserveOf(total)) throw new ChatError('space_full')
}

/**
 * Makes the check for those who add words: it throws `storage_full` while so little is free that
 * the database could not tidy up any more. Deleting and reading do not ask. Nobody waits for the
 * disk to be looked at, as whoever did would be overtaken by those who come after.
 */
export function watchSpace(files: Pick<Chat['files'], 'space'>): Chat['requireSpace'] {
  let isLow = false
  let lookedAt = 0
  let timer: Timer | undefined
  const look = async (): Promise<void> => {
    lookedAt = performance.now()
    // A disk that does not even say how full it is, is left to the writing itself.
    const space = await files.space().catch(() => null)
    isLow = space !== null && space.free < serverLimits.messagesReserveBytes
    clearTimeout(timer)
    if (isLow) timer = setTimeout(() => void look(), spaceLookMs).unref()
  }
  void look()
  return () => {
    if (performance.now() - lookedAt >= spaceLookMs) void look()
    if (isLow) throw new ChatError('storage_full', serverLimits.storageRetryMs)
  }
}

/** What is left for words, whatever else comes. */
function reserveOf(total: number): number {
  const share = Math.min(total * serverLimits.reserveShare, serverLimits.reserveBytesMax)
  return Math.max(serverLimits.reserveBytesMin, share)
}
