/** Bytes that can be read in any order, as of a file. */
export type Source = {
  size: number
  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>>
}

/** Reads a few bytes here and there without asking the disk each time; null beyond the end. */
export type Reader = (start: number, length: number) => Promise<DataView | null>

/** Thrown for a file that is made of crumbs, which would cost us more than it cost its sender. */
export const tooManyParts = new Error('more parts than any picture has')

/**
 * Makes a reader of a source; a part is at most as long as its window. Throws `tooManyParts` for
 * whoever reads in smaller steps than any real picture is made of.
 */
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

const windowBytes = 256 * 1024
/** Blocks of a GIF are 255 bytes long, everything else is longer; the few that are not are few. */
const partBytes = 100
const partsMin = 50_000

/** Part of a file as it will be kept: from the old one, or new bytes. */
export type Piece = { start: number; end: number } | Uint8Array

/** What the header of a picture says, and what is left of the file without its metadata. */
export type Picture = { width: number; height: number; frames: number; pieces: Piece[] }

/** Adds a part of the file, joined to the one before when nothing was left out between. */
export function keep(pieces: Piece[], start: number, end: number): void {
  const last = pieces.at(-1)
  if (last !== undefined && 'end' in last && last.end === start) last.end = end
  else pieces.push({ start, end })
}

/** Four characters that name a part of a PNG, a WebP or an MP4. */
export function nameAt(view: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((n) => view.getUint8(offset + n)))
}
