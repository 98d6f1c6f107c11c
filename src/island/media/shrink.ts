import type { OutboxFile } from '../app'
import { draw, encode, isAnimated, withPicture } from '../ui/picture'

/** The long side of a shrunk photo: fills a screen with about 500 KB. */
const photoSidePxMax = 2_048
const quality = 0.85

/** What is sent of a file; `preview` is nine colours of a picture. */
export type Shrunk = { blob: Blob; name: string; preview: string }

/** Whether a picture of this type is made smaller; animations and drawings are not. */
export function canShrink(type: string): boolean {
  return /^image\/(jpeg|png|webp|avif|bmp|hei[cf]|tiff)$/.test(type)
}

/** Types whose metadata the server removes. */
const stripped = /^image\/(jpeg|png|webp|avif)$/

/** Types that some browsers do not know. */
const cameraFiles = /\.(hei[cf]|tiff?|dng|arw|cr[23]|nef|mov)$/i

/** When a file is sent as its camera wrote it, perhaps with the place where it was taken. */
export function placeIsTold({ name, type }: File, isReadable: boolean): string {
  if (type.startsWith('video/')) return 'always'
  const isPhoto = /^image\/(?!gif|svg)/.test(type) || (type === '' && cameraFiles.test(name))
  if (!isPhoto || stripped.test(type)) return 'never'
  return isReadable ? 'original' : 'always'
}

/** Draws a picture anew, smaller and without metadata, if the browser can read it. */
export async function shrink(file: Blob, { name, isOriginal }: OutboxFile): Promise<Shrunk> {
  const unchanged = { blob: file, name, preview: '' }
  if (!file.type.startsWith('image/') || file.type === 'image/svg+xml') return unchanged
  const shrunk = await withPicture(file, async (image) => {
    const isFixed = isOriginal || !canShrink(file.type) || (await isAnimated(file))
    const blob = isFixed ? file : await redraw(image, file)
    const ending = blob.type.replace('image/', '.').replace('jpeg', 'jpg')
    const sentName = blob.type === file.type ? name : name.replace(/\.[^.]*$/, '') + ending
    return { blob, name: sentName, preview: previewOf(image) }
  })
  return shrunk ?? unchanged
}

/** What may be clear in parts stays so. */
const clearTypes = new Map([
  ['image/png', 'image/png'],
  ['image/webp', 'image/webp'],
  ['image/avif', 'image/webp'],
])

async function redraw(image: HTMLImageElement, file: Blob): Promise<Blob> {
  const { naturalWidth, naturalHeight } = image
  const scale = Math.min(1, photoSidePxMax / Math.max(naturalWidth, naturalHeight))
  const side = (length: number): number => Math.max(1, Math.round(length * scale))
  const canvas = draw(image, side(naturalWidth), side(naturalHeight))
  const drawn = await encode(canvas, clearTypes.get(file.type) ?? 'image/jpeg', quality)
  // Some browsers keep the memory of a canvas for a while.
  canvas.width = 0
  const isWorse = scale === 1 && drawn !== null && drawn.size >= file.size
  return drawn === null || (isWorse && stripped.test(file.type)) ? file : drawn
}

/** Three hexadecimal digits per colour. */
function previewOf(image: HTMLImageElement): string {
  const { data } = draw(image, 3, 3, '#888').getContext('2d')?.getImageData(0, 0, 3, 3) ?? {}
  const digits = Array.from(data ?? [], (value) => Math.round(value / 17).toString(16))
  // The fourth value of each colour is its opacity.
  return digits.filter((_, n) => n % 4 < 3).join('')
}
