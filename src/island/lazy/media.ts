import type { App, Media } from '../app'
import { element } from '../ui/dom'
import { openKeptFiles } from '../media/kept-files'
import { watchDrops } from '../media/drop-files'
import { fetchHtml } from '../net/htmx'
import { createLightbox } from '../media/lightbox'
import type { Page } from '../ui/page'
import { dressPending } from '../media/pending-files'
import type { Storage } from '../ui/storage'
import { createTray } from '../media/tray'
import { createUploads } from '../media/uploads'
import { createPaths } from '../../shared/paths'

/** What the files of a message say, in the reader's language; written on the kit. */
export type MediaWords = Record<string, string>

/**
 * Makes everything about pictures and files: the tray, the uploads, the lightbox. Its elements come
 * from the server in one piece, as a page without them is smaller.
 */
export async function create(app: App): Promise<Media> {
  const { page } = app
  const words = await addKit(page)
  const kept = openKeptFiles(page, (key) => isInOutbox(app.storage, key))
  const uploads = createUploads(page, words, kept, app)
  const tray = createTray(words, kept, app.timeline.room(), app.composer.focus)
  const lightbox = createLightbox(words)
  app.composer.setTray(tray)
  uncoverLoaded()
  watchDrops(page, words, { add: tray.add, addressee: app.composer.addressee })
  const input = element('files', HTMLInputElement)
  input.addEventListener('change', () => {
    tray.add([...(input.files ?? [])])
    input.value = ''
    app.composer.focus()
  })
  return {
    choose: () => input.click(),
    show: lightbox.show,
    decorate: (row, entry) => void dressPending(words, kept, uploads, row, entry),
    upload: uploads.start,
    forget: uploads.forget,
  }
}

/** The nine colours have done their work; behind a transparent picture they would stay. */
function uncoverLoaded(): void {
  const uncover = (image: HTMLImageElement): void => {
    image.closest('.pic')?.querySelector('.pic__tiny')?.remove()
  }
  for (const image of document.querySelectorAll<HTMLImageElement>('.pic img')) {
    if (image.complete && image.naturalWidth > 0) uncover(image)
  }
  // It does not bubble, but it is seen on the way down.
  document.addEventListener(
    'load',
    ({ target }) => {
      if (target instanceof HTMLImageElement) uncover(target)
    },
    { capture: true },
  )
}

/** Of this tab or another: whatever waits to be sent stands in the storage. */
function isInOutbox(storage: Storage, key: string): boolean {
  const entries = storage.keys('outbox.').map((entry) => JSON.stringify(storage.read(entry)))
  return entries.some((entry) => entry.includes(key))
}

/** Puts the parts of the page that only files need where they belong; gives their words. */
async function addKit(page: Page): Promise<MediaWords> {
  const html = await fetchHtml(page, createPaths(page.base).mediaKit())
  if (html === null) throw new Error('the kit did not come')
  const template = document.createElement('template')
  template.innerHTML = html // lint: parsed, never shown
  document.body.append(template.content)
  const words: MediaWords = JSON.parse(element('media-kit', HTMLElement).dataset.words ?? '{}')
  return words
}
