import { copyText } from '../ui/clipboard'

/**
 * Copies a picture: as a picture where the browser has a clipboard for such, else, as on plain
 * HTTP, as a piece of a page, which letters and documents take. False when neither is allowed.
 */
export async function copyPicture(image: HTMLImageElement): Promise<boolean> {
  const canvas = document.createElement('canvas')
  canvas.width = image.naturalWidth
  canvas.height = image.naturalHeight
  canvas.getContext('2d')?.drawImage(image, 0, 0)
  const clipboard = navigator.clipboard // lint: there is another way
  if (clipboard?.write === undefined) return copyAsPage(image, canvas)
  const png = new Promise<Blob>((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('too large')) : resolve(blob)))
  })
  // Handed over before it is drawn, while the click still counts.
  return clipboard.write([new ClipboardItem({ 'image/png': png })]).then(
    () => true,
    () => false,
  )
}

function copyAsPage({ alt }: HTMLImageElement, canvas: HTMLCanvasElement): boolean {
  // Of a document of its own, which loads nothing.
  const piece = document.implementation.createHTMLDocument('').createElement('img')
  piece.setAttribute('src', canvas.toDataURL('image/png'))
  piece.setAttribute('alt', alt)
  const fill = (event: ClipboardEvent): void => {
    event.preventDefault()
    event.clipboardData?.setData('text/html', piece.outerHTML)
    event.clipboardData?.setData('text/plain', alt)
  }
  document.addEventListener('copy', fill, { once: true })
  const isCopied = copyText(alt || ' ')
  document.removeEventListener('copy', fill)
  return isCopied
}
