import { Database } from 'bun:sqlite'

export type Lock = { close: () => void }

/**
 * Locks a file for this process until it is closed: an exclusive transaction on a tiny database,
 * which the operating system releases however the process ends. Null when another process holds
 * it; throws what SQLite throws when the file cannot be written.
 */
export function holdFile(path: string): Lock | null {
  try {
    const lock = new Database(path, { create: true, strict: true })
    lock.run('PRAGMA busy_timeout = 0')
    lock.run('BEGIN EXCLUSIVE')
    return lock
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'SQLITE_BUSY') return null
    throw fault
  }
}
