import { isTurned, readOrientation, writeOrientation } from './orientation'
import { keep, nameAt, type Picture, type Piece, type Reader } from './byte-reader'

/**
 * Walks through a PNG from chunk to chunk, without decoding it; text, times, cameras and whatever
 * follows the end are left out. Null when it is none, or made of more parts than any real one.
 */
export async function readPng(read: Reader): Promise<Picture | null> {
  const header = await read(8, 25)
  if (header === null || nameAt(header, 4) !== 'IHDR' || header.getUint32(0) !== 13) return null
  const pieces: Piece[] = []
  keep(pieces, 0, 33)
  let orientation: number | null = null
  let frames = 0
  for (let at = 33, count = 0; count < chunksMax; count += 1) {
    const head = await read(at, 8)
    if (head === null) return null
    const length = head.getUint32(0)
    const name = nameAt(head, 4)
    if (name === 'eXIf') {
      const tiff = await read(at + 8, Math.min(length, exifBytesMax))
      orientation ??= tiff === null ? null : readOrientation(tiff)
    }
    if (name === 'fcTL') frames += 1
    if (name === 'IEND') {
      if (orientation !== null && orientation > 1) pieces.push(orientationChunk(orientation))
      keep(pieces, at, at + 12)
      const [width, height] = [header.getUint32(8), header.getUint32(12)]
      const upright = isTurned(orientation) ? { width: height, height: width } : { width, height }
      return { ...upright, frames: Math.max(1, frames), pieces }
    }
    const next = at + 12 + length
    if (needed.has(name)) keep(pieces, at, next)
    at = next
  }
  return null
}

const chunksMax = 100_000
const exifBytesMax = 64 * 1024

/** What colours, transparency, size and animation need. */
const needed = new Set(
  (
    'PLTE IDAT tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP mDCV mDCv cLLI cLLi ' + 'acTL fcTL fdAT'
  ).split(' '),
)

function orientationChunk(orientation: number): Uint8Array {
  const tiff = writeOrientation(orientation)
  const chunk = new Uint8Array(12 + tiff.length)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, tiff.length)
  chunk.set([0x65, 0x58, 0x49, 0x66], 4)
  chunk.set(tiff, 8)
  view.setUint32(8 + tiff.length, Bun.hash.crc32(chunk.subarray(4, 8 + tiff.length)))
  return chunk
}
