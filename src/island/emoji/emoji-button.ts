import { isTouch } from '../ui/enter-key'
import { element } from '../ui/page'
import type { Parts } from '../app'
import { showToast } from '../ui/toast'

/** The button beside the field: what is chosen goes into the message. Gives the way to press it. */
export function watchEmojiButton(parts: Parts): () => void {
  const { composer, emoji } = parts
  const button = element('emoji-button', HTMLElement)
  const press = (): void => {
    openEmoji(parts, button, composer.insert, () => {
      // Where there is a keyboard the caret waits in the field; on a phone it would rise for it.
      if (!isTouch()) composer.focus()
    })
  }
  button.addEventListener('click', press)
  // Whoever comes near it gets it at once.
  button.addEventListener('pointerenter', () => void emoji().catch(() => {}), { once: true })
  return press
}

/** Opens the panel at an element as soon as it is there, or says that it is not to be had. */
export function openEmoji(
  { emoji, page }: Parts,
  opener: HTMLElement,
  pick: (emoji: string) => void,
  before?: () => void,
): void {
  emoji().then(
    (panel) => {
      before?.()
      panel.open(opener, pick)
    },
    () => showToast(page.words.notConnected),
  )
}
