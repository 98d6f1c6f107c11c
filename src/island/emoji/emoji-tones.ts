import { fill } from '../../shared/text'
import { announce } from '../ui/dom'
import type { EmojiList } from './emoji-list'
import { mark, type Shell, walk } from './emoji-shell'
import { tint, type Tone, tones } from './emoji-tone'
import type { EmojiUsed } from './emoji-used'

/** The button that shows the skin tone, and the row of all tones that it opens. */
export function watchTone(
  { all, say }: EmojiList,
  used: EmojiUsed,
  { tone: button, toneChoice: row }: Shell,
  onChange: () => void,
): void {
  const hand = all.find(({ sign }) => sign === '✋')
  const drawIn = (tone: Tone): string => (hand === undefined ? '' : tint(hand, tone))
  const sentence = (tone: Tone): string => fill(say('tone'), { tone: say(`tone${tone}`) })
  const show = (): void => {
    const tone = used.tone()
    button.textContent = drawIn(tone)
    button.setAttribute('aria-label', sentence(tone))
    mark(row, tones.indexOf(tone), 'aria-checked')
  }
  const setOpen = (isOpen: boolean): void => {
    row.hidden = !isOpen
    button.setAttribute('aria-expanded', String(isOpen))
    if (isOpen) row.querySelector<HTMLElement>('[aria-checked=true]')?.focus()
    else button.focus()
  }
  for (const [index, each] of [...row.children].entries()) {
    const tone = tones[index] ?? 0
    each.textContent = drawIn(tone)
    each.setAttribute('aria-label', say(`tone${tone}`))
    each.addEventListener('click', (event) => {
      used.setTone(tone)
      show()
      onChange()
      announce(sentence(tone))
      // The arrows go on choosing; a press of the pointer or of Enter has chosen.
      if (event.isTrusted) setOpen(false)
    })
  }
  button.addEventListener('click', () => setOpen(row.hidden === true))
  row.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') setOpen(false)
    else if (!walk(row, event)) return
    event.preventDefault()
  })
  show()
}
