import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Amount, type FilesTarget, type Manifest, names, placeOf } from './archive'
import { unfinished } from './backup'
import { type FilesPlace, syncFolder } from '../files'
import { codeOf, failWith, type Problem, sentenceOf } from '../problem'
import { holdFile, type Lock } from '../sqlite/lock'
import { openTarget, writeFile } from './files-target'
import {
  beginNewEpoch,
  bringUpToDate,
  checkDatabase,
  isKnownFormat,
  openSnapshot,
} from './snapshot'
import type { Progress } from './tables'
import { damaged, readTar, type TarReader } from './tar'

type To = {
  /** The address of a database on PostgreSQL without people, which gets the rows. */
  database?: string | null
  progress?: Progress
}

/**
 * Puts a backup into a folder that is new or empty. Everything is unpacked into a folder beside its
 * place, checked, synced, and then moved. A restore that was killed starts again. The data gets a
 * new epoch, so that browsers which know later messages than the backup load fresh pages.
 */
export async function restore(
  file: string,
  folder: string,
  place: FilesPlace = { folder: join(folder, 'files') },
  to: To = {},
): Promise<Amount | Problem> {
  const { database = null } = to
  let lock: Lock | null = null
  try {
    if (!existsSync(file)) failWith(`There is no file ${file}.`)
    await checkEmpty(folder)
    await checkManifest(file)
    // Loaded on demand: most servers have no other database than their own file.
    const postgres = database === null ? null : await import('../postgres/from-sqlite')
    if (database !== null) await postgres?.prepareDatabase(database)
    const target = await openTarget(folder, place)
    const isNew = !existsSync(folder)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    lock = holdFile(join(folder, 'lock'))
    if (lock === null) failWith(`A Chatroom is running on ${folder}.`)
    const amount = await unpackAndCheck(file, folder, target).catch(async (fault: unknown) => {
      await target.clear().catch(() => {})
      await rm(isNew ? folder : join(folder, unfinished), { recursive: true, force: true })
      throw fault
    })
    const { progress = () => {} } = to
    await putInPlace(folder, target, async (staged) => {
      if (database === null) return rename(staged, join(folder, names.database))
      bringUpToDate(staged)
      await postgres?.loadFile(database, staged, progress)
    })
    return amount
  } catch (fault) {
    const place = placeOf({ folder, database })
    return { problem: sentenceOf(fault, `I could not restore ${file} into ${place}`) }
  } finally {
    lock?.close()
  }
}

/** Throws unless the folder is missing, empty, or left by a restore that was killed. */
async function checkEmpty(folder: string): Promise<void> {
  const found = await readdir(folder).catch((fault: unknown) => {
    if (codeOf(fault) === 'ENOENT') return []
    throw fault
  })
  const others = found.filter((name) => !isLock.test(name))
  if (others.length > 0 && !others.includes(unfinished)) {
    failWith(`${folder} is not empty, and I overwrite nothing. Name a new folder with --data.`)
  }
}

const isLock = /^lock(-journal)?$/

async function checkManifest(file: string): Promise<void> {
  const tar = await readTar(file)
  try {
    const manifest = await readManifest(tar).catch(() => null)
    if (manifest === null) failWith(`${file} is no backup of a Chatroom.`)
    const { format, layout, madeBy } = manifest
    if (layout === 1 && isKnownFormat(format)) return
    failWith(`${file} was made by a newer Chatroom (${madeBy}). Please use that one.`)
  } finally {
    await tar.close()
  }
}

async function readManifest(tar: TarReader): Promise<Manifest | null> {
  const entry = await tar.next()
  if (entry?.name !== names.manifest || entry.size > manifestBytesMax) return null
  const fields: Partial<Manifest> = JSON.parse(await textOf(tar))
  const { kind, layout, format, instance = '', madeAt = '', madeBy = '' } = fields
  if (kind !== 'chatroom backup' || !(Number(format) >= 1)) return null
  return { kind, layout: Number(layout), format: Number(format), instance, madeAt, madeBy }
}

const manifestBytesMax = 10_000

async function unpackAndCheck(file: string, folder: string, target: FilesTarget): Promise<Amount> {
  for (const name of await readdir(folder)) {
    // `checkEmpty` allows nothing else than the files of a restore that was killed.
    if (!isLock.test(name)) await rm(join(folder, name), { recursive: true })
  }
  const staging = join(folder, unfinished)
  await mkdir(staging, { recursive: true, mode: 0o700 })
  await syncFolder(folder)
  await target.begin()
  const files = await unpack(file, staging, target).catch((fault: unknown) => {
    if (codeOf(fault) !== 'DAMAGED') throw fault
    return failWith(`${file} is damaged or cut short, so I restored nothing.`)
  })
  const database = join(staging, names.database)
  const wrong = checkDatabase(database)
  if (wrong !== null) failWith(`The database in ${file} is damaged (${wrong}).`)
  const snapshot = openSnapshot(database)
  for (const { id, size } of snapshot.files()) {
    if (files.get(id) !== size) failWith(`The file ${id} is missing in ${file}.`)
  }
  snapshot.close()
  beginNewEpoch(database)
  await target.complete(snapshot.filesId)
  await syncFolder(staging)
  return { messages: snapshot.messages, files: files.size, bytes: Bun.file(file).size }
}

/** Unpacks the files that a backup may contain; gives the size of each upload by its id. */
async function unpack(
  file: string,
  staging: string,
  target: FilesTarget,
): Promise<Map<string, number>> {
  const tar = await readTar(file)
  const files = new Map<string, number>()
  try {
    for (let entry = await tar.next(); entry !== null; entry = await tar.next()) {
      if (entry.name === names.sum) {
        const wanted = tar.digest()
        if ((await textOf(tar)).trim() !== wanted) throw damaged()
        return files
      }
      if (!mayHold.test(entry.name)) throw damaged()
      const id = /^files\/..\/(.*)$/.exec(entry.name)?.[1]
      if (id === undefined) {
        await writeFile(join(staging, entry.name), tar.bytes())
        continue
      }
      await target.add(id, tar.bytes())
      files.set(id, entry.size)
    }
    throw damaged()
  } finally {
    await tar.close()
  }
}

const mayHold = /^(chatroom-backup\.json|chatroom\.db|files\/[0-9a-f]{2}\/[0-9a-f]{32})$/

/** The mark of an unfinished restore, which is the staging folder itself, is removed last. */
async function putInPlace(
  folder: string,
  target: FilesTarget,
  putDatabase: (staged: string) => Promise<void>,
): Promise<void> {
  const staging = join(folder, unfinished)
  await target.putInPlace()
  await putDatabase(join(staging, names.database))
  await syncFolder(folder)
  await target.end()
  await rm(staging, { recursive: true, force: true })
  await syncFolder(folder)
}

async function textOf(tar: TarReader): Promise<string> {
  return Buffer.concat(await Array.fromAsync(tar.bytes())).toString()
}
