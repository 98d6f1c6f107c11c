import { fill } from '../../shared/text'
import type { App, Media } from '../app'
import { copyText, element, make, nodesOf, onClick } from '../ui/dom'
import type { Page } from '../ui/page'
import { draw, encode } from '../ui/picture'
import { list } from '../ui/rows'
import { watchGestures } from './gestures'
import type { MediaWords } from './uploads'

const noteMs = 3_000

/** Makes the dialog that shows the loaded pictures of the room large; gives what opens it. */
export function createLightbox({ page }: Pick<App, 'page'>, words: MediaWords): Media['show'] {
  const dialog = element('lightbox', HTMLDialogElement)
  const image = element('lightbox-picture', HTMLImageElement)
  const download = element('lightbox-download', HTMLAnchorElement)
  const note = element('lightbox-note', HTMLElement)
  let current: HTMLAnchorElement | undefined
  const go = (step: number): void => {
    const all = [...list().querySelectorAll<HTMLAnchorElement>('.msg:not([hidden]) .pic')]
    const n = all.findIndex((picture) => picture === current) + step
    const picture = all[n]
    if (picture === undefined) return
    current = picture
    zoom.reset()
    const { name = '' } = picture.dataset
    image.src = picture.href
    image.alt = picture.querySelector('img')?.alt ?? ''
    download.href = picture.href
    download.download = name
    const title = fill(words.picture, { name, n: n + 1, all: all.length })
    element('lightbox-title', HTMLElement).replaceChildren(...nodesOf(title))
    element('lightbox-sent', HTMLElement).replaceChildren(...sentBy(page, picture))
    element('lightbox-previous', HTMLButtonElement).disabled = n === 0
    element('lightbox-next', HTMLButtonElement).disabled = n === all.length - 1
  }
  let timer: Timer | undefined
  // In the dialog, as the page's own toasts lie under it.
  const tell = (isCopied: boolean): void => {
    note.textContent = isCopied ? words.copied : words.notCopied
    clearTimeout(timer)
    timer = setTimeout(() => note.replaceChildren(), noteMs)
  }
  const actions: Record<string, () => void> = {
    previous: () => go(-1),
    next: () => go(1),
    in: () => zoom.by(1.5),
    out: () => zoom.by(1 / 1.5),
    close: () => dialog.close(),
    copy: () => void copyPicture(image).then(tell),
  }
  const act = (name = ''): void => actions[name]?.()
  const zoom = watchGestures(image, act)
  watchDialog(dialog, act)
  dialog.addEventListener('close', () => {
    image.removeAttribute('src')
    current?.focus()
  })
  return (picture) => {
    current = picture
    go(0)
    if (!dialog.open) dialog.showModal()
  }
}

/** Who sent a picture, and when. */
function sentBy({ language }: Page, picture: HTMLElement): Node[] {
  const row = picture.closest<HTMLElement>('.msg')
  const name = row?.querySelector('.msg__meta bdi')?.cloneNode(true)
  const at = Number(row?.dataset.at)
  if (name === undefined || !(at > 0)) return []
  const look = { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' } as const
  const shown = new Intl.DateTimeFormat(language, look).format(at)
  const time = make('time', { datetime: new Date(at).toISOString() }, shown)
  return [name, new Text(' · '), time]
}

function watchDialog(dialog: HTMLDialogElement, act: (name?: string) => void): void {
  onClick(dialog, '[data-do]', (button) => act(button.dataset.do))
  dialog.addEventListener('click', ({ target }) => {
    const isBeside = target instanceof Element && target.matches('.lightbox, .lightbox__stage')
    if (isBeside) dialog.close()
  })
  dialog.addEventListener('keydown', (event) => {
    // With Ctrl or Alt they are the browser's: larger letters, the page before.
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const key = CSS.escape(event.key)
    const button = dialog.querySelector<HTMLElement>(`[data-keys~="${key}"]`)
    if (button === null) return
    event.preventDefault()
    button.click()
  })
}

/** Copies a picture; on plain HTTP as HTML, which documents take. False when it is not allowed. */
async function copyPicture(image: HTMLImageElement): Promise<boolean> {
  const drawn = (): HTMLCanvasElement => draw(image, image.naturalWidth, image.naturalHeight)
  const clipboard = navigator.clipboard // lint: there is another way
  if (clipboard?.write === undefined)
    return image.naturalWidth > 0 && copyAsPage(image.alt, drawn())
  const png = image
    .decode()
    .then(() => encode(drawn(), 'image/png'))
    .then((blob) => blob ?? Promise.reject(new Error('large')))
  // Handed over before it is drawn, while the click still counts.
  const item = new ClipboardItem({ 'image/png': png })
  const writing = clipboard.write([item])
  return writing.then(() => true).catch(() => false)
}

function copyAsPage(alt: string, canvas: HTMLCanvasElement): boolean {
  const onCopy = (event: ClipboardEvent): void => {
    event.preventDefault()
    // In a document of its own, which loads nothing.
    const piece = document.implementation.createHTMLDocument('').createElement('img')
    piece.src = canvas.toDataURL('image/png')
    piece.alt = alt
    event.clipboardData?.setData('text/html', piece.outerHTML)
    event.clipboardData?.setData('text/plain', alt)
  }
  document.addEventListener('copy', onCopy, { once: true })
  const isCopied = copyText(alt || ' ')
  document.removeEventListener('copy', onCopy)
  return isCopied
}
