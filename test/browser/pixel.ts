import { type BrowserPage, openBrowserPage } from '../helpers/browser'

/** The colour that is painted at a place of the window, as [red, green, blue]. */
export async function pixelAt(page: BrowserPage, x: number, y: number): Promise<number[]> {
  const shot = await page.cdp('Page.captureScreenshot', { format: 'png' })
  const data = typeof shot === 'object' && shot !== null ? Object.values(shot)[0] : ''
  // On a page of its own, as ours allow no pictures from anywhere.
  const reader = await openBrowserPage()
  const colour = await reader.evaluate<number[]>(`fetch('data:image/png;base64,${data}')
    .then((answer) => answer.blob()).then(createImageBitmap).then((picture) => {
      const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d')
      canvas.drawImage(picture, 0, 0)
      return [...canvas.getImageData(${x}, ${y}, 1, 1).data].slice(0, 3)
    })`)
  reader.close()
  return colour
}
