/**
 * Signs an executable for macOS ad hoc, as `codesign --sign -` does. Bun 1.4.5 signs what it builds
 * for Apple's own processors; for Intel it leaves the signature of its runtime, which what is
 * embedded has made invalid, and macOS ends such a process.
 */
const is64Bit = 0xfeedfacf
const headerBytes = 32
const commands = { segment: 0x19, signature: 0x1d }
const magic = { superBlob: 0xfade0cc0, codeDirectory: 0xfade0c02 }
const pageBytes = 4096
const hashBytes = 32
const adHoc = 0x2
const mainBinary = 1n
const directoryBytes = 88

/** Gives the signed executable. */
export function signMachO(executable: Uint8Array, identifier: string): Uint8Array {
  const { signature, linkEdit, text } = readCommands(Buffer.from(executable))
  const end = executable.length < signature.offset ? 0 : signature.offset
  if (end === 0 || end > 0xffffffff) throw new Error('An executable with no place for a signature')
  const pages = Math.ceil(end / pageBytes)
  const name = Buffer.from(`${identifier}\0`)
  const length = directoryBytes + name.length + pages * hashBytes
  const blobBytes = 20 + length

  // The commands are in the first page, so they are changed before it is hashed.
  const code = Buffer.from(executable.subarray(0, end))
  const linkEditBytes = end + blobBytes - linkEdit.fileOffset
  code.writeUInt32LE(blobBytes, signature.at + 12)
  code.writeBigUInt64LE(BigInt(linkEditBytes), linkEdit.at + 48)
  code.writeBigUInt64LE(BigInt(Math.ceil(linkEditBytes / pageBytes) * pageBytes), linkEdit.at + 32)

  const blob = Buffer.alloc(blobBytes)
  writeWords(blob, 0, [magic.superBlob, blobBytes, 1, 0, 20])
  const directory = blob.subarray(20)
  const hashesAt = directoryBytes + name.length
  const version = 0x20400
  const words = [
    magic.codeDirectory,
    length,
    version,
    adHoc,
    hashesAt,
    directoryBytes,
    0,
    pages,
    end,
  ]
  writeWords(directory, 0, words)
  // Size and kind (SHA-256) of the hashes, no platform, pages of 2^12 bytes.
  directory.set([hashBytes, 2, 0, 12], 36)
  directory.writeBigUInt64BE(BigInt(text.fileOffset), 64)
  directory.writeBigUInt64BE(BigInt(text.fileBytes), 72)
  directory.writeBigUInt64BE(mainBinary, 80)
  name.copy(directory, directoryBytes)
  for (let page = 0; page < pages; page += 1) {
    const bytes = code.subarray(page * pageBytes, (page + 1) * pageBytes)
    directory.set(Bun.CryptoHasher.hash('sha256', bytes) as Uint8Array, hashesAt + page * hashBytes)
  }
  return Buffer.concat([code, blob])
}

type Segment = { at: number; fileOffset: number; fileBytes: number }

function readCommands(bytes: Buffer) {
  if (bytes.readUInt32LE(0) !== is64Bit) throw new Error('No executable for macOS')
  const segments = new Map<string, Segment>()
  let signature: { at: number; offset: number } | undefined
  let at = headerBytes
  for (let left = bytes.readUInt32LE(16); left > 0; left -= 1) {
    const command = bytes.readUInt32LE(at)
    if (command === commands.signature) signature = { at, offset: bytes.readUInt32LE(at + 8) }
    if (command === commands.segment) {
      const name = bytes.toString('latin1', at + 8, at + 24).replace(/\0.*/s, '')
      const [fileOffset, fileBytes] = [
        bytes.readBigUInt64LE(at + 40),
        bytes.readBigUInt64LE(at + 48),
      ]
      segments.set(name, { at, fileOffset: Number(fileOffset), fileBytes: Number(fileBytes) })
    }
    at += bytes.readUInt32LE(at + 4)
  }
  const [linkEdit, text] = [segments.get('__LINKEDIT'), segments.get('__TEXT')]
  if (signature === undefined || linkEdit === undefined || text === undefined)
    throw new Error('An executable with no place for a signature')
  return { signature, linkEdit, text }
}

function writeWords(target: Buffer, at: number, words: number[]): void {
  for (const [n, word] of words.entries()) target.writeUInt32BE(word, at + n * 4)
}
