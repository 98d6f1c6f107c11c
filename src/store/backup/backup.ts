import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failWith, sentenceOf, type Problem } from '../problem'
import { dropPins, type Pins, pinFiles } from './pins'
import { openSnapshot, type Snapshot, takeSnapshot } from './snapshot'
import { bytesOf, type TarWriter, writeTar } from './tar'
import { syncFolder } from '../files'

/** Snapshots taken before a backup reports that files are missing. */
const snapshotsMax = 5

type BackupOptions = {
  folder: string
  file: string
  version: string
  now: () => number
  /** Stops the backup and removes what it wrote. */
  signal?: AbortSignal
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

/** While this exists in a data folder, a restore is unfinished and no server opens the folder. */
export const unfinished = 'restoring'

/** The names in a backup: the data folder as it is on the disk, between manifest and sum. */
export const names = { manifest: 'chatroom-backup.json', database: 'chatroom.db', sum: 'SHA256' }

/**
 * Writes everything in `folder`, which a running server may use, into one tar file: a snapshot of
 * the database, and every file that it refers to. The tar file gets its name when it is whole and
 * on the disk. Every failure is given as a sentence.
 */
export async function backUp(options: BackupOptions): Promise<Amount | Problem> {
  const { folder, file } = options
  const part = `${file}.part`
  const snapshotFile = `${part}.db`
  let pins: Pins | null = null
  try {
    checkPlaces(options)
    for (const left of [part, snapshotFile]) await rm(left, { force: true })
    pins = await pinFiles(folder)
    const snapshot = await snapshotWithFiles(options, pins, snapshotFile)
    const amount = await write(options, pins, snapshot, part)
    snapshot.close()
    await rename(part, file)
    await syncFolder(dirname(file))
    return amount
  } catch (fault) {
    return { problem: sentenceOf(fault, `I could not back up ${folder} to ${file}`) }
  } finally {
    for (const left of [part, snapshotFile]) await rm(left, { force: true }).catch(() => {})
    if (pins !== null) await dropPins(pins)
  }
}

function checkPlaces({ folder, file }: BackupOptions): void {
  if (!existsSync(join(folder, names.database))) failWith(`There is no Chatroom in ${folder}.`)
  if (existsSync(join(folder, unfinished))) failWith(`The Chatroom in ${folder} is not whole.`)
  if (existsSync(file)) failWith(`${file} is there already, and I overwrite nothing.`)
  if (!existsSync(dirname(file))) failWith(`There is no folder ${dirname(file)}.`)
}

/** A file that was uploaded and deleted meanwhile has no link: then another snapshot is taken. */
async function snapshotWithFiles(
  { folder }: BackupOptions,
  pins: Pins,
  to: string,
): Promise<Snapshot> {
  for (let n = 1; ; n += 1) {
    takeSnapshot(join(folder, names.database), to)
    const snapshot = openSnapshot(to)
    const missing = await pins.add(Array.from(snapshot.files(), ({ id }) => id))
    if (missing.length === 0) return snapshot
    snapshot.close()
    await rm(to)
    if (n === snapshotsMax) {
      failWith(`${missing.length} files in ${folder} are missing, the first is ${missing[0]}.`)
    }
  }
}

async function write(
  { version, now, signal }: BackupOptions,
  pins: Pins,
  snapshot: Snapshot,
  part: string,
): Promise<Amount> {
  const { format, instance, messages } = snapshot
  const madeAt = new Date(now()).toISOString()
  const kind = 'chatroom backup'
  const manifest: Manifest = { kind, layout: 1, format, instance, madeAt, madeBy: version }
  const tar = await writeTar(part)
  try {
    await addText(tar, names.manifest, `${JSON.stringify(manifest, null, 2)}\n`)
    const database = `${part}.db`
    await tar.add({ name: names.database, size: Bun.file(database).size }, bytesOf(database))
    let files = 0
    for (const { id, size } of snapshot.files()) {
      if (signal?.aborted) failWith('The backup was stopped.')
      await tar.add({ name: `files/${id.slice(0, 2)}/${id}`, size }, bytesOf(pins.pathOf(id)))
      files += 1
    }
    await addText(tar, names.sum, `${tar.digest()}\n`)
    await tar.finish()
    return { messages, files, bytes: Bun.file(part).size }
  } catch (fault) {
    await tar.abandon()
    throw fault
  }
}

async function addText(tar: TarWriter, name: string, text: string): Promise<void> {
  const bytes = Buffer.from(text)
  await tar.add({ name, size: bytes.length }, new Blob([bytes]).stream())
}
