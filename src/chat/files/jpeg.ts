import {
  exifName,
  keep,
  type Picture,
  type Piece,
  type Reader,
  readOrientation,
  upright,
  writeOrientation,
} from './picture'

/**
 * Walks through the segments of a JPEG and keeps what showing it needs: no places, cameras,
 * comments, thumbnails or data after the end. Null when it is no JPEG.
 */
export async function readJpeg(read: Reader, size: number): Promise<Picture | null> {
  const found = { width: 0, height: 0, orientation: null as number | null }
  const pieces: Piece[] = []
  keep(pieces, 0, 2)
  for (let at = 2; ;) {
    const head = await read(at, 2)
    // Cut off in the middle: browsers show what there is.
    if (head === null || head.getUint8(0) !== 0xff) break
    const marker = head.getUint8(1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === end) {
      keep(pieces, at, at + 2)
      break
    }
    const length = (await read(at + 2, 2))?.getUint16(0) ?? 0
    const next = at + 2 + length
    if (next > size || length < 2) break
    if (isFrame(marker)) await readFrame(read, at, found)
    if (marker === app1) found.orientation ??= await readExif(read, at, next)
    const until = marker === scan ? await endOfScan(read, next, size) : next
    if (await isNeeded(read, marker, at)) keep(pieces, at, until)
    at = until
  }
  if (found.width === 0 || found.height === 0) return null
  const { width, height, orientation } = found
  addOrientation(pieces, writeOrientation(orientation))
  return { ...upright(width, height, orientation), frames: 1, pieces }
}

const [end, scan, app0, app1, app2, app14, comment] = [0xd9, 0xda, 0xe0, 0xe1, 0xe2, 0xee, 0xfe]

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
}

async function readFrame(read: Reader, at: number, found: { width: number; height: number }) {
  const frame = await read(at, 9)
  found.height = frame?.getUint16(5) ?? 0
  found.width = frame?.getUint16(7) ?? 0
}

/** Colours need their profile and their transform; other segments only describe the picture. */
async function isNeeded(read: Reader, marker: number, at: number): Promise<boolean> {
  if (marker === app0 || marker === app14) return true
  if (marker === app2) return (await read(at + 4, 4))?.getUint32(0) === 0x4943435f
  return marker !== comment && (marker < app0 || marker > 0xef)
}

async function readExif(read: Reader, at: number, next: number): Promise<number | null> {
  const name = await read(at + 4, 6)
  return name?.getUint32(0) === exifName ? readOrientation(read, at + 10, next - at - 10) : null
}

/** Coded data runs until a marker that is neither stuffing nor a restart. */
async function endOfScan(read: Reader, from: number, size: number): Promise<number> {
  for (let at = from; at < size - 1;) {
    const length = Math.min(strideBytes, size - at)
    const part = await read(at, length)
    if (part === null) break
    const bytes = new Uint8Array(part.buffer, part.byteOffset, length)
    for (let n = bytes.indexOf(0xff); n !== -1 && n < length - 1; n = bytes.indexOf(0xff, n + 1)) {
      const after = bytes[n + 1] ?? 0
      const isData = after === 0 || after === 0xff || (after >= 0xd0 && after <= 0xd7)
      if (!isData) return at + n
    }
    at += length - 1
  }
  return size
}

const strideBytes = 128 * 1024

function addOrientation(pieces: Piece[], tiff: Uint8Array | null): void {
  if (tiff === null) return
  const segment = new Uint8Array(10 + tiff.length)
  segment.set([0xff, app1, 0, 8 + tiff.length, 0x45, 0x78, 0x69, 0x66, 0, 0])
  segment.set(tiff, 10)
  const [first] = pieces
  if (first === undefined || !('end' in first)) return
  pieces.splice(0, 1, { start: 0, end: 2 }, segment)
  if (first.end > 2) pieces.splice(2, 0, { start: 2, end: first.end })
}
