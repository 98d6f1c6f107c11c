import { latePaths } from '../../shared/paths'
import type { App, Media } from '../app'
import { openKeptFiles } from '../media/kept-files'
import { createLightbox } from '../media/lightbox'
import { createTray } from '../media/tray'
import { createUploads, type MediaWords } from '../media/uploads'
import { fetchHtml, swapIn } from '../net/htmx'
import { element } from '../ui/dom'

/**
 * Makes everything about pictures and files: the tray, the uploads, the lightbox. Their elements
 * come from the server in one piece, as a page without them is smaller.
 */
export async function create(app: App): Promise<Media> {
  const { composer, page, storage } = app
  const html = await fetchHtml(latePaths(page.base).mediaKit())
  if (html === null) throw new Error('the kit did not come')
  await swapIn(html, document.body, 'beforeend')
  const words: MediaWords = JSON.parse(element('media-kit', HTMLElement).dataset.words ?? '{}')
  const kept = openKeptFiles(page, (key) =>
    // The storage has the messages of all tabs.
    storage.keys('outbox.').every((entry) => !JSON.stringify(storage.read(entry)).includes(key)),
  )
  const tray = createTray(app, words, kept)
  composer.setTray(tray)
  uncoverLoaded()
  watchVideos()
  return {
    choose: tray.choose,
    addTo: tray.addTo,
    show: createLightbox(app, words),
    ...createUploads(app, words, kept),
  }
}

/** Removes the nine colours behind pictures that are loaded: a transparent one would show them. */
function uncoverLoaded(): void {
  const uncover = (image: EventTarget | null): void => {
    if (!(image instanceof HTMLImageElement) || image.naturalWidth === 0) return
    image.closest('.pic')?.querySelector('.pic__tiny')?.remove()
  }
  for (const image of document.querySelectorAll('.pic img')) uncover(image)
  // The event does not bubble, but it is captured.
  document.addEventListener('load', ({ target }) => uncover(target), { capture: true })
}

/** A video shows its first frame when it is near, for which a browser fetches its beginning. */
function watchVideos(): void {
  const log = element('log', HTMLElement)
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting || !(target instanceof HTMLVideoElement)) continue
        near.unobserve(target)
        target.preload = 'metadata'
      }
    },
    { root: log, rootMargin: '50%' },
  )
  const look = (): void => {
    for (const video of log.querySelectorAll('video[preload=none]')) near.observe(video)
  }
  new MutationObserver(look).observe(log, { childList: true, subtree: true })
  look()
}
