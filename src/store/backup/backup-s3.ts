import { rm } from 'node:fs/promises'
import { failWith } from '../problem'
import type { S3Place } from '../s3/place'
import { openS3Files } from '../s3/s3-files'
import { type Amount, type BackupOptions, beginArchive, placeOf, snapshotsMax } from './archive'
import { takeSnapshot } from './snapshot'

/**
 * Writes a backup whose files come from a bucket, where nothing can keep them from being deleted
 * meanwhile. So the files are first, and the database is the snapshot whose files all were found.
 */
export async function writeS3(
  options: BackupOptions,
  place: S3Place,
  part: string,
): Promise<Amount> {
  const { folder, signal } = options
  const database = `${part}.db`
  let snapshot = await takeSnapshot(options, database)
  const id = snapshot.filesId ?? ''
  const files = await openS3Files({ place, id, folder, isNew: async () => false })
  if (!(await files.isHere())) {
    failWith(`${place.name} is away, or does not belong to the Chatroom in ${placeOf(options)}.`)
  }
  const archive = await beginArchive({ ...options, part }, snapshot)
  const added = new Set<string>()
  try {
    for (let n = 1; ; n += 1) {
      const missing: string[] = []
      for (const { id, size } of snapshot.files()) {
        if (signal?.aborted) failWith('The backup was stopped.')
        if (added.has(id)) continue
        if ((await files.size(id)) !== size) {
          missing.push(id)
          continue
        }
        await archive.addFile(id, size, files.parts(id, 0, size))
        added.add(id)
      }
      if (missing.length === 0) break
      if (n === snapshotsMax) {
        failWith(
          `${missing.length} files in ${place.name} are missing, the first is ${missing[0]}.`,
        )
      }
      snapshot.close()
      await rm(database)
      snapshot = await takeSnapshot(options, database)
    }
    await archive.addDatabase(database)
    return await archive.end(snapshot.messages)
  } catch (fault) {
    await archive.abandon()
    throw fault
  } finally {
    snapshot.close()
  }
}
