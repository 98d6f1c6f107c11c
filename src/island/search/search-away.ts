import { element, make } from '../ui/dom'
import type { Page } from '../ui/page'

/**
 * The form of the palette while the server is away and it was never fetched: one field, for what
 * this page and this browser know themselves. Its parts are called as in views/search/search.tsx.
 */
export function fillAway(page: Page, body: HTMLElement): void {
  const label = element('finder', HTMLElement).querySelector('span')?.textContent ?? ''
  const field = { id: 'search-q', name: 'q', type: 'search', autocomplete: 'off' }
  const input = make('input', { ...field, 'aria-label': label, placeholder: label })
  const line = make('p', { class: 'search__field' }, input)
  body.replaceChildren(
    make(
      'div',
      { id: 'search', class: 'search' },
      make('h2', { id: 'palette-title', class: 'vh' }, label),
      make(
        'form',
        { id: 'search-form', role: 'search' },
        line,
        make('div', { id: 'search-chips' }),
      ),
      make('div', { id: 'search-places' }),
      make('div', { id: 'search-device', 'data-label': page.words.onThisDevice }),
      make('div', { id: 'search-results' }),
    ),
  )
}
