import type { Requests } from '../app'
import type { Page } from '../ui/page'
import { placeOf, revisionOf } from '../timeline/rows'

/**
 * Sets or takes back one's own emoji on a message: shown at once, put right by the row that the
 * server sends, and put back when it says no.
 */
export async function react(
  page: Page,
  row: HTMLElement,
  emoji: string,
  send: Requests['send'],
): Promise<void> {
  const chip = chipOf(row, emoji)
  const active = chip?.getAttribute('aria-pressed') !== 'true'
  const revision = revisionOf(row)
  show(page, row, emoji, active)
  const isAccepted = await send({ type: 'reaction.set', ...placeOf(row), emoji, active })
  // A newer row has the truth in it already.
  if (!isAccepted && revisionOf(row) === revision) show(page, row, emoji, !active)
}

function chipOf(row: HTMLElement, emoji: string): HTMLElement | null {
  const chips = row.querySelectorAll<HTMLElement>('.reaction')
  return [...chips].find((chip) => chip.dataset.emoji === emoji) ?? null
}

function show(page: Page, row: HTMLElement, emoji: string, isActive: boolean): void {
  const chip = chipOf(row, emoji) ?? addChip(row, emoji)
  const count = chip.querySelector('span')
  const people = Number(count?.textContent) + (isActive ? 1 : -1)
  const me = String(page.user?.id)
  const others = (chip.dataset.people ?? '').split(' ').filter((id) => id !== '' && id !== me)
  chip.dataset.people = (isActive ? [...others, me] : others).join(' ')
  chip.setAttribute('aria-pressed', String(isActive))
  count?.replaceChildren(String(people))
  if (people > 0) return
  if (chip === document.activeElement) row.focus({ preventScroll: true })
  chip.remove()
  row.querySelector('.reactions:empty')?.remove()
}

/** The same elements as views/messages/reactions.tsx makes; the server's row takes their place. */
function addChip(row: HTMLElement, emoji: string): HTMLElement {
  const line = row.querySelector('.reactions') ?? document.createElement('div')
  line.className = 'reactions'
  const chip = document.createElement('button')
  chip.type = 'button'
  chip.className = 'reaction'
  chip.dataset.emoji = emoji
  const count = document.createElement('span')
  count.textContent = '0'
  chip.append(emoji, ' ', count)
  line.append(chip)
  if (!line.isConnected) row.querySelector('.msg__body')?.after(line)
  return chip
}
