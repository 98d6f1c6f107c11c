import { fill } from '../../shared/text'
import { element } from '../ui/dom'
import type { MediaWords } from '../lazy/media'
import { copyPicture } from './copy-picture'
import { watchGestures } from './zoom'

/**
 * Makes the dialog in which a picture is seen large: arrows lead through the pictures of the room
 * that are loaded, plus, minus, a double click or two fingers make it larger, a swipe leads on or
 * away, and closing leads back to where one was.
 */
export function createLightbox(words: MediaWords): { show: (picture: HTMLAnchorElement) => void } {
  const dialog = element('lightbox', HTMLDialogElement)
  const image = dialog.querySelector('img')
  const download = dialog.querySelector<HTMLAnchorElement>('[data-do=download]')
  if (image === null || download === null) throw new Error('the lightbox is not whole')
  let current: HTMLAnchorElement | null = null
  const all = (): HTMLAnchorElement[] => [
    ...document.querySelectorAll<HTMLAnchorElement>('#timeline .msg:not([hidden]) .pic'),
  ]
  const zoom = watchGestures(image, {
    onSwipe: (way) => (way === 'away' ? dialog.close() : go(way)),
  })
  const set = (picture: HTMLAnchorElement): void => {
    current = picture
    zoom.reset()
    const pictures = all()
    const place = pictures.indexOf(picture)
    const names = { name: picture.dataset.name ?? '', n: place + 1, all: pictures.length }
    image.src = picture.href
    image.alt = picture.querySelector('img')?.alt ?? ''
    element('lightbox-title', HTMLElement).textContent = fill(words.picture ?? '', names)
    download.href = picture.href
    download.download = picture.dataset.name ?? ''
    button(dialog, 'previous').disabled = place <= 0
    button(dialog, 'next').disabled = place === pictures.length - 1
  }
  const go = (way: 'previous' | 'next'): void => {
    const pictures = all()
    const place = current === null ? -1 : pictures.indexOf(current)
    const picture = pictures[place + (way === 'next' ? 1 : -1)]
    if (picture !== undefined) set(picture)
  }
  const acts: Record<string, () => void> = {
    previous: () => go('previous'),
    next: () => go('next'),
    in: () => zoom.by(1.5),
    out: () => zoom.by(1 / 1.5),
    close: () => dialog.close(),
    copy: () => void copyPicture(image).then((isDone) => tell(dialog, isDone, words)),
  }
  watchDialog(dialog, acts)
  dialog.addEventListener('close', () => {
    image.removeAttribute('src')
    current?.focus()
  })
  return {
    show(picture) {
      set(picture)
      if (!dialog.open) dialog.showModal()
      button(dialog, 'close').focus()
    },
  }
}

/** In the dialog, as the page's own notices lie under it. */
function tell(dialog: HTMLElement, isDone: boolean, words: MediaWords): void {
  const note = dialog.querySelector('.lightbox__note')
  note?.replaceChildren((isDone ? words.copied : words.notCopied) ?? '')
  setTimeout(() => note?.replaceChildren(), noteMs)
}

const noteMs = 3_000

function watchDialog(dialog: HTMLDialogElement, acts: Record<string, () => void>): void {
  dialog.addEventListener('click', ({ target }) => {
    const act = target instanceof Element ? target.closest<HTMLElement>('[data-do]') : null
    const isBeside = target instanceof Element && target.matches('.lightbox, .lightbox__stage')
    if (act !== null) acts[act.dataset.do ?? '']?.()
    else if (isBeside) dialog.close()
  })
  dialog.addEventListener('keydown', (event) => {
    const act = keys.get(event.key)
    // With Ctrl or Alt they are the browser's: larger letters, the page before.
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    acts[act]?.()
  })
}

const keys = new Map([
  ['ArrowLeft', 'previous'],
  ['ArrowRight', 'next'],
  ['+', 'in'],
  ['=', 'in'],
  ['-', 'out'],
])

function button(dialog: HTMLElement, name: string): HTMLButtonElement {
  const found = dialog.querySelector<HTMLButtonElement>(`button[data-do=${name}]`)
  if (found === null) throw new Error(`the lightbox has no ${name}`)
  return found
}
