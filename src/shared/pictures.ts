const boxPx = { width: 416, height: 320 }

/** The size of a picture in a message, in pixels: its own, within a box; without one, the box. */
export function sizeOnPage(
  width: number | null,
  height: number | null,
): { width: number; height: number } {
  const [wide, high] = [width ?? boxPx.width, height ?? boxPx.height]
  const scale = Math.min(1, boxPx.width / wide, boxPx.height / high)
  return {
    width: Math.max(1, Math.round(wide * scale)),
    height: Math.max(1, Math.round(high * scale)),
  }
}
