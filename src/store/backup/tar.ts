import { open } from 'node:fs/promises'
import { writeAll } from '../files'

/**
 * As much of the tar format (ustar) as a backup needs: plain files with short names. The archive
 * built into Bun holds everything in memory; these read and write in portions.
 */
type Entry = { name: string; size: number }

const blockBytes = 512
const portionBytes = 1024 * 1024
/** A backup is synced in portions with pauses, so that messages get the disk. */
const flushBytes = 1024 * 1024
/** Pause between flushes: a multiple of the last flush's duration. */
const pausePerFlush = 2

type TarWriter = {
  /** Adds a file; `bytes` must yield exactly `size` of them, else it throws. */
  add: (entry: Entry, bytes: AsyncIterable<Uint8Array>) => Promise<void>
  /** SHA-256, in hexadecimal, of everything that was added so far. */
  digest: () => string
  /** Writes the end, and returns when all is on the disk. */
  finish: () => Promise<void>
  /** Closes an unfinished file. */
  abandon: () => Promise<void>
}

/** Begins a tar file, which must not exist; only its owner may read it. */
export async function writeTar(path: string): Promise<TarWriter> {
  const file = await open(path, 'wx', 0o600)
  const hasher = new Bun.CryptoHasher('sha256')
  let unsynced = 0
  const write = async (bytes: Uint8Array): Promise<void> => {
    hasher.update(bytes)
    await writeAll(file, bytes)
    unsynced += bytes.length
    if (unsynced < flushBytes) return
    unsynced = 0
    const startedAt = performance.now()
    await file.datasync()
    await Bun.sleep((performance.now() - startedAt) * pausePerFlush)
  }
  return {
    async add(entry, bytes) {
      await write(headerOf(entry))
      let size = 0
      for await (const part of bytes) {
        size += part.length
        await write(part)
      }
      if (size !== entry.size) throw new Error(`${entry.name} has ${size} bytes, not ${entry.size}`)
      await write(new Uint8Array(paddingOf(size)))
    },
    digest: () => hasher.copy().digest('hex'),
    async finish() {
      await write(new Uint8Array(2 * blockBytes))
      await file.sync()
      await file.close()
    },
    abandon: () => file.close(),
  }
}

export type TarReader = {
  /** The next file; null at the end. Throws `DAMAGED` when there is neither. */
  next: () => Promise<Entry | null>
  /** The bytes of the file that `next` gave, to be read to the end before the next one. */
  bytes: () => AsyncGenerator<Uint8Array>
  /** SHA-256, in hexadecimal, of everything before the file that `next` gave. */
  digest: () => string
  close: () => Promise<void>
}

/** Opens a tar file for reading from its beginning to its end. */
export async function readTar(path: string): Promise<TarReader> {
  const file = await open(path, 'r')
  const hasher = new Bun.CryptoHasher('sha256')
  let before = ''
  let left = 0
  let padding = 0
  const take = async (length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(length)
    for (let from = 0; from < length;) {
      const { bytesRead } = await file.read(bytes, from, length - from)
      if (bytesRead === 0) throw damaged()
      from += bytesRead
    }
    hasher.update(bytes)
    return bytes
  }
  return {
    async next() {
      before = hasher.copy().digest('hex')
      const header = await take(blockBytes)
      if (header.every((byte) => byte === 0)) return null
      const entry = readHeader(header)
      left = entry.size
      padding = paddingOf(left)
      return entry
    },
    async *bytes() {
      for (; left > 0; left -= Math.min(left, portionBytes)) {
        yield await take(Math.min(left, portionBytes))
      }
      await take(padding)
    },
    digest: () => before,
    close: () => file.close(),
  }
}

/** The bytes of a file on the disk, in portions. */
export async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r')
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(portionBytes))
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

/** The error for a file that is no whole backup; its code is `DAMAGED`. */
export function damaged(): Error {
  return Object.assign(new Error('damaged'), { code: 'DAMAGED' })
}

function paddingOf(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes
}

/** Where the fields of a header begin that are read, too, and their lengths in bytes. */
const fields = { name: [0, 100], size: [124, 12], checksum: [148, 8], type: [156, 1] } as const
const magicAt = 257
const magic = 'ustar\u000000'

function headerOf({ name, size }: Entry): Uint8Array {
  const header = Buffer.alloc(blockBytes)
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')
  header.write(name, ...fields.name, 'latin1')
  // Mode, owner and group; then the time.
  header.write(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}`, 100)
  header.write(octal(Math.floor(Date.now() / 1000), 11), 136)
  const sizeAt = fields.size[0]
  // Larger sizes do not fit into eleven octal digits; GNU tar writes them in binary.
  if (size < 8 ** 11) header.write(octal(size, 11), sizeAt)
  else header.writeBigUInt64BE(BigInt(size), sizeAt + 4)
  if (size >= 8 ** 11) header[sizeAt] = 0x80
  header.write('0', fields.type[0])
  header.write(magic, magicAt)
  header.write(`${octal(checksumOf(header), 6)}\0 `, fields.checksum[0])
  return header
}

function readHeader(bytes: Uint8Array): Entry {
  const header = Buffer.from(bytes)
  const text = ([start, length]: readonly [number, number]): string => {
    return header.toString('latin1', start, start + length).replace(/\0.*$/s, '')
  }
  const sizeAt = fields.size[0]
  const isBinary = header[sizeAt] === 0x80
  const size = isBinary
    ? Number(header.readBigUInt64BE(sizeAt + 4))
    : Number.parseInt(text(fields.size), 8)
  const isRight = Number.parseInt(text(fields.checksum), 8) === checksumOf(header)
  const isFile = text(fields.type) === '0' && text([magicAt, 6]) === 'ustar'
  if (!isRight || !isFile || !Number.isSafeInteger(size) || size < 0) throw damaged()
  return { name: text(fields.name), size }
}

/** The sum of all bytes, with spaces in the place of the sum itself. */
function checksumOf(header: Buffer): number {
  const [start, length] = fields.checksum
  return header.reduce((sum, byte, n) => sum + (n >= start && n < start + length ? 32 : byte), 0)
}
