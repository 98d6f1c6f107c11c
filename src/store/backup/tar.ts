import { type FileHandle, open } from 'node:fs/promises'

/** A backup is synced in portions with pauses, so that messages get the disk. */
const backupFlushBytes = 1024 * 1024
/** Pause between flushes: a multiple of the last flush's duration. */
const pausePerFlush = 2

/**
 * As much of the tar format (ustar) as a backup needs: plain files with short names. The archive
 * built into Bun holds everything in memory; these read and write in portions.
 */
export type Entry = { name: string; size: number }

const blockBytes = 512
const portionBytes = 1024 * 1024
/** Larger sizes do not fit into eleven octal digits and are written as GNU tar does, in binary. */
const octalMax = 8 ** 11 - 1

export type TarWriter = {
  /** Adds a file; `bytes` must yield exactly `size` of them, else it throws. */
  add: (entry: Entry, bytes: AsyncIterable<Uint8Array>) => Promise<void>
  /** SHA-256 of everything that was added so far. */
  digest: () => string
  /** Writes the end, and returns when the disk has all of it. */
  finish: () => Promise<void>
  /** Stops in the middle. */
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
    if (unsynced < backupFlushBytes) return
    unsynced = 0
    const startedAt = performance.now()
    await file.datasync()
    // A house may be running on the same disk, and its messages go first.
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
  /** The next file; null at the end. Throws `damaged` when there is neither. */
  next: () => Promise<Entry | null>
  /** The bytes of the file that `next` gave, to be read to the end before the next one. */
  bytes: () => AsyncGenerator<Uint8Array>
  /** SHA-256 of everything before the file that `next` gave. */
  digest: () => string
  close: () => Promise<void>
}

/** Opens a tar file for reading from its beginning to its end. */
export async function readTar(path: string): Promise<TarReader> {
  const file = await open(path, 'r')
  const hasher = new Bun.CryptoHasher('sha256')
  let before = ''
  let current: Entry | null = null
  const take = async (length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(length)
    for (let from = 0; from < length;) {
      const { bytesRead } = await file.read(bytes, from, length - from)
      if (bytesRead === 0) throw damaged()
      from += bytesRead
    }
    return bytes
  }
  return {
    async next() {
      before = hasher.copy().digest('hex')
      const header = await take(blockBytes)
      hasher.update(header)
      current = header.every((byte) => byte === 0) ? null : readHeader(header)
      return current
    },
    async *bytes() {
      const { size } = current ?? { size: 0 }
      for (let left = size; left > 0;) {
        const part = await take(Math.min(left, portionBytes))
        hasher.update(part)
        left -= part.length
        yield part
      }
      hasher.update(await take(paddingOf(size)))
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

/** Writes all of it: a disk that is nearly full may take less than it was given. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length;) {
    from += (await file.write(bytes, from)).bytesWritten
  }
}

function damaged(): Error {
  return Object.assign(new Error('damaged'), { code: 'DAMAGED' })
}

function paddingOf(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes
}

/** Where each field of a header stands, and how long it is. */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
} as const

function headerOf({ name, size }: Entry): Uint8Array {
  const header = Buffer.alloc(blockBytes)
  const put = (field: keyof typeof fields, text: string): void => {
    header.write(text, fields[field][0], fields[field][1], 'latin1')
  }
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')
  put('name', name)
  put('mode', octal(0o600, 7))
  put('owner', octal(0, 7))
  put('group', octal(0, 7))
  if (size <= octalMax) put('size', octal(size, 11))
  else header.writeBigUInt64BE(BigInt(size), fields.size[0] + 4)
  if (size > octalMax) header[fields.size[0]] = 0x80
  put('modified', octal(Math.floor(Date.now() / 1000), 11))
  put('type', '0')
  put('magic', 'ustar\u000000')
  put('checksum', `${octal(checksumOf(header), 6)}\0 `)
  return header
}

function readHeader(bytes: Uint8Array): Entry {
  const header = Buffer.from(bytes)
  const text = (field: keyof typeof fields): string => {
    const [start, length] = fields[field]
    return header.toString('latin1', start, start + length).replace(/\0.*$/s, '')
  }
  const isBinary = header[fields.size[0]] === 0x80
  const size = isBinary
    ? Number(header.readBigUInt64BE(fields.size[0] + 4))
    : Number.parseInt(text('size'), 8)
  const isRight = Number.parseInt(text('checksum'), 8) === checksumOf(header)
  const isFile = text('type') === '0' && text('magic') === 'ustar'
  if (!isRight || !isFile || !Number.isSafeInteger(size) || size < 0) throw damaged()
  return { name: text('name'), size }
}

/** The sum of all bytes, with spaces in the place of the sum itself. */
function checksumOf(header: Buffer): number {
  const [start, length] = fields.checksum
  return header.reduce((sum, byte, n) => sum + (n >= start && n < start + length ? 32 : byte), 0)
}
