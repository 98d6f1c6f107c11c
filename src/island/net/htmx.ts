import { createPaths } from '../../shared/paths'
import type { Page } from '../ui/page'

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
 * a session the reader is back at the door.
 */
export async function fetchHtml(page: Page, path: string): Promise<string | null> {
  const answer = await askHtml(page, path)
  return answer?.ok === true ? answer.text().catch(() => null) : null
}

/** The answer as it came, perhaps a refusal; null without a connection. */
export async function askHtml(page: Page, path: string): Promise<Response | null> {
  const headers = { 'HX-Request': 'true' }
  const answer = await fetch(path, { headers }).catch(() => null)
  if (answer?.status === 401) location.assign(createPaths(page.base).home())
  return answer
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
