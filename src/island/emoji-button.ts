import { isTouch } from './enter-key'
import { element } from './page'
import type { Parts } from './parts'
import { showToast } from './toast'

/** The button beside the field: what is chosen goes into the message. Gives the way to press it. */
export function watchEmojiButton({ composer, emoji, page }: Parts): () => void {
  const button = element('emoji-button', HTMLElement)
  const press = (): void => {
    emoji().then(
      (panel) => {
        // Where there is a keyboard the caret waits in the field; on a phone it would rise for it.
        if (!isTouch()) composer.focus()
        panel.open(button, composer.insert)
      },
      () => showToast(page.words.notConnected),
    )
  }
  button.addEventListener('click', press)
  // Whoever comes near it gets it at once.
  button.addEventListener('pointerenter', () => void emoji().catch(() => {}), { once: true })
  return press
}
