import { join } from 'node:path'
import type { Language } from '../src/shared/languages'
import { type Emoji, type EmojiGroup, EmojiPanel } from '../views/emoji/emoji-panel'
import { wordsFor } from '../views/words'

/** Renders the emoji panel in a language, as the browser fetches it. */
export async function emojiHtml(language: Language): Promise<string> {
  const groups = await loadEmoji(language)
  return String(EmojiPanel({ words: wordsFor(language).emoji, groups }))
}

/** A line of the kept data. */
export type KeptEmoji = Emoji & { group: EmojiGroup['name'] }

/** Where scripts/emoji-data.ts keeps the emoji of a language, one a line. */
export function emojiFile(language: Language): string {
  return join(import.meta.dir, 'emoji', `${language}.jsonl`)
}

/** The emoji of a language by groups, in the order of keyboards. */
export async function loadEmoji(language: Language): Promise<EmojiGroup[]> {
  const lines = Bun.JSONL.parse(await Bun.file(emojiFile(language)).text()) as KeptEmoji[]
  const groups = Map.groupBy(lines, ({ group }) => group)
  return [...groups].map(([name, kept]) => ({
    name,
    emoji: kept.map(({ group: _, ...emoji }) => emoji),
  }))
}
