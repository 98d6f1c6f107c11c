import { serverLimits } from '../../server/limits'
import { faultOf } from '../../server/log'
import type { Chat } from '../chat'

/** A file without a row is kept for as long as writing its row may take. */
const strayFileMs = 60 * 60_000
const janitorMs = 60 * 60_000

/**
 * Takes away what nobody will ask for: uploads that no message used, files that lost their row or
 * never got one, drafts of uploads that were cut. Works soon after the start, on what is from
 * before it, and every hour. Gives the function that ends it.
 */
export function startJanitor(chat: Chat): () => void {
  const startedAt = chat.now()
  const tidy = (before: number): void => {
    tidyFiles(chat, before).catch((fault) => chat.log('janitor.failed', { fault: faultOf(fault) }))
  }
  const first = setTimeout(() => tidy(startedAt), serverLimits.afterStartMs)
  const timer = setInterval(() => tidy(chat.now() - strayFileMs), janitorMs)
  return () => {
    clearTimeout(first)
    clearInterval(timer)
  }
}

async function tidyFiles(chat: Chat, before: number): Promise<void> {
  const { files, store } = chat
  let size = 0
  await files.removeDrafts(before)
  await removeFiles(
    chat,
    await store.attachments.dropUnused(chat.now() - serverLimits.unusedUploadMs),
  )
  const removeStray = async (ids: string[]): Promise<void> => {
    const stray = await store.attachments.unknown(ids)
    size += stray.length
    await removeFiles(chat, stray)
  }
  let ids: string[] = []
  for await (const id of files.list(before)) {
    ids.push(id)
    if (ids.length < batchFiles) continue
    await removeStray(ids)
    ids = []
  }
  await removeStray(ids)
  if (size > 0) chat.log('janitor.removed', { size })
}

const batchFiles = 500

/** Removes the files whose rows are gone; one that resists is left to the next round. */
export async function removeFiles(chat: Chat, ids: string[]): Promise<void> {
  for (const id of ids) {
    await chat.files.remove(id).catch((fault) => chat.log('file.stays', { fault: faultOf(fault) }))
  }
}
