/** How a camera was held: 1 upright, 6 a quarter turn, and so on; null when nothing is said. */
export function readOrientation(tiff: DataView): number | null {
  if (tiff.byteLength < 14) return null
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

/** Camera data that says nothing but how the camera was held. */
export function writeOrientation(value: number): Uint8Array {
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

/** Whether width and height change places when the picture is turned upright. */
export function isTurned(orientation: number | null): boolean {
  return orientation !== null && orientation >= 5
}

const orientationTag = 0x0112
