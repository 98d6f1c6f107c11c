import type { Addressee } from '../app'
import { fill } from '../../shared/text'
import { element } from '../ui/dom'
import type { Page } from '../ui/page'

/** The chip over the field: to whom, until when, and the way out. */
export type PrivateMode = {
  set: (to: Addressee | null) => void
  addressee: () => Addressee | null
  /** Leaves the mode and keeps the text; nothing when it was not on. */
  drop: () => void
}

/** Makes the chip; `onChange` is called when its buttons changed something. */
export function createPrivateMode(page: Page, onChange: () => void): PrivateMode {
  const chip = element('chip', HTMLElement)
  const pin = chip.querySelector<HTMLElement>('.chip__pin')
  let to: Addressee | null = null
  const set = (next: Addressee | null): void => {
    to = next
    chip.hidden = to === null
    pin?.setAttribute('aria-pressed', String(to?.isPinned === true))
    if (to !== null) chip.querySelector('span')?.replaceChildren(sentence(page, to))
  }
  const drop = (): void => {
    if (to === null) return
    set(null)
    onChange()
  }
  chip.querySelector('.chip__drop')?.addEventListener('click', drop)
  pin?.addEventListener('click', () => {
    if (to === null) return
    set({ ...to, isPinned: !to.isPinned })
    onChange()
  })
  return { set, drop, addressee: () => to }
}

/** Whoever is not here is told of before anything is sent. */
function sentence({ words }: Page, { user, name }: Addressee): string {
  const isHere = document.getElementById(`person-${user}`)?.dataset.state !== 'offline'
  const to = fill(words.privateTo, { name })
  return isHere ? to : `${to} · ${fill(words.offlineNote, { name })}`
}
