import { createPaths } from '../../shared/paths'
import type { Page } from '../ui/page'

/**
 * Links marked `data-panel` open in a dialog instead of a page of their own; people and names in
 * messages open the person's card. `open` gets the path.
 */
export function watchPanelLinks(page: Page, open: (path: string) => void): void {
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
    if (target === null || !isPlain) return
    const link = target.closest<HTMLAnchorElement>('a[data-panel]')
    const person = target.closest<HTMLElement>('.person__open')?.closest<HTMLElement>('.person')
    const mention = target.closest<HTMLElement>('.msg .mention[data-person]')
    const id = Number(person?.dataset.person ?? mention?.dataset.person)
    if (link !== null) {
      event.preventDefault()
      open(link.pathname)
    } else if (id > 0) open(createPaths(page.base).person(id))
  })
}
