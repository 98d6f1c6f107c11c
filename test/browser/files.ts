import type { BrowserPage } from '../helpers/browser'

/** Chooses files with the clip, as from a disk. */
export async function choose(page: BrowserPage, paths: string[]): Promise<void> {
  await ready(page)
  const { root } = (await page.cdp('DOM.getDocument')) as { root: { nodeId: number } }
  const found = await page.cdp('DOM.querySelector', { nodeId: root.nodeId, selector: '#files' })
  const { nodeId } = found as { nodeId: number }
  await page.cdp('DOM.setFileInputFiles', { nodeId, files: paths })
}

/** Waits until the part of the page for files is there. */
export async function ready(page: BrowserPage): Promise<void> {
  await page.waitFor(`document.querySelector('#media-kit')`, 'the part for files')
}

/** A picture made in the page: red on the left, blue on the right. */
const twoColours = `(async (width, height, type) => {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const pen = canvas.getContext('2d')
  pen.fillStyle = '#c00000'
  pen.fillRect(0, 0, width / 2, height)
  pen.fillStyle = '#0000c0'
  pen.fillRect(width / 2, 0, width / 2, height)
  const blob = await new Promise((done) => canvas.toBlob(done, type, 0.95))
  return new File([blob], 'two colours.' + type.slice(6), { type })
})`

/** Pastes a picture into the field, or drops it on the chat, as the browser would tell of it. */
export async function bring(
  page: BrowserPage,
  way: 'paste' | 'drop',
  { width = 300, height = 200, type = 'image/png', text = '' } = {},
): Promise<void> {
  await ready(page)
  await page.evaluate(`(async () => {
    const file = await ${twoColours}(${width}, ${height}, '${type}')
    const data = new DataTransfer()
    data.items.add(file)
    if (${JSON.stringify(text)} !== '') data.setData('text/plain', ${JSON.stringify(text)})
    const field = document.querySelector('#content')
    field.focus()
    const init = { bubbles: true, cancelable: true }
    if ('${way}' === 'paste') {
      field.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: data }))
    } else for (const name of ['dragenter', 'dragover', 'drop']) {
      document.querySelector('#log').dispatchEvent(
        new DragEvent(name, { ...init, dataTransfer: data }))
    }
  })()`)
}

/** Waits until so many things lie in the tray. */
export async function inTray(page: BrowserPage, n: number): Promise<void> {
  await page.waitFor(`document.querySelectorAll('#tray > li').length === ${n}`, `${n} in the tray`)
}

/** The colours, as painted, at the left and the right of the n-th picture from the end. */
export async function pixels(page: BrowserPage, fromEnd = 1): Promise<[string, string]> {
  const shown = `[...document.querySelectorAll('#timeline .msg:not(.msg--pending) .pic img')]
    .at(-${fromEnd})`
  await page.waitFor(
    `${shown}?.complete && ${shown}.naturalWidth > 0 && ${shown}.src.startsWith('http')`,
    'the picture',
  )
  return page.evaluate(`(() => {
    const image = ${shown}
    const canvas = document.createElement('canvas')
    canvas.width = image.naturalWidth
    canvas.height = image.naturalHeight
    const pen = canvas.getContext('2d')
    pen.drawImage(image, 0, 0)
    const at = (x) => {
      const [red, green, blue] = pen.getImageData(x, canvas.height / 2, 1, 1).data
      if (red > 128 && blue < 100) return 'red'
      return blue > 128 && red < 100 ? 'blue' : [red, green, blue].join()
    }
    return [at(canvas.width * 0.25), at(canvas.width * 0.75)]
  })()`)
}
