import type { Page } from './page'

/**
 * The browser's storage, which may be full, switched off or edited by hand: every access may fail
 * and nothing read from it is believed.
 */
export type Storage = {
  read: (key: string) => unknown
  /** False when the browser keeps nothing. */
  write: (key: string, value: unknown) => boolean
  remove: (key: string) => void
  /** Characters that a key's value takes. */
  size: (key: string) => number
  keys: (prefix: string) => string[]
  /** Called when the storage is full: true when something was deleted to make room. */
  makeRoom: () => boolean
  /** Deletes everything of this server but these keys, and stores nothing more. */
  seal: (kept: string[]) => void
  /** Calls back when another tab changed a key. */
  watch: (callback: (key: string, value: unknown) => void) => void
}

/** Opens the storage of one server's pages; keys are short, without the prefix. */
export function openStorage(page: Pick<Page, 'house'>): Storage {
  const prefix = `chatroom.${page.house}.`
  const attempt = <Result>(work: () => Result, otherwise: Result): Result => {
    try {
      return work()
    } catch {
      return otherwise
    }
  }
  const keys = (start: string): string[] =>
    attempt(() => Object.keys(localStorage), [])
      .filter((key) => key.startsWith(prefix + start))
      .map((key) => key.slice(prefix.length))
  const remove = (key: string): void =>
    attempt(() => localStorage.removeItem(prefix + key), undefined)
  let isSealed = false
  const storage: Storage = {
    read: (key) => attempt(() => JSON.parse(localStorage.getItem(prefix + key) ?? 'null'), null),
    write(key, value) {
      const text = JSON.stringify(value)
      const put = (): boolean =>
        attempt(() => {
          localStorage.setItem(prefix + key, text)
          return true
        }, false)
      while (!isSealed) {
        if (put()) return true
        if (!storage.makeRoom()) return false
      }
      return false
    },
    remove,
    size: (key) => attempt(() => localStorage.getItem(prefix + key)?.length ?? 0, 0),
    makeRoom: () => false,
    keys,
    seal(kept) {
      isSealed = true
      for (const key of keys('')) if (!kept.includes(key)) remove(key)
      // Files that wait (media/kept-files.ts): the page may never have loaded that part.
      attempt(() => void indexedDB.deleteDatabase(`${prefix}files`), undefined)
    },
    watch(callback) {
      window.addEventListener('storage', ({ key, newValue }) => {
        if (key === null || !key.startsWith(prefix)) return
        callback(
          key.slice(prefix.length),
          attempt(() => JSON.parse(newValue ?? 'null'), null),
        )
      })
    },
  }
  return storage
}

/** Whether this browser can store anything at this moment. */
export function canKeep(storage: Storage): boolean {
  const isKept = storage.write('probe', 1)
  storage.remove('probe')
  return isKept
}

const claimMs = 80
/** Names this tab among those of the browser. */
const tab = Math.random()

/**
 * Does `work` in one of the tabs that claim a key within a moment, and `otherwise` in the others.
 * The last claim wins. A suspended tab claims nothing. There are no Web Locks on plain HTTP.
 */
export function claim(
  storage: Storage,
  key: string,
  work: () => void,
  otherwise: () => void,
): void {
  if (!storage.write(key, tab)) return work()
  setTimeout(() => (storage.read(key) === tab ? work() : otherwise()), claimMs)
}
