import {
  keep,
  nameAt,
  type Picture,
  type Piece,
  type Reader,
  readOrientation,
  upright,
  writeOrientation,
} from './picture'

const chunksMax = 100_000

/**
 * Walks through the chunks of a PNG and leaves out texts, times, cameras and data after the end.
 * Null when it is no PNG or has more chunks than any real one.
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
    if (name === 'eXIf') orientation ??= await readOrientation(read, at + 8, length)
    if (name === 'fcTL') frames += 1
    if (name === 'IEND') {
      pieces.push(...orientationChunk(writeOrientation(orientation)))
      keep(pieces, at, at + 12)
      const [width, height] = [header.getUint32(8), header.getUint32(12)]
      return { ...upright(width, height, orientation), frames: Math.max(1, frames), pieces }
    }
    const next = at + 12 + length
    if (needed.test(name)) keep(pieces, at, next)
    at = next
  }
  return null
}

/** What colours, transparency, size and animation need. */
const needed =
  /^(PLTE|IDAT|tRNS|gAMA|cHRM|sRGB|iCCP|sBIT|bKGD|pHYs|cICP|mDC[Vv]|cLL[Ii]|acTL|fcTL|fdAT)$/

function orientationChunk(tiff: Uint8Array | null): Uint8Array[] {
  if (tiff === null) return []
  const chunk = new Uint8Array(12 + tiff.length)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, tiff.length)
  chunk.set([0x65, 0x58, 0x49, 0x66], 4)
  chunk.set(tiff, 8)
  view.setUint32(8 + tiff.length, Bun.hash.crc32(chunk.subarray(4, 8 + tiff.length)))
  return [chunk]
}
