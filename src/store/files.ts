/**
 * The file store: bytes under random ids, in a folder (folder-files.ts). Files are read in parts
 * and appear only when complete, so that an S3 bucket could implement it, too.
 */
export type FileStore = {
  /** Begins a file, which does not exist for others until it is kept. */
  begin(): Promise<Draft>
  /** Bytes of a file; fewer at its end, none when there is no such file. */
  read(id: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  /** How large the file is; null when there is none. */
  size(id: string): Promise<number | null>
  remove(id: string): Promise<void>
  /** Every file that was last written before this moment. */
  list(before: number): AsyncIterable<string>
  /** Removes drafts that were begun before this moment and never kept. */
  removeDrafts(before: number): Promise<void>
  /** Bytes of the disk: free for this process, and in all. */
  space(): Promise<{ free: number; total: number }>
}

/** A file that is being written. */
export type Draft = {
  write(bytes: Uint8Array): Promise<void>
  /** Syncs what was written so far, so that the last sync is short. */
  flush(): Promise<void>
  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  /** Makes it the file `id`, on the disk. */
  keep(id: string): Promise<void>
  /** Removes the draft; does nothing to a file that was kept. */
  drop(): Promise<void>
}
