import type { FilesPlace } from '../files'
import { nameOf } from '../postgres/faults'
import { bytesOf, writeTar } from './tar'

/** Snapshots taken before a backup reports that files are missing. */
export const snapshotsMax = 5

export type BackupOptions = {
  folder: string
  /** The address of a database on PostgreSQL, if it is not in the folder. */
  database?: string | null
  /** Where the files are, if not in the folder of the data. */
  files?: FilesPlace
  file: string
  version: string
  now: () => number
  /** Stops the backup and removes what it wrote. */
  signal?: AbortSignal
}

/** What sentences call the place of the data. */
export function placeOf({ folder, database = null }: Pick<BackupOptions, 'folder' | 'database'>) {
  return database === null ? folder : nameOf(database)
}

/** The first file of a backup. */
export type Manifest = {
  kind: 'chatroom backup'
  /** Of the tar file; 1 so far. */
  layout: number
  /** Format of the data in it, as in migrations.ts. */
  format: number
  instance: string
  madeAt: string
  madeBy: string
}

/** What a backup contains, and the bytes of its file. */
export type Amount = { messages: number; files: number; bytes: number }

/** The names in a backup: the data folder as it is on the disk, between manifest and sum. */
export const names = { manifest: 'chatroom-backup.json', database: 'chatroom.db', sum: 'SHA256' }

type Archive = {
  addDatabase: (path: string) => Promise<void>
  addFile: (id: string, size: number, bytes: AsyncIterable<Uint8Array>) => Promise<void>
  /** Adds the sum of everything, and returns when all is on the disk. */
  end: (messages: number) => Promise<Amount>
  /** Closes an unfinished archive. */
  abandon: () => Promise<void>
}

type Beginning = { part: string; version: string; now: () => number }

/** Begins a backup in the file `part`, with what it says of itself. */
export async function beginArchive(
  { part, version, now }: Beginning,
  { format, instance }: Pick<Manifest, 'format' | 'instance'>,
): Promise<Archive> {
  const madeAt = new Date(now()).toISOString()
  const kind = 'chatroom backup'
  const manifest: Manifest = { kind, layout: 1, format, instance, madeAt, madeBy: version }
  const tar = await writeTar(part)
  const addText = async (name: string, text: string): Promise<void> => {
    const bytes = Buffer.from(text)
    await tar.add({ name, size: bytes.length }, new Blob([bytes]).stream())
  }
  await addText(names.manifest, `${JSON.stringify(manifest, null, 2)}\n`)
  let files = 0
  return {
    addDatabase: (path) =>
      tar.add({ name: names.database, size: Bun.file(path).size }, bytesOf(path)),
    async addFile(id, size, bytes) {
      await tar.add({ name: `files/${id.slice(0, 2)}/${id}`, size }, bytes)
      files += 1
    },
    async end(messages) {
      await addText(names.sum, `${tar.digest()}\n`)
      await tar.finish()
      return { messages, files, bytes: Bun.file(part).size }
    },
    abandon: tar.abandon,
  }
}

/** Where a restore puts uploaded files. */
export type FilesTarget = {
  /** Begins anew, where a restore that was killed left something. */
  begin: () => Promise<void>
  add: (id: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>
  /** All files are there: marks them as those of the database, and syncs them. */
  complete: (id: string | null) => Promise<void>
  /** Gives them their names, before the database gets its own. */
  putInPlace: () => Promise<void>
  /** The database is in its place. */
  end: () => Promise<void>
  /** Removes what a restore that failed wrote. */
  clear: () => Promise<void>
}
