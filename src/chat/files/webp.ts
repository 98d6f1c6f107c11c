import {
  keep,
  lengthOf,
  nameAt,
  type Picture,
  type Piece,
  type Reader,
  readOrientation,
  upright,
  writeOrientation,
} from './picture'

/**
 * Walks through the chunks of a WebP and leaves out cameras and descriptions; sizes and flags are
 * adapted. Null when it is no WebP.
 */
export async function readWebp(read: Reader, size: number): Promise<Picture | null> {
  const found: Found = { width: 0, height: 0, frames: 0, orientation: null }
  const pieces: Piece[] = []
  for (let at = 12, count = 0; at + 8 <= size && count < chunksMax; count += 1) {
    const head = await read(at, 8)
    if (head === null) break
    const name = nameAt(head, 0)
    const length = head.getUint32(4, true)
    const next = at + 8 + length + (length % 2)
    await learn(read, name, at, length, found)
    if (name === 'VP8X') pieces.push(await extended(read, at))
    else if (needed.has(name)) keep(pieces, at, Math.min(next, size))
    at = next
  }
  const { orientation, width, height } = found
  if (width === 0 || height === 0) return null
  const isExtended = pieces[0] instanceof Uint8Array
  if (isExtended) addOrientation(pieces, writeOrientation(orientation))
  const frames = Math.max(1, found.frames)
  return { ...upright(width, height, orientation), frames, pieces: [riff(pieces), ...pieces] }
}

const chunksMax = 100_000
const needed = new Set(['VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
const [cameraFlag, descriptionFlag] = [0x08, 0x04]

type Found = { width: number; height: number; frames: number; orientation: number | null }

async function learn(read: Reader, name: string, at: number, length: number, found: Found) {
  if (name === 'ANMF') found.frames += 1
  if (name === 'EXIF') found.orientation ??= await readOrientation(read, at + 8, length)
  if (found.width > 0) return
  const data = await read(at + 8, 10)
  if (data === null) return
  if (name === 'VP8X') {
    found.width = 1 + data.getUint16(4, true) + data.getUint8(6) * 65_536
    found.height = 1 + data.getUint16(7, true) + data.getUint8(9) * 65_536
  } else if (name === 'VP8 ') {
    found.width = data.getUint16(6, true) & 0x3fff
    found.height = data.getUint16(8, true) & 0x3fff
  } else if (name === 'VP8L') {
    const bits = data.getUint32(1, true)
    found.width = 1 + (bits & 0x3fff)
    found.height = 1 + ((bits >>> 14) & 0x3fff)
  }
}

/** The chunk with the flags of the others, without those that are left out. */
async function extended(read: Reader, at: number): Promise<Uint8Array> {
  const chunk = await read(at, 18)
  if (chunk === null) return new Uint8Array()
  const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, 18).slice()
  bytes[8] = (bytes[8] ?? 0) & ~(cameraFlag | descriptionFlag)
  return bytes
}

function addOrientation(pieces: Piece[], tiff: Uint8Array | null): void {
  if (tiff === null) return
  const chunk = new Uint8Array(8 + tiff.length)
  chunk.set([0x45, 0x58, 0x49, 0x46, tiff.length])
  chunk.set(tiff, 8)
  const [flags] = pieces
  if (flags instanceof Uint8Array) flags[8] = (flags[8] ?? 0) | cameraFlag
  pieces.push(chunk)
}

function riff(pieces: Piece[]): Uint8Array {
  const head = new Uint8Array([0x52, 0x49, 0x46, 0x46, 0, 0, 0, 0, 0x57, 0x45, 0x42, 0x50])
  new DataView(head.buffer).setUint32(4, 4 + lengthOf(pieces), true)
  return head
}
