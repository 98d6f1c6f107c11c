import type { App, LazyParts } from './app'
import { fetchHtml } from './net/htmx'
import { make } from './ui/dom'
import { holdKeys } from './ui/held-keys'
import type { Page } from './ui/page'
import { showToast } from './ui/toast'

/** The loaders of all lazy parts; each module in `lazy/` exports `create(app)`. */
export function lazyParts(page: Page, app: () => App): LazyParts {
  const part = (name: keyof LazyParts) =>
    onceLoaded(async () => (await loadLazy(page, name)).create(app()))
  // The panel is fetched while its script is.
  const emoji = onceLoaded(async () => {
    const html = fetchHtml(page.lazy[`emoji-${page.language}.html`] ?? '')
    return (await loadLazy(page, 'emoji')).create(app(), await html)
  })
  return Object.assign({ emoji }, ...names.map((name) => ({ [name]: part(name) })))
}

const names: Exclude<keyof LazyParts, 'emoji'>[] = [
  'code',
  'device',
  'faces',
  'hold',
  'lines',
  'media',
  'network',
  'panel',
  'people',
  'reading',
  'search',
  'suggestions',
  'tools',
]

/**
 * Fetches a lazy script, and once the styles of all of them; rejects without a connection. Each is
 * bundled alone (scripts/build.ts), so it shares no state with the page but its arguments.
 */
export async function loadLazy(page: Page, name: keyof LazyParts) {
  styles ??= onceLoaded(() => addStyles(page.lazy['lazy.css'] ?? ''))
  // A browser remembers that an address could not be imported: the next attempt takes another.
  const address = `${page.lazy[name]}#${failures.get(name) ?? ''}`
  const script = import(address).catch((fault) => {
    failures.set(name, (failures.get(name) ?? 0) + 1)
    throw fault
  })
  const [loaded] = await Promise.all([script, styles()])
  return loaded
}

let styles: (() => Promise<void>) | null = null

const failures = new Map<string, number>()

function addStyles(href: string): Promise<void> {
  const link = make('link', { rel: 'stylesheet', href })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  link.addEventListener('load', () => resolve())
  link.addEventListener('error', () => {
    link.remove()
    reject(new Error('lazy.css'))
  })
  document.head.append(link)
  return promise
}

/** Loads something on the first call, once; after a failure the next call tries again. */
function onceLoaded<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loaded: Promise<Loaded> | null = null
  return () => {
    loaded ??= load().catch((fault) => {
      loaded = null
      throw fault
    })
    return loaded
  }
}

/** Uses a lazy part, which gets what is typed meanwhile; or says that there is no connection. */
export function useLoaded<Loaded>(
  page: Page,
  part: () => Promise<Loaded>,
  use: (part: Loaded) => void,
): void {
  const sayAway = (): false => {
    showToast(page.words.notConnected)
    return false
  }
  void holdKeys(part().then(use, sayAway))
}

/** Uses a lazy part; without a connection nothing happens. */
export function ifLoaded<Loaded>(part: () => Promise<Loaded>, use: (part: Loaded) => void): void {
  part().then(use, () => {})
}

const firstUseMs = 1_500

/** Calls back at the first input of each kind, and after a moment; more calls must do no harm. */
export function onFirstUse(callback: () => void): void {
  setTimeout(callback, firstUseMs)
  for (const sign of ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'])
    addEventListener(sign, callback, { passive: true, once: true })
}
