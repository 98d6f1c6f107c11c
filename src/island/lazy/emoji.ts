import type { App, EmojiChoice, EmojiPanel } from '../app'
import { cellsOf, codeOf, emojiNamed, findEmoji, signOf } from '../emoji/emoji'
import { openEmojiUsed, removeMissing } from '../emoji/emoji'
import { createEmojiPanel } from '../emoji/emoji-panel'

/** Puts the panel (HTML in the reader's language) into the page; throws if it was not fetched. */
export function create({ storage }: App, html: string | null): EmojiPanel {
  const parsed = new DOMParser().parseFromString(html ?? '', 'text/html')
  const box = parsed.getElementById('emoji')
  if (box === null) throw new Error('the emoji could not be fetched')
  document.body.append(box)
  const cells = cellsOf(box)
  removeMissing(cells, box.dataset.samples ?? '', storage)
  const used = openEmojiUsed(storage)
  const toChoice = (cell: HTMLElement): EmojiChoice => ({
    shown: cell.textContent,
    label: cell.ariaLabel ?? '',
    code: codeOf(cell),
    use() {
      used.note(signOf(cell))
      return cell.textContent
    },
  })
  return {
    open: createEmojiPanel(cells, used),
    find: (query) => findEmoji(cells, query).map(toChoice),
    named(code) {
      const cell = emojiNamed(cells, code)
      return cell && toChoice(cell)
    },
  }
}
