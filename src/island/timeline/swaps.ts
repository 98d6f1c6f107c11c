export type SwapHooks = {
  /** Called with whatever is about to be put on the page. */
  onFragment: (fragment: ParentNode) => void
  /** Remembers the reader's place; the returned function restores it. */
  hold: () => () => void
  /** The whole list is about to be replaced. */
  onLeaving: () => void
  /** A page of older messages was put in, or one of newer ones. */
  onOlder: () => void
  onNewer: () => void
  /** The whole list was replaced. */
  onFresh: () => void
}

/**
 * Listens to htmx: rows are dressed before they are painted, whoever asked for them, and the
 * reader's place is kept. The island's own swaps mark themselves as live and do the rest alone.
 */
export function watchSwaps(box: HTMLElement, timeline: () => HTMLElement, hooks: SwapHooks): void {
  let current = timeline()
  let release = (): void => {}
  document.addEventListener('htmx:before:swap', (event) => {
    if (!(event instanceof CustomEvent)) return
    for (const { fragment } of event.detail.tasks) hooks.onFragment(fragment)
    if (event.detail.ctx.isLive) return
    if (event.detail.ctx.target === timeline()) hooks.onLeaving()
    release = hooks.hold()
  })
  document.addEventListener('htmx:after:swap', (event) => {
    if (!(event instanceof CustomEvent) || event.detail.ctx.isLive) return
    if (!box.contains(timeline())) return
    const isFresh = timeline() !== current
    const target = isFresh ? null : event.detail.ctx.target?.id
    if (target === 'older') hooks.onOlder()
    if (target === 'newer') hooks.onNewer()
    current = timeline()
    release()
    if (isFresh) hooks.onFresh()
  })
}
