import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type FilesPlace, markFolder, markerName, pathIn, syncFolder, writeAll } from '../files'
import { codeOf, failWith } from '../problem'
import type { FilesTarget } from './archive'
import { unfinished } from './backup'

/** Opens the place for the files of a new data folder. Throws a sentence when it is not empty. */
export async function openTarget(data: string, place: FilesPlace): Promise<FilesTarget> {
  // Loaded on demand: most files are in a folder.
  if ('s3' in place) return (await import('../s3/s3-target')).openS3Target(data, place.s3)
  return place.folder === join(data, 'files') ? withDatabase(data) : openFolder(place.folder)
}

/** The usual folder, unpacked beside the database and moved with it. */
function withDatabase(data: string): FilesTarget {
  const staging = join(data, unfinished, 'files')
  return {
    ...stagedIn(staging),
    async putInPlace() {
      await rename(staging, join(data, 'files'))
    },
    async end() {},
    // It goes with what the database was unpacked into.
    async clear() {},
  }
}

/** A folder elsewhere, which has a mark of its own while a restore is unfinished. */
export async function openFolder(folder: string): Promise<FilesTarget> {
  const staging = join(folder, unfinished)
  const found: string[] = await readdir(folder).catch((fault: unknown) => {
    if (codeOf(fault) === 'ENOENT') return []
    throw fault
  })
  if (found.length > 0 && !found.includes(unfinished)) {
    failWith(`${folder} is not empty, and I overwrite nothing. Name a new folder with --files.`)
  }
  const staged = stagedIn(join(staging, 'files'))
  const clear = async (): Promise<void> => {
    for (const name of await readdir(folder).catch(() => [])) {
      if (name !== unfinished) await rm(join(folder, name), { recursive: true, force: true })
    }
    await rm(staging, { recursive: true, force: true })
  }
  return {
    ...staged,
    async begin() {
      await clear()
      await staged.begin()
    },
    async putInPlace() {
      const names = await readdir(join(staging, 'files'))
      // The mark is last: without it nobody takes the folder for whole.
      for (const name of names.toSorted(
        (a, b) => Number(a === markerName) - Number(b === markerName),
      )) {
        await rename(join(staging, 'files', name), join(folder, name))
      }
      await syncFolder(folder)
    },
    end: () => rm(staging, { recursive: true }),
    clear,
  }
}

function stagedIn(folder: string): Pick<FilesTarget, 'begin' | 'add' | 'complete'> {
  return {
    begin: async () => void (await mkdir(folder, { recursive: true, mode: 0o700 })),
    add: (id, bytes) => writeFile(pathIn(folder, id), bytes),
    async complete(id) {
      if (id !== null) markFolder(folder, id)
      const entries = await readdir(folder, { withFileTypes: true })
      const folders = entries.filter((entry) => entry.isDirectory())
      for (const { name } of folders) await syncFolder(join(folder, name))
      await syncFolder(folder)
    },
  }
}

/** Writes a new file, and returns when it is on the disk. */
export async function writeFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const part of bytes) await writeAll(file, part)
    await file.sync()
  } finally {
    await file.close()
  }
}
