import { createPaths } from '../../shared/paths'
import type { Page } from '../ui/page'

/** The direct room with somebody: known from the list, else asked for; null without an answer. */
export async function openDirect(page: Page, user: number): Promise<number | null> {
  const known = document.querySelector<HTMLElement>(`#direct-list [data-person="${user}"]`)
  if (known !== null) return Number(known.dataset.room)
  const headers = { Accept: 'application/json' }
  const path = createPaths(page.base).direct(user)
  const answer = await fetch(path, { method: 'POST', headers }).catch(() => null)
  if (answer?.ok !== true) return null
  const { room }: { room?: unknown } = await answer.json().catch(() => ({}))
  return typeof room === 'number' ? room : null
}
