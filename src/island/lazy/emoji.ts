import type { App, EmojiPanel } from '../app'
import { completeEmoji, type NamedEmoji } from '../emoji/complete-emoji'
import { type EmojiDialog, makeEmojiDialog } from '../emoji/emoji-dialog'
import { watchEmojiDrawn } from '../emoji/emoji-drawn'
import { type Emoji, fetchEmoji } from '../emoji/emoji-list'
import { createEmojiSearch } from '../emoji/emoji-search'
import { tint } from '../emoji/emoji-tone'
import { openEmojiUsed } from '../emoji/emoji-used'
import { emojiNamed } from '../emoji/find-emoji'

/** Fetches the emoji in the reader's language; rejects without a connection. */
export async function create({ composer, page, storage }: App): Promise<EmojiPanel> {
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
