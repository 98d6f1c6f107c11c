export type Source = {
  size: number
  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>>
}

/** Reads a few bytes anywhere without asking the disk each time; null beyond the end. */
export type Reader = (start: number, length: number) => Promise<DataView | null>

/** Thrown for a file of many tiny parts, which would take longer to walk than to send. */
export const tooManyParts = new Error('more parts than any picture has')

const windowBytes = 256 * 1024
/** Blocks of a GIF have 255 bytes, and nearly everything else is longer. */
const partBytes = 100
const partsMin = 50_000

/** Makes a reader of a source. It throws `tooManyParts` after more reads than a picture needs. */
export function createReader({ read, size }: Source): Reader {
  let window = new Uint8Array()
  let from = 0
  let left = partsMin + size / partBytes
  return async (start, length) => {
    if (--left < 0) throw tooManyParts
    if (start + length > size) return null
    if (start < from || start + length > from + window.length) {
      window = await read(start, windowBytes)
      from = start
    }
    if (start + length > from + window.length) return null
    return new DataView(window.buffer, window.byteOffset + start - from, length)
  }
}

/** Part of a file as it is stored: a range of the sent one, or new bytes. */
export type Piece = { start: number; end: number } | Uint8Array

/** What the header of a picture says, and the parts of the file without its metadata. */
export type Picture = {
  width: number
  height: number
  frames: number
  pieces: Piece[]
  /** The pieces differ from the file even where they are as long as it. */
  isRewritten?: boolean
}

/** Adds a range of the file, joined to the one before when nothing is between them. */
export function keep(pieces: Piece[], start: number, end: number): void {
  const last = pieces.at(-1)
  if (last !== undefined && 'end' in last && last.end === start) last.end = end
  else pieces.push({ start, end })
}

export function lengthOf(pieces: Piece[]): number {
  return pieces.reduce(
    (sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : piece.end - piece.start),
    0,
  )
}

/** Four characters that name a part of a PNG, a WebP or an MP4. */
export function nameAt(view: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((n) => view.getUint8(offset + n)))
}

const exifBytesMax = 64 * 1024
/** `Exif`, which begins the data in a JPEG, and with some programs elsewhere too. */
export const exifName = 0x45786966
const orientationTag = 0x0112

/** The orientation in EXIF data: 1 is upright, 6 a quarter turn, and so on; null without one. */
export async function readOrientation(
  read: Reader,
  at: number,
  length: number,
): Promise<number | null> {
  const data = await read(at, Math.min(length, exifBytesMax))
  if (data === null || data.byteLength < 14) return null
  const isNamed = data.getUint32(0) === exifName
  return isNamed ? readOrientation(read, at + 6, length - 6) : orientationIn(data)
}

function orientationIn(tiff: DataView): number | null {
  const isLittle = tiff.getUint16(0) === 0x4949
  if (!isLittle && tiff.getUint16(0) !== 0x4d4d) return null
  const start = tiff.getUint32(4, isLittle)
  if (start + 2 > tiff.byteLength) return null
  const count = tiff.getUint16(start, isLittle)
  for (let n = 0; n < count; n += 1) {
    const entry = start + 2 + n * 12
    if (entry + 12 > tiff.byteLength) return null
    if (tiff.getUint16(entry, isLittle) !== orientationTag) continue
    const value = tiff.getUint16(entry + 8, isLittle)
    return value >= 1 && value <= 8 ? value : null
  }
  return null
}

/** EXIF data that holds nothing but an orientation; null when the picture is upright anyway. */
export function writeOrientation(value: number | null): Uint8Array | null {
  if (value === null || value === 1) return null
  const bytes = new Uint8Array(26)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x4d4d002a)
  view.setUint32(4, 8)
  view.setUint16(8, 1)
  view.setUint16(10, orientationTag)
  view.setUint16(12, 3)
  view.setUint32(14, 1)
  view.setUint16(18, value)
  return bytes
}

export function upright(width: number, height: number, orientation: number | null) {
  const isTurned = orientation !== null && orientation >= 5
  return isTurned ? { width: height, height: width } : { width, height }
}
