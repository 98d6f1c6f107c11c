import type { Quoted } from '../app'
import { fill } from '../../shared/text'
import { element } from '../ui/dom'
import type { Page } from '../ui/page'

/** The line over the field: what is being answered, and the way out. */
export type ReplyMode = {
  set: (to: Quoted | null) => void
  target: () => Quoted | null
  /** Leaves the mode and keeps the text; nothing when it was not on. */
  drop: () => void
}

/** Makes the line; `onChange` is called when its button was pressed. */
export function createReplyMode(page: Page, onChange: () => void): ReplyMode {
  const line = element('reply', HTMLElement)
  let to: Quoted | null = null
  const set = (next: Quoted | null): void => {
    to = next
    line.hidden = to === null
    if (to === null) return
    line.querySelector('b')?.replaceChildren(fill(page.words.replyTo, { name: to.name }))
    line.querySelector('span')?.replaceChildren(to.text)
  }
  const drop = (): void => {
    if (to === null) return
    set(null)
    onChange()
  }
  line.querySelector('button')?.addEventListener('click', drop)
  return { set, target: () => to, drop }
}
