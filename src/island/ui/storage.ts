import type { Page } from './page'

export type Storage = ReturnType<typeof openStorage>

/** What the browser keeps in databases (./database.ts), which a log-out deletes. */
export const databaseNames = ['files', 'rings'] as const

/**
 * The browser's storage for one server's pages; keys are short, without the prefix. It may be full,
 * switched off or edited by hand: every access may fail, and what is read has to be checked.
 */
export function openStorage({ instance }: Pick<Page, 'instance'>) {
  const prefix = `chatroom.${instance}.`
  const attempt = <Result>(work: () => Result, otherwise: Result): Result => {
    try {
      return work()
    } catch {
      return otherwise
    }
  }
  const get = (key: string) => attempt(() => localStorage.getItem(prefix + key), null)
  const parse = (text: string | null): unknown => attempt(() => JSON.parse(text ?? 'null'), null)
  const remove = (key: string): void =>
    attempt(() => localStorage.removeItem(prefix + key), undefined)
  const keys = (start: string): string[] =>
    attempt(() => Object.keys(localStorage), [])
      .filter((key) => key.startsWith(prefix + start))
      .map((key) => key.slice(prefix.length))
  let isSealed = false
  const storage = {
    read: (key: string): unknown => parse(get(key)),
    /** False when the browser keeps nothing. */
    write(key: string, value: unknown): boolean {
      const text = JSON.stringify(value)
      while (!isSealed) {
        try {
          localStorage.setItem(prefix + key, text)
          return true
        } catch {
          if (!storage.makeRoom()) return false
        }
      }
      return false
    },
    remove,
    size: (key: string): number => get(key)?.length ?? 0,
    keys,
    /** Called when the storage is full: true when something was deleted to make room. */
    makeRoom: (): boolean => false,
    /** Deletes everything of this server but these keys, and stores nothing more on this page. */
    seal(kept: string[], isForGood = true): void {
      isSealed = isForGood
      for (const key of keys('')) if (!kept.includes(key)) remove(key)
      // The page may never have loaded the parts that use them.
      for (const name of databaseNames)
        attempt(() => void indexedDB.deleteDatabase(prefix + name), undefined)
    },
    watch(callback: (key: string, value: unknown) => void): void {
      window.addEventListener('storage', ({ key, newValue }) => {
        if (key?.startsWith(prefix)) callback(key.slice(prefix.length), parse(newValue))
      })
    },
  }
  return storage
}

export function canKeep(storage: Storage): boolean {
  const isKept = storage.write('probe', 1)
  storage.remove('probe')
  return isKept
}

/**
 * 128 bits in hexadecimal: the time, then chance. Ids that grow are neighbours in the database's
 * index; random ids would each write a page of it. (Browsers make UUIDs on HTTPS only.)
 */
export function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const bytes = crypto.getRandomValues(new Uint8Array(10))
  return time + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
