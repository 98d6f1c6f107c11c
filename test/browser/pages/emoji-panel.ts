import type { BrowserPage } from '../../helpers/browser'
import { type Part, partOf, type Parts, partsOf } from './part'

export type EmojiPanel = {
  panel: Part
  search: Part
  /** The cell that Enter takes; its label is what the emoji is called. */
  chosen: Part
  /** The button that shows the skin tone, and the row of all tones. */
  tone: Part
  tones: Part
  /** The tab of the section at the top. */
  tab: Part
  /** The sections on show: what was found, or what was used lately and the groups. */
  sections: Parts
  /** The emoji that were used lately, in their order. */
  recent: Parts
  /** How many stand in a row. */
  columns: () => Promise<number>
  /** Where the chosen cell is: in which section on show, and which of it. */
  place: () => Promise<[section: number, index: number]>
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
  const chosen = partOf(page, '#emoji-list [aria-selected=true]')
  const sections = partsOf(page, '#emoji-list > :not([hidden])')
  return {
    panel,
    search: partOf(page, '#emoji-search'),
    chosen,
    tone: partOf(page, '#emoji-tone'),
    tones: partOf(page, '#emoji-tones'),
    tab: partOf(page, '#emoji-tabs [aria-selected=true]'),
    sections,
    recent: partsOf(page, '#emoji-recent li'),
    columns: () =>
      sections.at(0).ask((section) => {
        const [first, ...others] = [...section.querySelectorAll('li')]
        const isBelow = (cell: HTMLElement): boolean => cell.offsetTop !== first?.offsetTop
        return 1 + others.findIndex(isBelow)
      }),
    place: () =>
      chosen.ask((cell): [number, number] => {
        const section = cell.parentElement
        const shown = [...document.querySelectorAll('#emoji-list > :not([hidden])')]
        return [
          shown.findIndex((each) => each === section),
          [...(section?.children ?? [])].indexOf(cell),
        ]
      }),
    async open() {
      await page.press(';', ['Control'])
      await panel.shown()
    },
    isOpen: () => panel.isShown(),
    opened: () => panel.shown(),
    closed: () => panel.gone(),
    chooses: (name) => chosen.becomes(`[aria-label="${name}"]`),
    cell: (group, label) => `#emoji-list [aria-label="${group}"] [aria-label="${label}"]`,
  }
}
