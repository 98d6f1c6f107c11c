import type { Picture, Reader } from './picture'

/** Walks through a GIF and counts its frames; nothing is left out. Null when it is no GIF. */
export async function readGif(read: Reader, size: number): Promise<Picture | null> {
  const header = await read(0, 13)
  if (header === null) return null
  const [width, height] = [header.getUint16(6, true), header.getUint16(8, true)]
  let frames = 0
  let at: number | null = 13 + tableBytes(header.getUint8(10))
  while (at !== null && at < size) {
    const kind: number | undefined = (await read(at, 1))?.getUint8(0)
    if (kind === trailer || kind === undefined) break
    if (kind !== image && kind !== extension) return null
    if (kind === extension) at = await afterBlocks(read, at + 2)
    else {
      const frame: DataView | null = await read(at, 10)
      if (frame === null) break
      frames += 1
      at = await afterBlocks(read, at + 11 + tableBytes(frame.getUint8(9)))
    }
  }
  const isPicture = frames > 0 && width > 0 && height > 0
  return isPicture ? { width, height, frames, pieces: [{ start: 0, end: size }] } : null
}

const [extension, image, trailer] = [0x21, 0x2c, 0x3b]

function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1)
}

async function afterBlocks(read: Reader, from: number): Promise<number | null> {
  let at = from
  for (;;) {
    const length = (await read(at, 1))?.getUint8(0)
    if (length === undefined) return null
    at += 1 + length
    if (length === 0) return at
  }
}
