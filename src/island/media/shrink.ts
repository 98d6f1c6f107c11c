/** The long side of a shrunk photo: fills a screen with about 500 KB. */
const photoSidePxMax = 2_048

/** What is sent of a picture, and nine colours of it. */
export type Shrunk = { blob: Blob; type: string; preview: string }

/** Whether a picture of this kind is made smaller; what moves or is drawn by a program is not. */
export function canShrink(type: string): boolean {
  return /^image\/(jpeg|png|webp|avif|bmp|hei[cf]|tiff)$/.test(type)
}

/**
 * Reads a picture and draws it anew, at most 2048 pixels long: what a camera wrote beside it, where
 * it was taken above all, stays behind. What the browser cannot read, or what moves, is left alone.
 */
export async function shrink(file: Blob, isOriginal: boolean): Promise<Shrunk> {
  const asItIs = { blob: file, type: file.type, preview: '' }
  if (!file.type.startsWith('image/') || file.type === 'image/svg+xml') return asItIs
  const url = URL.createObjectURL(file)
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const preview = previewOf(image)
    const isFixed = isOriginal || !canShrink(file.type) || (await moves(file))
    const blob = isFixed ? file : await redraw(image, file)
    return { blob, type: blob.type, preview }
  } catch {
    return asItIs
  } finally {
    URL.revokeObjectURL(url)
  }
}

async function redraw(image: HTMLImageElement, file: Blob): Promise<Blob> {
  const { naturalWidth: width, naturalHeight: height } = image
  const scale = Math.min(1, photoSidePxMax / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const pen = canvas.getContext('2d')
  if (pen === null) return file
  pen.imageSmoothingQuality = 'high'
  pen.drawImage(image, 0, 0, canvas.width, canvas.height)
  const isKept = /^image\/(png|webp)$/.test(file.type)
  const drawn = await encode(canvas, isKept ? file.type : 'image/jpeg')
  canvas.width = 0
  // Already small and clean: the server cuts what is left beside the picture.
  const isWorse = scale === 1 && drawn !== null && drawn.size >= file.size && isPlain(file.type)
  return drawn === null || isWorse ? file : drawn
}

const quality = 0.85

function encode(canvas: HTMLCanvasElement, type: string): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, type, quality))
}

/** Kinds whose metadata the server cuts. */
export function isPlain(type: string): boolean {
  return /^image\/(jpeg|png|webp)$/.test(type)
}

/** An animated WebP or PNG says so near its beginning. */
async function moves(file: Blob): Promise<boolean> {
  if (!/^image\/(png|webp)$/.test(file.type)) return false
  const start = await file.slice(0, 4_096).text()
  return start.includes('ANIM') || start.includes('acTL')
}

/** Three by three colours, three hexadecimal digits each. */
function previewOf(image: HTMLImageElement): string {
  const canvas = document.createElement('canvas')
  canvas.width = 3
  canvas.height = 3
  const pen = canvas.getContext('2d')
  if (pen === null) return ''
  pen.fillStyle = '#888'
  pen.fillRect(0, 0, 3, 3)
  pen.drawImage(image, 0, 0, 3, 3)
  const { data } = pen.getImageData(0, 0, 3, 3)
  return Array.from({ length: 9 }, (_, n) => [0, 1, 2].map((part) => digit(data[n * 4 + part])))
    .flat()
    .join('')
}

function digit(value = 0): string {
  return Math.min(15, Math.round(value / 17)).toString(16)
}
