import type { Htmx, HtmxRequestCtx } from 'htmx.org'
import { pageLanguageHeader } from '../../shared/languages'
import { pagePaths } from '../../shared/paths'

export type RequestContext = HtmxRequestCtx

declare module 'htmx.org' {
  interface HtmxRequestCtx {
    /** Ours: the search that was requested, as an address. */
    search?: string
  }
}

declare global {
  interface Window {
    htmx: Htmx
  }
  interface GlobalEventHandlersEventMap {
    /** The server asks for a room to be opened in place. */
    'room:open': CustomEvent<{ room: number; seq?: number }>
    /** What the open panel asked for is done. */
    'panel:close': CustomEvent
  }
}

type HtmxApi = { morph: (known: Element, fragment: DocumentFragment, isInner: boolean) => void }

/** The loaded library. */
export function htmx(): Htmx {
  return window.htmx
}

let api: HtmxApi | null = null

/** Changes an element to what a fragment contains; equal parts stay the same elements. */
export function morph(known: Element, fragment: DocumentFragment): void {
  if (api === null)
    htmx().registerExtension('chatroom', { init: (given: HtmxApi) => void (api = given) })
  api?.morph(known, fragment, false)
}

/** Fetches a fragment; null without a connection or a fragment. Without a session, leaves. */
export async function fetchHtml(path: string, onMissing?: () => unknown): Promise<string | null> {
  const { base, language = '' } = document.body.dataset
  const headers = { 'HX-Request': 'true', [pageLanguageHeader]: language }
  const answer = await fetch(path, { headers }).catch(() => null)
  if (answer?.status === 401) location.assign(pagePaths(base ?? '/').home())
  if (answer?.status === 404) onMissing?.()
  return answer?.ok === true ? answer.text().catch(() => null) : null
}

/** Opens the card of a person in the dialog for panels. */
export function openCard({ base }: { base: string }, person: number): void {
  openPanel(pagePaths(base).person(person))
}

/** Fetches a panel, which opens in the dialog. */
export function openPanel(path: string): void {
  void htmx().ajax('GET', path, { target: '#panel-body' })
}

/** Puts a fragment into the page, its `hx-partial`s into their own places. */
export function swapIn(text: string, target: Element, swap = 'outerHTML'): Promise<void> {
  return htmx().swap({ text, target, swap, sourceElement: document.body })
}
