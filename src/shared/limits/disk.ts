/** The limits of what a disk that is nearly full, or broken, may do to people. */
export const disk = {
  /** Below this much nobody adds words either, so that the log can still be brought home… */
  wordsReserveBytes: 32 * 1024 * 1024,
  /** …which is looked at again when it was so long ago. */
  spaceLookMs: 1_000,
  /** What the disk refused is worth another try after this. */
  storageRetryMs: 5_000,
  /** Copies of the database that a backup takes before it believes that files are missing. */
  snapshotsMax: 5,
  /** What a backup writes goes to the disk in such portions, with pauses for the house. */
  backupFlushBytes: 1024 * 1024,
  /** Should another program hold the database, who posts is told after so long. */
  databaseBusyMsMax: 400,
} as const
