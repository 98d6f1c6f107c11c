import { type EmojiDialog, makeEmojiDialog } from '../emoji-dialog'
import { watchEmojiDrawn } from '../emoji-drawn'
import { type Emoji, fetchEmoji } from '../emoji-list'
import { createEmojiSearch } from '../emoji-search'
import { tint } from '../emoji-tone'
import { openEmojiUsed } from '../emoji-used'
import { emojiNamed } from '../find-emoji'
import type { Page } from '../page'
import type { Storage } from '../storage'

export type EmojiPanel = {
  /** What emoji are called in the reader's language. */
  title: string
  /**
   * Opens the panel at a button; each emoji that is chosen is handed to `pick`. At the button that
   * it is open at it closes.
   */
  open: (opener: HTMLElement, pick: (emoji: string) => void) => void
  /** What fits the beginning of a name, best first. */
  suggest: (query: string, max: number) => SuggestedEmoji[]
  /** The emoji of a whole shortcode; null when there is none. */
  named: (code: string) => SuggestedEmoji | null
}

/** An emoji with the reader's skin tone; `use` gives it and remembers that it was used. */
export type SuggestedEmoji = { shown: string; label: string; code: string; use: () => string }

/** Fetches the emoji in the reader's language; rejects without a connection. */
export async function createEmojiPanel(page: Page, storage: Storage): Promise<EmojiPanel> {
  const list = await fetchEmoji(page.late[`emoji-${page.language}.tsv`] ?? '')
  const used = openEmojiUsed(storage)
  const search = createEmojiSearch(page, list)
  let dialog: EmojiDialog | null = null
  const { isDrawn } = watchEmojiDrawn(list, storage, () => dialog?.refresh())
  const suggested = (emoji: Emoji): SuggestedEmoji => {
    const shown = tint(emoji, used.tone())
    const use = (): string => {
      used.note(emoji.sign)
      return shown
    }
    return { shown, label: emoji.label, code: emoji.codes[0] ?? '', use }
  }
  return {
    title: list.say('title'),
    open(opener, pick) {
      dialog ??= makeEmojiDialog({ page, list, used, search, isDrawn })
      dialog.open(opener, pick)
    },
    suggest: (query, max) => search.find(query).filter(isDrawn).slice(0, max).map(suggested),
    named(code) {
      const emoji = emojiNamed(list, code)
      return emoji && suggested(emoji)
    },
  }
}
