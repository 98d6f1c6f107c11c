import { mkdirSync, writeFileSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf, failWith } from './problem'
import type { S3Place } from './s3/place'

/**
 * The file store: bytes under random ids, in a folder or an S3-compatible store. Files are read in
 * parts and appear only when complete.
 */
export type FileStore = {
  /** Whether the place is the one that belongs to the database: its disk may not be mounted. */
  isHere(): Promise<boolean>
  /** Begins a file, which does not exist for others until it is kept. */
  begin(): Promise<Draft>
  /** Bytes of a file; fewer at its end. Throws what the disk throws, also for a missing file. */
  read(id: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  /** Bytes from `start` to before `end`, part by part. Throws when there are fewer. */
  parts(id: string, start: number, end: number): AsyncGenerator<Uint8Array<ArrayBuffer>>
  /** The file as a whole, for a response that Bun sends from the disk; null where none has it. */
  blob: ((id: string) => Blob) | null
  /** How large the file is; null when there is none. */
  size(id: string): Promise<number | null>
  remove(id: string): Promise<void>
  /** Every file that was last written before this moment. */
  list(before: number): AsyncIterable<string>
  /** Removes drafts that were begun before this moment and never kept. */
  removeDrafts(before: number): Promise<void>
  /** Of the disk on which drafts are written. */
  space(): Promise<Space>
}

/** Where the files are: in a folder, or in an S3-compatible store. */
export type FilesPlace = { folder: string } | { s3: S3Place }

/** Bytes of a disk: free for this process, and in all. */
export type Space = { free: number; total: number }

/** A file that is being written. */
export type Draft = {
  write(bytes: Uint8Array): Promise<void>
  /** Syncs what was written so far, so that the last sync is short. */
  flush(): Promise<void>
  /** Bytes of what was written; fewer at its end. */
  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  /** Makes it the file `id`, on the disk. */
  keep(id: string): Promise<void>
  /** Removes the draft; does nothing to a file that was kept. */
  drop(): Promise<void>
}

/** Names the database that a folder of files belongs to. */
export const markerName = 'belongs-to'

/** Marks a folder, made when missing, as the one with the files of this database. */
export function markFolder(folder: string, id: string): void {
  try {
    mkdirSync(join(folder, 'drafts'), { recursive: true, mode: 0o700 })
    writeFileSync(join(folder, markerName), `${id}\n`, { mode: 0o600, flush: true })
  } catch (fault) {
    failWith(`I cannot write to the folder for files ${folder} (${codeOf(fault)}).`)
  }
}

/**
 * So old is what the janitor looks at where other servers may write, too: they may not have written
 * its row yet, and clocks differ.
 */
export const sharedAgeMs = 60 * 60_000

/**
 * Opens a file store in a folder that was marked with `id`: `ab/abcdef…` for files, `drafts` for
 * unfinished ones. A kept file and its folder are synced. The folder may be missing, and come back.
 * What is younger than `ageMs` is neither listed nor removed as an old draft.
 */
export function openFolderFiles(folder: string, id: string, ageMs = 0): FileStore {
  const drafts = join(folder, 'drafts')
  const pathOf = (id: string): string => pathIn(folder, id)
  const aged = (before: number): number =>
    ageMs === 0 ? before : Math.min(before, Date.now() - ageMs)
  return {
    async isHere() {
      const marker = Bun.file(join(folder, markerName))
      return (await marker.text().catch(() => '')).trim() === id
    },
    begin: () => beginDraft(drafts, (path, id) => moveTo(pathOf(id), path)),
    read: (id, start, length) => readPart(pathOf(id), start, length),
    parts: (id, start, end) => partsOf(pathOf(id), start, end),
    blob: (id) => Bun.file(pathOf(id)),
    async size(id) {
      return (await stat(pathOf(id)).catch(() => null))?.size ?? null
    },
    remove: (id) => rm(pathOf(id), { force: true }),
    list: (before) => list(folder, aged(before)),
    removeDrafts: (before) => removeOldDrafts(drafts, aged(before)),
    space: () => spaceOf(folder),
  }
}

/** The space of the disk that a folder is on. */
export async function spaceOf(folder: string): Promise<Space> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { free: bavail * bsize, total: blocks * bsize }
}

/** Removes drafts that were last written before this moment. */
export async function removeOldDrafts(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    if (await isOlder(path, before)) await rm(path, { force: true })
  }
}

/** Begins a draft as a file of its own; `keep` takes its path, whole and on the disk. */
export async function beginDraft(
  folder: string,
  keep: (path: string, id: string) => Promise<void>,
): Promise<Draft> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, crypto.getRandomValues(new Uint8Array(16)).toHex())
  const file = await open(path, 'wx', 0o600)
  let isClosed = false
  return {
    write: (bytes) => writeAll(file, bytes),
    flush: () => file.datasync(),
    read: (start, length) => readPart(path, start, length),
    async keep(id) {
      await file.sync()
      await file.close()
      isClosed = true
      await keep(path, id)
    },
    async drop() {
      if (!isClosed) await file.close().catch(() => {})
      await rm(path, { force: true })
    },
  }
}

async function moveTo(path: string, draft: string): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await rename(draft, path)
  await syncFolder(folder)
  await syncFolder(dirname(folder))
}

function readPart(path: string, start: number, length: number) {
  return Bun.file(path)
    .slice(start, start + length)
    .bytes()
}

/** Small, so that others get their turn while a part is worked on. */
const partBytes = 48 * 1024

async function* partsOf(path: string, start: number, end: number) {
  for (let at = start; at < end; at += partBytes) {
    const length = Math.min(partBytes, end - at)
    const bytes = await readPart(path, at, length)
    if (bytes.length < length) throw Object.assign(new Error('the file is cut'), { code: 'EIO' })
    yield bytes
  }
}

/** Writes all bytes, in several steps when the disk takes fewer; `ENOSPC` when it takes none. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, from)
    if (bytesWritten === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    from += bytesWritten
  }
}

/** Syncs a folder: only then are the names in it on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder for that; NTFS keeps a journal of names.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

async function* list(folder: string, before: number): AsyncGenerator<string> {
  for await (const id of idsIn(folder)) if (await isOlder(pathIn(folder, id), before)) yield id
}

/** The ids of all files in the folder of a file store. */
export async function* idsIn(folder: string): AsyncGenerator<string> {
  for (const shard of await readdir(folder).catch(() => [])) {
    if (/^[0-9a-f]{2}$/.test(shard)) yield* await readdir(join(folder, shard))
  }
}

/** Where a file lies in the folder of a file store. */
export function pathIn(folder: string, id: string): string {
  return join(folder, id.slice(0, 2), id)
}

async function isOlder(path: string, moment: number): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found !== null && found.mtimeMs < moment
}
