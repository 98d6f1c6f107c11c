import type { FilesTarget } from '../backup/archive'
import { markerName } from '../files'
import { failWith } from '../problem'
import type { S3Place } from './place'
import { createS3Client } from './s3-client'
import { isKeyOfFile, openS3Files } from './s3-files'

/** An object that exists while a restore is unfinished. */
const unfinishedName = 'restoring'

/** Whether the place has all files of the database with this mark. */
export async function isWhole(place: S3Place, id: string): Promise<boolean> {
  const { read, size } = createS3Client(place)
  const mark = await read(place.prefix + markerName, 0, 2 * id.length).catch(() => null)
  if (
    Buffer.from(mark ?? [])
      .toString()
      .trim() !== id
  )
    return false
  return (await size(place.prefix + unfinishedName)) === null
}

/** Opens an empty place in an S3-compatible store for the files of a backup. */
export async function openS3Target(data: string, place: S3Place): Promise<FilesTarget> {
  const { prefix, name } = place
  const client = createS3Client(place)
  const [marker, unfinished] = [prefix + markerName, prefix + unfinishedName]
  const own = async (): Promise<string[]> => {
    const keys: string[] = []
    for await (const { key } of client.list(prefix)) {
      if (key === marker || isKeyOfFile(prefix, key)) keys.push(key)
    }
    return keys
  }
  // Refuses wrong keys and places.
  const files = await openS3Files({ place, id: '', folder: data, isNew: async () => false })
  const isUnfinished = (await client.size(unfinished)) !== null
  if (!isUnfinished && (await own()).length > 0) {
    failWith(`${name} is not empty, and I overwrite nothing. Name a new prefix with --files.`)
  }
  const clear = async (): Promise<void> => {
    for (const key of await own()) await client.remove(key)
    await client.remove(unfinished)
  }
  return {
    async begin() {
      await clear()
      await client.create(unfinished, 'yes')
    },
    async add(id, bytes) {
      const draft = await files.begin()
      try {
        for await (const part of bytes) await draft.write(part)
        await draft.keep(id)
      } finally {
        await draft.drop()
      }
    },
    async complete(id) {
      if (id !== null) await client.create(marker, `${id}\n`)
    },
    async putInPlace() {},
    end: () => client.remove(unfinished),
    clear,
  }
}
