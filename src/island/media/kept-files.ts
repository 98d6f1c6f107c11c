import { createStore, del, get, keys, set } from 'idb-keyval'
import { limits } from '../../shared/limits'
import type { Page } from '../ui/page'

/** Browsers keep this much over a reload without complaint. */
const keptFileBytesMax = 25 * 1024 * 1024

export type KeptFiles = ReturnType<typeof openKeptFiles>

/**
 * The bytes of files that wait to be sent: in memory, and in the browser's database as far as it
 * has one and they are not too large, so that a reload does not lose them. `isWanted` tells whether
 * a message still waits for the file of a key; all others are deleted.
 */
export function openKeptFiles({ instance }: Page, isWanted: (key: string) => boolean) {
  const files = new Map<string, { blob: Blob; url: string }>()
  const store = createStore(`chatroom.${instance}.files`, 'files')
  const hold = (key: string, blob: Blob) => {
    const file = { blob, url: URL.createObjectURL(blob) }
    files.set(key, file)
    return file
  }
  const remove = (key: string): void => void orNull(() => del(key, store))
  // While a page has it open, the database could not be deleted at the log-out.
  void orNull(() =>
    store('readonly', ({ transaction: { db } }) => {
      db.onversionchange = () => db.close()
    }),
  )
  void orNull(() => keys<string>(store)).then((all) => {
    for (const key of all ?? []) if (!isWanted(key)) remove(key)
  })
  return {
    /** A file and its URL on this page; null when it was not kept over a reload. */
    async find(key: string) {
      const known = files.get(key)
      if (known !== undefined) return known
      const blob = await orNull(() => get(key, store))
      return blob instanceof Blob ? hold(key, blob) : null
    },
    keep(key: string, blob: Blob): void {
      hold(key, blob)
      if (blob.size <= keptFileBytesMax) void orNull(() => set(key, blob, store))
    },
    forget(key: string): void {
      const { url = '' } = files.get(key) ?? {}
      files.delete(key)
      // The row may still show it for a moment.
      setTimeout(() => URL.revokeObjectURL(url), limits.answerMsMax)
      remove(key)
    },
  }
}

/** Null where the browser has no database, or it refuses. */
async function orNull<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work()
  } catch {
    return null
  }
}
