import type { BrowserPage } from '../../helpers/browser'
import { beginUse } from './part'

export type Files = {
  /** Waits until the part of the page for files is there. */
  ready: () => Promise<void>
  /** Chooses files with the clip, as from a disk. */
  choose: (paths: string[]) => Promise<void>
  /** Pastes a picture into the field, or drops it on the chat, as the browser would tell of it. */
  bring: (way: 'paste' | 'drop', picture?: Picture) => Promise<void>
  /** The same before the part for files is there. */
  bringEarly: (way: 'paste' | 'drop') => Promise<void>
  /** The colours, as painted, at the left and the right of the n-th picture from the end. */
  pixels: (fromEnd?: number) => Promise<[string, string]>
}

/** Its size and kind, and a text that comes with it. */
export type Picture = { width?: number; height?: number; type?: string; text?: string }

/** Files on their way into a message, and pictures in messages. */
export function filesOf(page: BrowserPage): Files {
  const ready = async (): Promise<void> => {
    await beginUse(page)
    await page.waitFor(`document.querySelector('#media-kit')`, 'the part for files')
  }
  return {
    ready,
    async choose(paths) {
      await ready()
      const { root } = (await page.cdp('DOM.getDocument')) as { root: { nodeId: number } }
      const found = await page.cdp('DOM.querySelector', { nodeId: root.nodeId, selector: '#files' })
      const { nodeId } = found as { nodeId: number }
      await page.cdp('DOM.setFileInputFiles', { nodeId, files: paths })
    },
    async bring(way, picture = {}) {
      await ready()
      await page.evaluate(bringing(way, picture))
    },
    bringEarly: (way) => page.evaluate(bringing(way, {})),
    async pixels(fromEnd = 1) {
      const shown = `[...document.querySelectorAll('#timeline .msg:not(.msg--pending) .pic img')]
        .at(-${fromEnd})`
      await page.waitFor(
        `${shown}?.complete && ${shown}.naturalWidth > 0 && ${shown}.src.startsWith('http')`,
        'the picture',
      )
      return page.evaluate<[string, string]>(`(${twoColoursOf})(${shown})`)
    },
  }
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

function bringing(
  way: 'paste' | 'drop',
  { width = 300, height = 200, type = 'image/png', text = '' }: Picture,
): string {
  return `(async () => {
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
  })()`
}

const twoColoursOf = `(image) => {
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
}`
