/** Reads a picture and gives what `use` makes of it; null when the browser cannot read it. */
export async function withPicture<Result>(
  file: Blob,
  use: (image: HTMLImageElement) => Promise<Result>,
): Promise<Result | null> {
  const url = URL.createObjectURL(file)
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    return await use(image)
  } catch {
    return null
  } finally {
    URL.revokeObjectURL(url)
  }
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
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const pen = canvas.getContext('2d')
  if (pen === null) throw new Error('the browser has no canvas')
  pen.imageSmoothingQuality = 'high'
  pen.fillStyle = background
  pen.fillRect(0, 0, width, height)
  pen.drawImage(image, ...part, 0, 0, width, height)
  return canvas
}

/** The canvas as a file; null when the browser refuses, as with one that is too large. */
export function encode(
  canvas: HTMLCanvasElement,
  type: string,
  quality?: number,
): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, type, quality))
}

/** An animated WebP or PNG says so near its beginning. */
export async function isAnimated(file: Blob): Promise<boolean> {
  if (!/^image\/(png|webp)$/.test(file.type)) return file.type === 'image/gif'
  return /ANIM|acTL/.test(await file.slice(0, 4_096).text())
}
