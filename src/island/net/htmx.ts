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
export type SwapHooks = {
  /** A fragment is about to be put on the page. */
  onFragment: (fragment: ParentNode) => void
  /** Remembers the reader's place; the returned function restores it. */
  hold: () => () => void
  /** The whole list is about to be replaced. */
  onReplacing: () => void
  /** A page of older messages was put in, or one of newer ones. */
  onOlder: () => void
  onNewer: () => void
  /** The whole list was replaced. */
  onReplaced: () => void
}

/**
 * Listens to the swaps of htmx: rows are decorated before they are painted, and the reader's place
 * is kept. The island's own swaps are marked as live and do the rest themselves.
 */
export function watchSwaps(timeline: () => HTMLElement, hooks: SwapHooks): void {
  let current = timeline()
  let release = (): void => {}
  document.addEventListener('htmx:before:swap', (event) => {
    if (!(event instanceof CustomEvent)) return
    for (const { fragment } of event.detail.tasks) hooks.onFragment(fragment)
    if (event.detail.ctx.isLive) return
    if (event.detail.ctx.target === timeline()) hooks.onReplacing()
    release = hooks.hold()
  })
  document.addEventListener('htmx:after:swap', (event) => {
    if (!(event instanceof CustomEvent) || event.detail.ctx.isLive) return
    const isFresh = timeline() !== current
    const target = isFresh ? null : event.detail.ctx.target?.id
    if (target === 'older') hooks.onOlder()
    if (target === 'newer') hooks.onNewer()
    current = timeline()
    release()
    if (isFresh) hooks.onReplaced()
  })
}
