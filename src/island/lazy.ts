import type { Page } from './ui/page'

/** Lazy scripts are fetched at the first use of the page, or after this. */
const firstUseMs = 1_500

/** Parts of the island that are fetched when they are first wanted, each a script of its own. */
export type LazyParts = {
  emoji: typeof import('./lazy/emoji')
  device: typeof import('./lazy/device')
  faces: typeof import('./lazy/faces')
  media: typeof import('./lazy/media')
  panel: typeof import('./lazy/panel')
  suggest: typeof import('./lazy/suggest')
  search: typeof import('./lazy/search')
  tools: typeof import('./lazy/tools')
}

/**
 * Fetches a lazy part, and the styles of all of them, once; rejects without a connection. Each is
 * built alone (scripts/build.ts), so it shares no state with the page but what it is handed.
 */
export async function loadLazy<Name extends keyof LazyParts>(
  page: Page,
  name: Name,
): Promise<LazyParts[Name]> {
  styles ??= whenWanted(() => addStyles(page.lazy['lazy.css'] ?? ''))
  await styles()
  return import(page.lazy[name] ?? '')
}

let styles: (() => Promise<void>) | null = null

function addStyles(href: string): Promise<void> {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = href
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  link.addEventListener('load', () => resolve())
  link.addEventListener('error', () => {
    link.remove()
    reject(new Error('the styles did not come'))
  })
  document.head.append(link)
  return promise
}

/** Makes something when it is first wanted, and once; after a failure it is tried again. */
export function whenWanted<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | null = null
  return () => {
    made ??= make().catch((fault) => {
      made = null
      throw fault
    })
    return made
  }
}

/** Does something with a lazy part; without a connection it is left undone. */
export function whenThere<Part>(part: () => Promise<Part>, work: (part: Part) => void): void {
  part().then(work, () => {})
}

/** Calls back once, as soon as somebody does something with the page, or a moment later. */
export function onFirstUse(work: () => void): void {
  const signs = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'] as const
  const begin = (): void => {
    clearTimeout(timer)
    for (const sign of signs) removeEventListener(sign, begin)
    work()
  }
  const timer = setTimeout(begin, firstUseMs)
  for (const sign of signs) addEventListener(sign, begin, { passive: true })
}
