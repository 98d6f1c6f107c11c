import type { BrowserPage } from '../../helpers/browser'
import { type Part, partOf } from './part'

export type EmojiPanel = {
  panel: Part
  search: Part
  /** The cell that Enter takes; its label is what the emoji is called. */
  chosen: Part
  /** Opens the panel by its keys. */
  open: () => Promise<void>
  isOpen: () => Promise<boolean>
  opened: () => Promise<void>
  closed: () => Promise<void>
  /** Waits until Enter takes the emoji of this name. */
  chooses: (name: string) => Promise<void>
  /** The selector of an emoji: in which group, and what it is called. */
  cell: (group: string, label: string) => string
}

/** The panel of all emoji. */
export function emojiPanelOf(page: BrowserPage): EmojiPanel {
  const panel = partOf(page, '#emoji')
  const chosen = partOf(page, '.emoji__cell--chosen')
  return {
    panel,
    search: partOf(page, '#emoji-search'),
    chosen,
    async open() {
      await page.press(';', ['Control'])
      await panel.shown()
    },
    isOpen: () => panel.isShown(),
    opened: () => panel.shown(),
    closed: () => panel.gone(),
    chooses: (name) => chosen.becomes(`[aria-label="${name}"]`),
    cell: (group, label) =>
      `.emoji__group[data-name="${group}"] .emoji__cell[aria-label="${label}"]`,
  }
}
