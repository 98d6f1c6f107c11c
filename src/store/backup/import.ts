import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FilesPlace, markerName, pathIn } from '../files'
import { failWith, type Problem, sentenceOf } from '../problem'
import { holdFile, type Lock } from '../sqlite/lock'
import { type Amount, type FilesTarget, names } from './archive'
import { moved, unfinished } from './backup'
import { openFolder, openTarget } from './files-target'
import { checkDatabase, openSnapshot, refuseOtherFormat, type Snapshot } from './snapshot'
import type { Progress } from './tables'
import { bytesOf } from './tar'

type Options = {
  /** The data folder of a server that is stopped. */
  from: string
  /** The data folder of the new one. */
  folder: string
  files: FilesPlace
  database: string
  progress?: Progress
}

/**
 * Copies everything of a server with SQLite into a database on PostgreSQL without people, and its
 * files to their new place. The database is last and in one transaction: whatever ends it before,
 * nobody is in it, and it can be done again. The instance stays, so people stay signed in.
 */
export async function importFolder(options: Options): Promise<Amount | Problem> {
  const { from, database, progress = () => {} } = options
  let lock: Lock | null = null
  try {
    const file = join(from, names.database)
    if (!existsSync(file)) failWith(`There is no Chatroom in ${from}. See --from.`)
    if (existsSync(join(from, unfinished))) failWith(`The Chatroom in ${from} is not whole.`)
    lock = holdFile(join(from, 'lock'))
    if (lock === null) failWith(`A Chatroom is running on ${from}. Stop it, first.`)
    refuseOtherFormat(file)
    const wrong = checkDatabase(file)
    if (wrong !== null) failWith(`The database in ${from} is damaged (${wrong}).`)
    // Loaded on demand: most servers have no other database than their own file.
    const { loadFile, prepareDatabase } = await import('../postgres/from-sqlite')
    await prepareDatabase(database)
    const snapshot = openSnapshot(file)
    const target = await placeFiles({ ...options, progress }, snapshot)
    const amount = amountOf(snapshot)
    snapshot.close()
    await loadFile(database, file, progress)
    await target?.end()
    return amount
  } catch (fault) {
    return { problem: sentenceOf(fault, `I could not import ${from}`) }
  } finally {
    lock?.close()
  }
}

function amountOf({ messages, files }: Snapshot): Amount {
  const sizes = Array.from(files(), ({ size }) => size)
  return { messages, files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}

type Placing = Options & { progress: Progress }

/** Copies the files, unless they are in their place already: then null. */
async function placeFiles(options: Placing, snapshot: Snapshot): Promise<FilesTarget | null> {
  const { from, folder, files } = options
  const id = snapshot.filesId ?? ''
  const own = join(from, 'files')
  if (('folder' in files && files.folder === own) || (await isTheirPlace(files, id))) {
    // A server that goes on with other rows would remove files that it does not know.
    await writeFile(join(from, moved), '', { flush: true })
    return null
  }
  if (amountOf(snapshot).files > 0 && (await markOf(own)) !== id) {
    failWith(`The files of the Chatroom in ${from} are neither in ${own} nor where --files says.`)
  }
  for (const { id, size } of snapshot.files()) {
    if (Bun.file(pathIn(own, id)).size !== size) failWith(`The file ${id} is missing in ${own}.`)
  }
  const target = await ('folder' in files ? openFolder(files.folder) : openTarget(folder, files))
  await copyFiles(options, snapshot, target).catch(async (fault: unknown) => {
    await target.clear().catch(() => {})
    throw fault
  })
  await target.putInPlace()
  return target
}

async function copyFiles(
  { from, progress }: Placing,
  snapshot: Snapshot,
  target: FilesTarget,
): Promise<void> {
  const { bytes: total } = amountOf(snapshot)
  let done = 0
  await target.begin()
  for (const { id, size } of snapshot.files()) {
    await target.add(id, bytesOf(pathIn(join(from, 'files'), id)))
    done += size
    progress({ of: 'bytes', done, total })
  }
  await target.complete(snapshot.filesId)
}

/** Whether a place has the files of this database, whole. */
async function isTheirPlace(files: FilesPlace, id: string): Promise<boolean> {
  if (id === '') return false
  // Loaded on demand: most files are in a folder.
  if ('s3' in files) return (await import('../s3/s3-target')).isWhole(files.s3, id)
  const isUnfinished = existsSync(join(files.folder, unfinished))
  return !isUnfinished && (await markOf(files.folder)) === id
}

async function markOf(folder: string): Promise<string> {
  const marker = Bun.file(join(folder, markerName))
  return (await marker.text().catch(() => '')).trim()
}
