import { limits } from '../limits'
import type { Page } from './page'

/** Parts of the island that are fetched when they are first wanted, each a script of its own. */
export type LateParts = {
  emoji: typeof import('./late/emoji')
  device: typeof import('./late/device')
  faces: typeof import('./late/faces')
  media: typeof import('./late/media')
  panel: typeof import('./late/panel')
  suggest: typeof import('./late/suggest')
  search: typeof import('./late/search')
  tools: typeof import('./late/tools')
}

/**
 * Fetches a late part, and the styles of all of them, once; rejects without a connection. Each is
 * built alone (scripts/build.ts), so it shares no state with the page but what it is handed.
 */
export async function loadLate<Name extends keyof LateParts>(
  page: Page,
  name: Name,
): Promise<LateParts[Name]> {
  styles ??= whenWanted(() => addStyles(page.late['late.css'] ?? ''))
  await styles()
  return import(page.late[name] ?? '')
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

/** Does something with a late part; without a connection it is left undone. */
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
  const timer = setTimeout(begin, limits.firstUseMs)
  for (const sign of signs) addEventListener(sign, begin, { passive: true })
}
