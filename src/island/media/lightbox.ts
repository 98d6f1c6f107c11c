import { fill } from '../../shared/text'
import { copyText } from '../ui/clipboard'
import { closest, element } from '../ui/dom'
import { draw, encode } from '../ui/picture'
import type { MediaWords } from './uploads'
import { watchGestures } from './zoom'

/**
 * The dialog in which a picture is seen large: arrows lead through the loaded pictures of the room,
 * plus, minus, a double click or two fingers zoom, a swipe leads on or closes, and closing leads
 * back to the picture in the list.
 */
export function createLightbox(words: MediaWords): { show: (picture: HTMLAnchorElement) => void } {
  const dialog = element('lightbox', HTMLDialogElement)
  const [image, download] = [dialog.querySelector('img'), dialog.querySelector('a')]
  if (image === null || download === null) throw new Error('the lightbox is not whole')
  const button = (name: string): HTMLElement | null =>
    dialog.querySelector<HTMLElement>(`button[data-do=${name}]`)
  let current: HTMLAnchorElement | null = null
  const zoom = watchGestures(image, (way) => (way === 'away' ? dialog.close() : go(way)))
  const set = (picture: HTMLAnchorElement): void => {
    current = picture
    zoom.reset()
    const pictures = allPictures()
    const place = pictures.indexOf(picture)
    const { name = '' } = picture.dataset
    image.src = picture.href
    image.alt = picture.querySelector('img')?.alt ?? ''
    const title = fill(words.picture, { name, n: place + 1, all: pictures.length })
    element('lightbox-title', HTMLElement).textContent = title
    download.href = picture.href
    download.download = name
    button('previous')?.toggleAttribute('disabled', place <= 0)
    button('next')?.toggleAttribute('disabled', place === pictures.length - 1)
  }
  const go = (way: 'previous' | 'next'): void => {
    const pictures = allPictures()
    const place = current === null ? -1 : pictures.indexOf(current)
    const picture = pictures[place + (way === 'next' ? 1 : -1)]
    if (picture !== undefined) set(picture)
  }
  watchDialog(dialog, {
    previous: () => go('previous'),
    next: () => go('next'),
    in: () => zoom.by(1.5),
    out: () => zoom.by(1 / 1.5),
    close: () => dialog.close(),
    copy: () => void copyPicture(image).then((isDone) => tell(dialog, isDone, words)),
  })
  dialog.addEventListener('close', () => {
    image.removeAttribute('src')
    current?.focus()
  })
  return {
    show(picture) {
      set(picture)
      if (!dialog.open) dialog.showModal()
      button('close')?.focus()
    },
  }
}

function allPictures(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>('#timeline .msg:not([hidden]) .pic')]
}

/** In the dialog, as the page's own toasts lie under it. */
function tell(dialog: HTMLElement, isDone: boolean, words: MediaWords): void {
  const note = dialog.querySelector('.lightbox__note')
  note?.replaceChildren(isDone ? words.copied : words.notCopied)
  setTimeout(() => note?.replaceChildren(), noteMs)
}

const noteMs = 3_000

function watchDialog(dialog: HTMLDialogElement, actions: Record<string, () => void>): void {
  dialog.addEventListener('click', ({ target }) => {
    const isBeside = target instanceof Element && target.matches('.lightbox, .lightbox__stage')
    if (isBeside) dialog.close()
    else actions[closest(target, '[data-do]')?.dataset.do ?? '']?.()
  })
  dialog.addEventListener('keydown', (event) => {
    const action = keys[event.key]
    // With Ctrl or Alt they are the browser's: larger letters, the page before.
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    actions[action]?.()
  })
}

const keys: Record<string, string> = {
  ArrowLeft: 'previous',
  ArrowRight: 'next',
  '+': 'in',
  '=': 'in',
  '-': 'out',
}

/**
 * Copies a picture: as a picture where the browser has a clipboard for it, else (on plain HTTP) as
 * a piece of a page, which letters and documents take. False when neither is allowed.
 */
async function copyPicture(image: HTMLImageElement): Promise<boolean> {
  const canvas = draw(image, image.naturalWidth, image.naturalHeight)
  const clipboard = navigator.clipboard // lint: there is another way
  if (clipboard?.write === undefined) return copyAsPage(image.alt, canvas)
  const png = encode(canvas, 'image/png').then((blob) => blob ?? Promise.reject(new Error('large')))
  // Handed over before it is drawn, while the click still counts.
  return clipboard.write([new ClipboardItem({ 'image/png': png })]).then(
    () => true,
    () => false,
  )
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
