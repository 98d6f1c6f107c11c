/**
 * Reads the signature of an executable for macOS, as its kernel does before the process begins;
 * gives what is wrong with it, or null.
 */
export function faultOfSignature(executable: Uint8Array): string | null {
  const file = Buffer.from(executable)
  const place = findSignature(file)
  if (place === null) return 'it is not signed'
  const { offset, size } = place
  if (offset + size !== file.length) return 'something stands behind the signature'
  const blob = file.subarray(offset)
  if (blob.readUInt32BE(0) !== 0xfade0cc0) return 'the signature is none'
  const directory = blob.subarray(blob.readUInt32BE(16))
  if (directory.readUInt32BE(0) !== 0xfade0c02) return 'the signature has no hashes'
  const [flags, hashesAt, pages] = [12, 16, 28].map((at) => directory.readUInt32BE(at)) as Three
  if ((flags & 2) === 0) return 'the signature is not ad hoc, and nobody else signed this'
  if (directory.readUInt32BE(32) !== offset) return 'the signature does not cover everything'
  for (let page = 0; page < pages; page += 1) {
    const bytes = file.subarray(page * pageBytes, Math.min((page + 1) * pageBytes, offset))
    const hash = new Bun.CryptoHasher('sha256').update(bytes).digest()
    const at = hashesAt + page * hash.length
    if (!hash.equals(directory.subarray(at, at + hash.length))) return `page ${page} was changed`
  }
  return pages === Math.ceil(offset / pageBytes) ? null : 'pages are missing'
}

type Three = [number, number, number]

const pageBytes = 4096

function findSignature(file: Buffer): { offset: number; size: number } | null {
  for (let at = 32, left = file.readUInt32LE(16); left > 0; left -= 1) {
    const isSignature = file.readUInt32LE(at) === 0x1d
    if (isSignature) return { offset: file.readUInt32LE(at + 8), size: file.readUInt32LE(at + 12) }
    at += file.readUInt32LE(at + 4)
  }
  return null
}
