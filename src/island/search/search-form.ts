import { element } from '../ui/dom'
import { createPaths } from '../../shared/paths'
import type { Page } from '../ui/page'

/** Where the words are typed. */
export function queryField(): HTMLInputElement {
  return element('search-q', HTMLInputElement)
}

/** The search that the form says now, as the page of it would be asked for. */
export function readPath(page: Page): string {
  const form = element('search-form', HTMLFormElement)
  const fields: Record<string, string> = {}
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && value.trim() !== '' && name !== 'tz') fields[name] = value
  }
  if (fields.when !== 'custom') {
    delete fields.since
    delete fields.until
  }
  return createPaths(page.base).search(fields)
}

/** Days begin when they begin for the reader. */
export function withZone(path: string): string {
  const url = new URL(path, location.origin)
  url.searchParams.set('tz', Intl.DateTimeFormat().resolvedOptions().timeZone)
  return url.pathname + url.search
}
