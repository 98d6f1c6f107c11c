/**
 * The file store: bytes under random ids. A folder today (folder-files.ts); a bucket that speaks
 * S3 can stand beside it, which is why files are read in parts and appear only when complete.
 */
export type FileStore = {
  /** Begins a file; nobody sees it until it is kept. */
  begin(): Promise<Draft>
  /** Some of a file's bytes; fewer at its end, none when there is no such file. */
  read(id: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  /** How large the file is; null when there is none. */
  size(id: string): Promise<number | null>
  remove(id: string): Promise<void>
  /** Every file that was last written before this moment. */
  list(before: number): AsyncIterable<string>
  /** Takes away drafts that were begun before this moment and never kept. */
  removeDrafts(before: number): Promise<void>
  /** How much room there is, and how much there could be. */
  space(): Promise<{ free: number; total: number }>
}

/** A file that is being written. */
export type Draft = {
  write(bytes: Uint8Array): Promise<void>
  /** Makes sure that what was written is on the disk, so that no later sync has to. */
  flush(): Promise<void>
  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  /** From now on it is the file `id`, whatever happens to the machine. */
  keep(id: string): Promise<void>
  /** Leaves nothing behind; does nothing to a file that was kept. */
  drop(): Promise<void>
}
