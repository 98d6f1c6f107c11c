import { createPaths } from '../../shared/paths'
import type { Page } from '../ui/page'

/** What the island uses of htmx (4.0.1), which is loaded by its own script tag before it. */
type Htmx = {
  swap: (context: SwapContext) => Promise<void>
  /** Wires the attributes of an element; `force` for one that htmx has torn down. */
  process: (element: Element, force?: boolean) => void
  ajax: (verb: 'GET', path: string, options: AjaxOptions) => Promise<void>
  registerExtension: (name: string, extension: { init: (api: HtmxApi) => void }) => void
}

type AjaxOptions = { target: string; source?: string; values?: Record<string, string> }

/** What the events of htmx tell of a request. */
export type RequestContext = {
  sourceElement: Element
  target: Element | null
  swap: string
  request: { action: string; body: URLSearchParams | null }
  /** Undefined until the server has answered. */
  response?: { status: number }
  /** Ours: the search that was requested, as an address. */
  search?: string
}

/** What htmx gives its extensions. */
type HtmxApi = { morph: (known: Element, fragment: DocumentFragment, isInner: boolean) => void }

type SwapContext = {
  text: string
  target: Element
  swap: 'innerHTML' | 'outerHTML' | 'beforeend' | 'none'
  sourceElement: Element
}

declare global {
  interface Window {
    htmx: Htmx
  }
  interface GlobalEventHandlersEventMap {
    /** The server asks for a room to be opened in place. */
    'room:open': CustomEvent<{ room: number }>
    'htmx:config:request': CustomEvent<{ ctx: RequestContext }>
    'htmx:finally:request': CustomEvent<{ ctx: RequestContext }>
    'htmx:before:swap': CustomEvent<{ ctx: RequestContext; tasks: { fragment: ParentNode }[] }>
    'htmx:after:swap': CustomEvent<{ ctx: RequestContext }>
    /** The server refused. */
    'htmx:response:error': CustomEvent<{ ctx: RequestContext }>
    /** There was no answer; without a context an attribute was wrong. */
    'htmx:error': CustomEvent<{ ctx?: RequestContext }>
  }
}

/** The loaded library. */
export function htmx(): Htmx {
  return window.htmx
}

let api: HtmxApi | null = null

/** Changes an element to what a fragment contains; equal parts stay the same elements. */
export function morph(known: Element, fragment: DocumentFragment): void {
  if (api === null) htmx().registerExtension('chatroom', { init: (given) => void (api = given) })
  api?.morph(known, fragment, false)
}

/**
 * A fragment from the server; null when there is no connection or no such thing any more. Without
 * a session the reader is back at the door.
 */
export async function fetchHtml(page: Page, path: string): Promise<string | null> {
  const answer = await fetch(path, { headers: { 'HX-Request': 'true' } }).catch(() => null)
  if (answer?.status === 401) location.assign(createPaths(page.base).home())
  return answer?.ok === true ? answer.text().catch(() => null) : null
}

/** Puts a fragment into the page, its `hx-partial`s into their own places. */
export function swapIn(text: string, target: Element, swap: SwapContext['swap']): Promise<void> {
  return htmx().swap({ text, target, swap, sourceElement: document.body })
}

type SwapHooks = {
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
 * is kept.
 */
export function watchSwaps(timeline: () => HTMLElement, hooks: SwapHooks): void {
  let current = timeline()
  let release = (): void => {}
  document.addEventListener('htmx:before:swap', ({ detail: { ctx, tasks } }) => {
    for (const { fragment } of tasks) hooks.onFragment(fragment)
    if (ctx.target === timeline()) hooks.onReplacing()
    release = hooks.hold()
  })
  document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
    const isFresh = timeline() !== current
    const target = isFresh ? null : ctx.target?.id
    if (target === 'older') hooks.onOlder()
    if (target === 'newer') hooks.onNewer()
    current = timeline()
    release()
    if (isFresh) hooks.onReplaced()
  })
}
