/** Reads a picture and gives what `use` makes of it; null when the browser cannot read it. */
export function withPicture<Result>(
  file: Blob,
  use: (image: HTMLImageElement) => Result | Promise<Result>,
): Promise<Result | null> {
  const image = new Image()
  image.src = URL.createObjectURL(file)
  const made = image.decode().then(() => use(image))
  return made.catch(() => null).finally(() => URL.revokeObjectURL(image.src))
}

type Part = [left: number, top: number, width: number, height: number]

/** Draws a picture, or a part of it, on a canvas of this size in pixels. Throws without canvas. */
export function draw(
  image: HTMLImageElement,
  width: number,
  height: number,
  background = 'transparent',
  part: Part = [0, 0, image.naturalWidth, image.naturalHeight],
): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const pen = canvas.getContext('2d')
  if (pen === null) throw new Error('the browser has no canvas')
  pen.imageSmoothingQuality = 'high'
  pen.fillStyle = background
  pen.fillRect(0, 0, width, height)
  pen.drawImage(image, ...part, 0, 0, width, height)
  return canvas
}

/** The canvas as a file; null when the browser refuses, as with one that is too large. */
export function encode(canvas: HTMLCanvasElement, type: string, quality?: number) {
  return new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality))
}

/** Whether a picture moves: an animated WebP, PNG or AVIF says so near its beginning. */
export async function isAnimated(file: Blob): Promise<boolean> {
  if (!/^image\/(png|webp|avif)$/.test(file.type)) return file.type === 'image/gif'
  return /ANIM|acTL|ftypavis/.test(await file.slice(0, 4_096).text())
}
