import type { Page } from '../ui/page'
import { limits } from '../../shared/limits'

/** Browsers keep this much over a reload without complaint. */
const keptFileBytesMax = 25 * 1024 * 1024

/**
 * The bytes of files that wait to be sent: in memory, and in the browser's database as far as it
 * has one and they are not too large, so that a reload does not lose them.
 */
export type KeptFiles = {
  keep: (key: string, blob: Blob) => void
  /** It is about to be sent: kept again, if another page has tidied up meanwhile. */
  persist: (key: string) => Promise<void>
  /** Null when the page that had it is gone and nothing was kept. */
  find: (key: string) => Promise<Blob | null>
  /** An address of the file for this page, the same each time. */
  url: (key: string) => Promise<string | null>
  forget: (key: string) => void
}

/** `isWanted` says of a key whether a message still waits for its file; all others go. */
export function openKeptFiles(
  page: Pick<Page, 'house'>,
  isWanted: (key: string) => boolean,
): KeptFiles {
  const blobs = new Map<string, Blob>()
  const urls = new Map<string, string>()
  const within = openDisk(`chatroom.${page.house}.files`)
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
  const find = async (key: string): Promise<Blob | null> => {
    const known = blobs.get(key) ?? (await within((store) => store.get(key)))
    if (!(known instanceof Blob)) return null
    blobs.set(key, known)
    return known
  }
  return {
    keep(key, blob) {
      blobs.set(key, blob)
      put(key)
    },
    async persist(key) {
      if ((await within((store) => store.count(key))) === 0) put(key)
    },
    find,
    async url(key) {
      const blob = await find(key)
      if (blob === null) return null
      const url = urls.get(key) ?? URL.createObjectURL(blob)
      urls.set(key, url)
      return url
    },
    forget(key) {
      blobs.delete(key)
      const url = urls.get(key)
      // The row may still show it for a moment.
      if (url !== undefined) setTimeout(() => URL.revokeObjectURL(url), limits.answerMsMax)
      urls.delete(key)
      void within((store) => store.delete(key))
    },
  }
}

type Disk = (work: (store: IDBObjectStore) => IDBRequest) => Promise<unknown>

/** Does something with what the browser keeps; null when it keeps nothing. */
function openDisk(name: string): Disk {
  const database = openDatabase(name)
  return async (work) => {
    const opened = await database
    if (opened === null) return null
    try {
      return await settled(work(opened.transaction('files', 'readwrite').objectStore('files')))
    } catch {
      return null
    }
  }
}

async function openDatabase(name: string): Promise<IDBDatabase | null> {
  try {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore('files')
    const opened = await settled(request)
    // Else it could not be deleted while a page has it.
    opened.onversionchange = () => opened.close()
    return opened
  } catch {
    return null
  }
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('the database refused'))
  })
}
