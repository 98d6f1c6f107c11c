import { createPaths } from '../../shared/paths'
import type { App, Media } from '../app'
import { openKeptFiles } from '../media/kept-files'
import { createLightbox } from '../media/lightbox'
import { decoratePending } from '../media/pending-files'
import { createTray } from '../media/tray'
import { createUploads, type MediaWords } from '../media/uploads'
import { fetchHtml } from '../net/htmx'
import { element } from '../ui/dom'
import type { Page } from '../ui/page'
import type { Storage } from '../ui/storage'

/**
 * Makes everything about pictures and files: the tray, the uploads, the lightbox. Their elements
 * come from the server in one piece, as a page without them is smaller.
 */
export async function create(app: App): Promise<Media> {
  const words = await addKit(app.page)
  const kept = openKeptFiles(app.page, (key) => isInOutbox(app.storage, key))
  const uploads = createUploads(app, words, kept)
  const tray = createTray(words, kept, app)
  app.composer.setTray(tray)
  uncoverLoaded()
  const input = element('files', HTMLInputElement)
  input.addEventListener('change', () => {
    tray.add([...(input.files ?? [])])
    input.value = ''
  })
  return {
    choose: () => input.click(),
    show: createLightbox(words).show,
    decorate: (row, entry) => void decoratePending(words, kept, uploads, row, entry),
    upload: uploads.start,
    forget: uploads.forget,
  }
}

/** Removes the nine colours behind pictures that are loaded: a transparent one would show them. */
function uncoverLoaded(): void {
  const uncover = (image: HTMLImageElement): void => {
    image.closest('.pic')?.querySelector('.pic__tiny')?.remove()
  }
  for (const image of document.querySelectorAll<HTMLImageElement>('.pic img')) {
    if (image.complete && image.naturalWidth > 0) uncover(image)
  }
  const onLoad = ({ target }: Event): void => {
    if (target instanceof HTMLImageElement) uncover(target)
  }
  // The event does not bubble, but it is captured.
  document.addEventListener('load', onLoad, { capture: true })
}

/** Whether a message of this tab or another waits for a file: the storage has all of them. */
function isInOutbox(storage: Storage, key: string): boolean {
  const entries = storage.keys('outbox.').map((entry) => JSON.stringify(storage.read(entry)))
  return entries.some((entry) => entry.includes(key))
}

/** Adds the elements that only files need to the page; gives their words. */
async function addKit(page: Page): Promise<MediaWords> {
  const html = await fetchHtml(page, createPaths(page.base).mediaKit())
  if (html === null) throw new Error('the kit did not come')
  const template = document.createElement('template')
  template.innerHTML = html // lint: parsed, never shown
  document.body.append(template.content)
  return JSON.parse(element('media-kit', HTMLElement).dataset.words ?? '{}')
}
