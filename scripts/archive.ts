import { buffer } from 'node:stream/consumers'
import { constants, gzipSync } from 'node:zlib'
import { type Zippable, zipSync } from 'fflate'
import { pack } from 'tar-stream'

/**
 * Archives that are the same bytes for the same files: in the order of their names, owned by
 * nobody in particular, all of one time.
 */
export type ArchivedFile = { name: string; bytes: Uint8Array; isExecutable?: boolean }

/** A `.tar.gz`, everything in it below a folder. */
export async function tarGz(
  folder: string,
  files: ArchivedFile[],
  time: Date,
): Promise<Uint8Array> {
  const tar = pack()
  for (const { name, bytes, isExecutable = false } of inOrder(files)) {
    const mode = isExecutable ? 0o755 : 0o644
    const owner = { uid: 0, gid: 0, uname: 'root', gname: 'root' }
    tar.entry({ name: `${folder}/${name}`, mode, mtime: time, ...owner }, Buffer.from(bytes))
  }
  tar.finalize()
  const zipped = gzipSync(await buffer(tar), { level: constants.Z_BEST_COMPRESSION })
  // The operating system on which it was packed, which is nobody's business: unknown.
  zipped[9] = 255
  return zipped
}

/** A `.zip`, everything in it below a folder. */
export function zip(folder: string, files: ArchivedFile[], time: Date): Uint8Array {
  const unix = 3
  const zippable: Zippable = {}
  for (const { name, bytes, isExecutable = false } of inOrder(files)) {
    const mode = 0o100000 | (isExecutable ? 0o755 : 0o644)
    zippable[`${folder}/${name}`] = [bytes, { os: unix, attrs: mode << 16 }]
  }
  return zipSync(zippable, { level: 9, mtime: asLocal(time) })
}

function inOrder(files: ArchivedFile[]): ArchivedFile[] {
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** A zip has the packer's wall clock: the time whose local reading is the given one in UTC. */
function asLocal(time: Date): Date {
  return new Date(
    time.getUTCFullYear(),
    time.getUTCMonth(),
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
  )
}
