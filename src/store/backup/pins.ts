import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { idsIn, pathIn } from '../files'
import { codeOf } from '../problem'
import { holdFile } from '../sqlite/lock'

/** Hard links to the uploaded files, so that a backup has them even when they are deleted. */
export type Pins = {
  folder: string
  pathOf: (id: string) => string
  /** Links further files; gives the ids that do not exist any more. */
  add: (ids: string[]) => Promise<string[]>
  release: () => void
}

const prefix = 'backup-'

/** Where links can be: in the data folder, or in a folder for files that may be another disk. */
export function homeOfPins(data: string, files: string): string {
  return files === join(data, 'files') ? data : files
}

/** Links every file in the folder `files`. Removes the links of backups that were killed. */
export async function pinFiles(home: string, files: string): Promise<Pins> {
  await dropStalePins(home)
  const folder = join(home, prefix + crypto.getRandomValues(new Uint8Array(6)).toHex())
  await mkdir(folder, { mode: 0o700 })
  const lock = holdFile(join(folder, 'lock'))
  const add = async (ids: string[]): Promise<string[]> => {
    const missing: string[] = []
    for (const id of ids) {
      if (!(await pin(pathIn(files, id), pathIn(folder, id)))) missing.push(id)
    }
    return missing
  }
  await add(await Array.fromAsync(idsIn(files)))
  return { folder, pathOf: (id) => pathIn(folder, id), add, release: () => lock?.close() }
}

/** Removes all links of one backup. */
export async function dropPins(pins: Pins): Promise<void> {
  pins.release()
  await rm(pins.folder, { recursive: true, force: true })
}

/** Removes links whose lock nobody holds: their backup was killed. */
export async function dropStalePins(home: string): Promise<void> {
  for (const name of (await readdir(home)).filter((each) => each.startsWith(prefix))) {
    const lock = holdFile(join(home, name, 'lock'))
    lock?.close()
    if (lock !== null) await rm(join(home, name), { recursive: true, force: true })
  }
}

/** False when there is no such file. File systems without hard links get a copy. */
async function pin(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true })
  try {
    await link(from, to)
    return true
  } catch (fault) {
    const code = codeOf(fault)
    if (code === 'EEXIST') return true
    if (code === 'ENOENT') return false
    if (!/^(EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK|EXDEV)$/.test(code)) throw fault
    return copyFile(from, to).then(
      () => true,
      () => false,
    )
  }
}
