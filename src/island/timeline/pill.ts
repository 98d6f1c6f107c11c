import { plural } from '../../shared/text'
import { element } from '../ui/dom'
import type { Page } from '../ui/page'

/** The button over the composer: how many messages arrived below, and the way to them. */
export type Pill = {
  add: (messages: number) => void
  /** The reader is at the end. */
  seen: () => void
  /** False when the end of the room is not on the page. */
  setUpToDate: (isUpToDate: boolean) => void
  isUpToDate: () => boolean
}

export function createPill(page: Page, onClick: () => void): Pill {
  const button = element('latest', HTMLButtonElement)
  let unseen = 0
  let upToDate = true
  const show = (): void => {
    button.hidden = unseen === 0 && upToDate
    const { newMessages, jumpToPresent } = page.words
    const label = unseen > 0 ? plural(page.language, unseen, newMessages) : jumpToPresent
    button.querySelector('span')?.replaceChildren(label)
  }
  button.addEventListener('click', onClick)
  return {
    add(messages) {
      unseen += messages
      show()
    },
    seen() {
      if (upToDate) unseen = 0
      show()
    },
    setUpToDate(isUpToDate) {
      upToDate = isUpToDate
      if (isUpToDate) unseen = 0
      show()
    },
    isUpToDate: () => upToDate,
  }
}
