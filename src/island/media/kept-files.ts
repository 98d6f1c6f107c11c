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
export function openKeptFiles({ house }: Page, isWanted: (key: string) => boolean) {
  const blobs = new Map<string, Blob>()
  const urls = new Map<string, string>()
  const database = openDatabase(`chatroom.${house}.files`)
  /** Null where the browser has no database, or it refuses. */
  const within = async (work: (store: IDBObjectStore) => IDBRequest): Promise<unknown> => {
    try {
      const transaction = (await database).transaction('files', 'readwrite')
      return await resultOf(work(transaction.objectStore('files')))
    } catch {
      return null
    }
  }
  void within((store) => store.getAllKeys()).then((keys) => {
    for (const key of Array.isArray(keys) ? keys.map(String) : []) {
      if (!isWanted(key)) void within((store) => store.delete(key))
    }
  })
  const put = (key: string): void => {
    const blob = blobs.get(key)
    if (blob === undefined || blob.size > keptFileBytesMax) return
    void within((store) => store.put(blob, key))
  }
  /** Null when the page that had the file is gone and nothing was kept. */
  const find = async (key: string): Promise<Blob | null> => {
    const known = blobs.get(key) ?? (await within((store) => store.get(key)))
    if (!(known instanceof Blob)) return null
    blobs.set(key, known)
    return known
  }
  return {
    find,
    keep(key: string, blob: Blob): void {
      blobs.set(key, blob)
      put(key)
    },
    /** Keeps a file again that is about to be sent, if another page has deleted it meanwhile. */
    async persist(key: string): Promise<void> {
      if ((await within((store) => store.count(key))) === 0) put(key)
    },
    /** A URL of the file for this page, the same each time. */
    async url(key: string): Promise<string | null> {
      const blob = await find(key)
      if (blob === null) return null
      const url = urls.get(key) ?? URL.createObjectURL(blob)
      urls.set(key, url)
      return url
    },
    forget(key: string): void {
      blobs.delete(key)
      const url = urls.get(key)
      // The row may still show it for a moment.
      if (url !== undefined) setTimeout(() => URL.revokeObjectURL(url), limits.answerMsMax)
      urls.delete(key)
      void within((store) => store.delete(key))
    },
  }
}

async function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1)
  request.onupgradeneeded = () => request.result.createObjectStore('files')
  const opened = await resultOf(request)
  // Else it could not be deleted while a page has it open.
  opened.onversionchange = () => opened.close()
  return opened
}

function resultOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('the database refused'))
  })
}
