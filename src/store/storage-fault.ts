import type { Database } from 'bun:sqlite'

/** Why something could not be stored; `away`: perhaps it was, as the database does not answer. */
export type StorageReason = 'full' | 'read_only' | 'failed' | 'files_away' | 'away'

/**
 * Whether the disk is the cause of what was thrown, and how; null when it is not. A file system
 * that takes no larger files counts as full.
 */
export function storageReasonOf(thrown: unknown): StorageReason | null {
  const code = errorCodeOf(thrown)
  return reasons.find(([codes]) => codes.test(code))?.[1] ?? null
}

const reasons: [codes: RegExp, reason: StorageReason][] = [
  [/^(SQLITE_FULL|DATABASE_FULL|ENOSPC|EDQUOT|EFBIG)$/, 'full'],
  [/^(SQLITE_READONLY(_\w+)?|DATABASE_READ_ONLY|EROFS)$/, 'read_only'],
  [/^DATABASE_AWAY$/, 'away'],
  [/^DATABASE_FAILED$/, 'failed'],
  [/^SQLITE_(IOERR(_\w+)?|CANTOPEN(_\w+)?|CORRUPT(_\w+)?|NOTADB|BUSY(_\w+)?)$/, 'failed'],
  [/^FILES_AWAY$/, 'files_away'],
  [/^(EIO|ENXIO|ESTALE|EACCES|EPERM|ENOENT|EMFILE|ENFILE)$/, 'failed'],
]

/** Whether the disk of the database is meant, not the one of the files. */
export function isOfDatabase(thrown: unknown): boolean {
  return /^(SQLITE|DATABASE)_/.test(errorCodeOf(thrown))
}

function errorCodeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
}

/**
 * Wraps a part of the Store: if an fsync fails in any of its functions, writes stop until the
 * server is restarted, as nobody knows what the disk has, and later syncs cannot be trusted. SQLite
 * itself refuses the writes; reads go on.
 */
export function stopAfterFailedSync<Part extends object>(db: Database, part: Part): Part {
  const note = (fault: unknown): never => {
    if (/^SQLITE_IOERR_(DIR_)?FSYNC$/.test(errorCodeOf(fault))) db.run('PRAGMA query_only = 1')
    throw fault
  }
  return new Proxy(part, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        try {
          const result: unknown = Reflect.apply(member, target, args)
          return result instanceof Promise ? result.catch(note) : result
        } catch (fault) {
          return note(fault)
        }
      }
    },
  })
}
