import { createPaths } from '../paths'
import type { Page } from './page'

/** What the island uses of htmx (4.0.1), which is loaded by its own script tag before it. */
export type Htmx = {
  swap: (context: SwapContext) => Promise<void>
  process: (element: Element) => void
}

export type SwapContext = {
  text: string
  target: Element
  swap: 'beforeend' | 'beforebegin' | 'innerHTML' | 'outerHTML' | 'outerMorph' | 'none'
  /** Which part of the text goes in. */
  select?: string
  sourceElement: Element
  /** Ours: tells the island's own swaps from those that an element asked for. */
  isLive?: true
}

declare global {
  interface Window {
    htmx: Htmx
  }
}

/** The loaded library. */
export function htmx(): Htmx {
  return window.htmx
}

/**
 * A fragment from the server; null when there is no connection or no such thing any more. Without
 * a session the reader is back at the door. `refusals` are answers whose sentence is wanted, too.
 */
export async function fetchHtml(
  page: Page,
  path: string,
  refusals: number[] = [],
): Promise<string | null> {
  const headers = { 'HX-Request': 'true' }
  const answer = await fetch(path, { headers }).catch(() => null)
  if (answer?.status === 401) location.assign(createPaths(page.base).home())
  const isShown = answer?.ok === true || refusals.includes(answer?.status ?? 0)
  return isShown ? (answer?.text().catch(() => null) ?? null) : null
}

/** Puts a fragment into the page, its `hx-partial`s into their own places. */
export function swapIn(
  text: string,
  target: Element,
  swap: SwapContext['swap'],
  select?: string,
): Promise<void> {
  const chosen = select === undefined ? {} : { select }
  return htmx().swap({ text, target, swap, ...chosen, sourceElement: document.body })
}
