import { createPaths } from '../../shared/paths'
import { element } from '../ui/page'
import type { Parts } from '../app'
import { leaveFor } from '../actions/send'

/** Opens the palette from the bar, and when Back leads to a search; gives what the keys call. */
export function watchFinder(parts: Parts): () => void {
  const { page, search } = parts
  const path = createPaths(page.base).search()
  const open = (where = path): void => {
    search().then(
      (it) => void it.open(where),
      () => leaveFor(parts, where),
    )
  }
  const finder = element('finder', HTMLElement)
  const keys = finder.querySelector('kbd')
  if (keys !== null && /^(Mac|iP)/.test(navigator.platform)) keys.textContent = '⌘ K'
  finder.addEventListener('click', (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    open()
  })
  addEventListener('popstate', () => {
    if (location.pathname === path) open(location.pathname + location.search)
  })
  return () => open()
}
