import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failWith, sentenceOf, type Problem } from '../problem'
import {
  type Amount,
  type BackupOptions,
  beginArchive,
  names,
  placeOf,
  snapshotsMax,
} from './archive'
import { dropPins, homeOfPins, type Pins, pinFiles } from './pins'
import { type Snapshot, takeSnapshot } from './snapshot'
import { bytesOf } from './tar'
import { syncFolder } from '../files'

/** While this exists in a data folder, a restore is unfinished and no server opens the folder. */
export const unfinished = 'restoring'

/** While this exists in a data folder, its files belong to a database on PostgreSQL. */
export const moved = 'moved'

/**
 * Writes everything in `folder`, which a running server may use, into one tar file: a snapshot of
 * the database, and every file that it refers to. The tar file gets its name when it is whole and
 * on the disk. Every failure is given as a sentence.
 */
export async function backUp(options: BackupOptions): Promise<Amount | Problem> {
  const { folder, file, files = { folder: join(folder, 'files') } } = options
  const part = `${file}.part`
  const snapshotFile = `${part}.db`
  try {
    checkPlaces(options)
    for (const left of [part, snapshotFile]) await rm(left, { force: true })
    const amount =
      'folder' in files
        ? await writeFolder(options, files.folder, part)
        : await (await import('./backup-s3')).writeS3(options, files.s3, part)
    await rename(part, file)
    await syncFolder(dirname(file))
    return amount
  } catch (fault) {
    return { problem: sentenceOf(fault, `I could not back up ${placeOf(options)} to ${file}`) }
  } finally {
    for (const left of [part, snapshotFile]) await rm(left, { force: true }).catch(() => {})
  }
}

async function writeFolder(options: BackupOptions, files: string, part: string): Promise<Amount> {
  const home = homeOfPins(options.folder, files)
  if (!existsSync(home)) failWith(`There is no folder ${home}. See --data and --files.`)
  const pins = await pinFiles(home, files)
  try {
    const snapshot = await snapshotWithFiles(options, pins, `${part}.db`)
    const amount = await write(options, pins, snapshot, part)
    snapshot.close()
    return amount
  } finally {
    await dropPins(pins)
  }
}

function checkPlaces({ folder, file, database = null }: BackupOptions): void {
  const isThere = database !== null || existsSync(join(folder, names.database))
  if (!isThere) failWith(`There is no Chatroom in ${folder}.`)
  if (existsSync(join(folder, unfinished))) failWith(`The Chatroom in ${folder} is not whole.`)
  if (existsSync(file)) failWith(`${file} is there already, and I overwrite nothing.`)
  if (!existsSync(dirname(file))) failWith(`There is no folder ${dirname(file)}.`)
}

/** A file that was uploaded and deleted meanwhile has no link: then another snapshot is taken. */
async function snapshotWithFiles(
  options: BackupOptions,
  pins: Pins,
  to: string,
): Promise<Snapshot> {
  for (let n = 1; ; n += 1) {
    const snapshot = await takeSnapshot(options, to)
    const missing = await pins.add(Array.from(snapshot.files(), ({ id }) => id))
    if (missing.length === 0) return snapshot
    snapshot.close()
    await rm(to)
    if (n === snapshotsMax) {
      failWith(
        `${missing.length} files in ${placeOf(options)} are missing, the first is ${missing[0]}.`,
      )
    }
  }
}

async function write(
  { version, now, signal }: BackupOptions,
  pins: Pins,
  snapshot: Snapshot,
  part: string,
): Promise<Amount> {
  const archive = await beginArchive({ part, version, now }, snapshot)
  try {
    await archive.addDatabase(`${part}.db`)
    for (const { id, size } of snapshot.files()) {
      if (signal?.aborted) failWith('The backup was stopped.')
      await archive.addFile(id, size, bytesOf(pins.pathOf(id)))
    }
    return await archive.end(snapshot.messages)
  } catch (fault) {
    await archive.abandon()
    throw fault
  }
}
