import { serverLimits } from '../../server/limits'
import { faultOf } from '../../server/log'
import { storageReasonOf } from '../../store/storage-fault'
import { type Chat, isOurs } from '../chat'

/** A file without a row is kept for as long as writing its row may take. */
const strayFileMs = 60 * 60_000
const janitorMs = 60 * 60_000
const batchFiles = 500

/**
 * Removes unused uploads, files without a row and drafts of interrupted uploads: soon after the
 * start those older than it, and then every hour. Gives the function that stops it.
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
  if (!(await isOurs(chat, 'janitor'))) return
  if (!(await files.isHere())) return chat.log('files.away')
  let size = 0
  await files.removeDrafts(before)
  const unused = await store.attachments.dropUnused(chat.now() - serverLimits.unusedUploadMs)
  await removeFiles(chat, unused)
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

/** Removes files whose rows are gone; those that cannot be removed wait for the next round. */
export async function removeFiles(chat: Chat, ids: string[]): Promise<void> {
  for (const id of ids) {
    try {
      await chat.files.remove(id)
    } catch (fault) {
      chat.log('file.stays', { fault: faultOf(fault) })
      // Each would wait for a store that does not answer.
      if (storageReasonOf(fault) === 'files_away') return
    }
  }
}
