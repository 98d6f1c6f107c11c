import { del, delMany, get, keys, set } from 'idb-keyval'
import { limits } from '../../shared/limits'
import { openDatabase } from '../ui/database'
import type { Page } from '../ui/page'

/** Browsers keep this much over a reload without complaint. */
const keptFileBytesMax = 25 * 1024 * 1024

export type KeptFiles = ReturnType<typeof openKeptFiles>

/**
 * The bytes of files that wait to be sent: in memory and, over a reload, in the browser's database
 * if it has one. A file is deleted when no message waits for its key any more: when it `isLeft`.
 */
export function openKeptFiles(page: Page, isLeft: (key: string) => boolean) {
  const files = new Map<string, { blob: Blob; url: string }>()
  const store = openDatabase(page, 'files')
  const hold = (key: string, blob: Blob) => {
    const file = { blob, url: URL.createObjectURL(blob) }
    files.set(key, file)
    return file
  }
  void keys<string>(store)
    .then((known) => delMany(known.filter(isLeft), store))
    .catch(() => {})
  return {
    /** A file and its URL on this page; null when it was not kept over a reload. */
    async find(key: string) {
      const known = files.get(key)
      if (known !== undefined) return known
      const blob = await get(key, store).catch(() => null)
      return blob instanceof Blob ? hold(key, blob) : null
    },
    keep(key: string, blob: Blob): void {
      hold(key, blob)
      if (blob.size <= keptFileBytesMax) void set(key, blob, store).catch(() => {})
    },
    forget(key: string): void {
      const { url = '' } = files.get(key) ?? {}
      files.delete(key)
      // The row may still show it for a moment.
      setTimeout(() => URL.revokeObjectURL(url), limits.answerMsMax)
      void del(key, store).catch(() => {})
    },
  }
}
