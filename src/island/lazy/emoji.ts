import { completeEmoji, type NamedEmoji } from '../emoji/complete-emoji'
import type { Composer } from '../composer/composer'
import { type EmojiDialog, makeEmojiDialog } from '../emoji/emoji-dialog'
import { watchEmojiDrawn } from '../emoji/emoji-drawn'
import { type Emoji, fetchEmoji } from '../emoji/emoji-list'
import { createEmojiSearch } from '../emoji/emoji-search'
import { tint } from '../emoji/emoji-tone'
import { openEmojiUsed } from '../emoji/emoji-used'
import { emojiNamed } from '../emoji/find-emoji'
import type { Page } from '../ui/page'
import type { Storage } from '../ui/storage'
import type { Source } from '../composer/suggestions'

export type EmojiPanel = {
  /**
   * Opens the panel at a button; each emoji that is chosen is handed to `pick`. At the button that
   * it is open at it closes.
   */
  open: (opener: HTMLElement, pick: (emoji: string) => void) => void
  /** Finishes the names of emoji in the field for writing. */
  complete: Source
}

/** Fetches the emoji in the reader's language; rejects without a connection. */
export async function createEmojiPanel(
  page: Page,
  storage: Storage,
  composer: Composer,
): Promise<EmojiPanel> {
  const list = await fetchEmoji(page.lazy[`emoji-${page.language}.tsv`] ?? '')
  const used = openEmojiUsed(storage)
  const search = createEmojiSearch(page, list)
  let dialog: EmojiDialog | null = null
  const { isDrawn } = watchEmojiDrawn(list, storage, () => dialog?.refresh())
  const withTone = (emoji: Emoji): NamedEmoji => {
    const shown = tint(emoji, used.tone())
    const use = (): string => {
      used.note(emoji.sign)
      return shown
    }
    return { shown, label: emoji.label, code: emoji.codes[0] ?? '', use }
  }
  return {
    open(opener, pick) {
      dialog ??= makeEmojiDialog({ page, list, used, search, isDrawn })
      dialog.open(opener, pick)
    },
    complete: completeEmoji(composer, {
      title: list.say('title'),
      beginning: (query, max) => search.find(query).filter(isDrawn).slice(0, max).map(withTone),
      named(code) {
        const emoji = emojiNamed(list, code)
        return emoji && withTone(emoji)
      },
    }),
  }
}
