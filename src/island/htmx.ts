/** What the island uses of htmx (4.0.1), which is loaded by its own script tag before it. */
export type Htmx = {
  swap: (context: SwapContext) => Promise<void>
  ajax: (verb: 'GET', path: string, options: { target: string; swap: string }) => Promise<void>
  process: (element: Element) => void
}

export type SwapContext = {
  text: string
  target: Element
  swap: 'beforeend' | 'beforebegin' | 'outerMorph'
  sourceElement: Element
  /** Ours: tells the island's own swaps from those that an element asked for. */
  isLive: true
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
