/** Why what was to be kept is not kept. */
export type StorageReason = 'full' | 'read_only' | 'failed'

/**
 * Whether the disk is to blame for what was thrown, and how; null when it is not. A file system
 * that takes no larger files is full, too, as far as anybody here is concerned.
 */
export function storageReasonOf(thrown: unknown): StorageReason | null {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') {
    return null
  }
  const { code } = thrown
  return reasons.find(([codes]) => codes.test(code))?.[1] ?? null
}

const reasons: [codes: RegExp, reason: StorageReason][] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT|EFBIG)$/, 'full'],
  [/^(SQLITE_READONLY(_\w+)?|EROFS)$/, 'read_only'],
  [/^SQLITE_(IOERR(_\w+)?|CANTOPEN(_\w+)?|CORRUPT(_\w+)?|NOTADB|BUSY(_\w+)?)$/, 'failed'],
  [/^(EIO|ENXIO|ESTALE|EACCES|EPERM|ENOENT|EMFILE|ENFILE)$/, 'failed'],
]

/** After it nobody knows what of the latest writes the disk has, and asking again lies. */
export function isFailedSync(thrown: unknown): boolean {
  const isNamed = thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
  return isNamed && /^SQLITE_IOERR_(DIR_)?FSYNC$/.test(String(thrown.code))
}
