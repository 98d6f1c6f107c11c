import type { Emoji, EmojiList } from './emoji-list'

/** Finds by what somebody typed, best first; among equals in the order of Unicode. */
export type FindEmoji = (query: string) => Emoji[]

/**
 * Searches lists that hold the same emoji in the same order, each under the names of its language.
 * Every word of the query has to fit: a name, the beginning of one, of a word in it, of a tag, or,
 * where a part says something (three letters, or one Han character), anywhere.
 */
export function createFindEmoji(lists: EmojiList[]): FindEmoji {
  const names = lists.map(({ all }) => all.map(namesOf))
  return (query) => {
    const words = query
      .toLowerCase()
      .split(/[\s_]+/u)
      .filter((word) => word !== '')
    if (words.length === 0) return []
    const whole = words.join(' ')
    const rank = (index: number): number =>
      Math.min(...names.map((list) => rankOf(list[index], whole, words)))
    return (lists[0]?.all ?? [])
      .map((emoji, index) => ({ emoji, rank: rank(index) }))
      .filter(({ rank }) => rank < misses)
      .sort((a, b) => a.rank - b.rank)
      .map(({ emoji }) => emoji)
  }
}

/** The emoji of exactly this shortcode. */
export function emojiNamed(list: EmojiList, code: string): Emoji | null {
  const wanted = code.toLowerCase()
  return list.all.find(({ codes }) => codes.includes(wanted)) ?? null
}

type Names = { main: string[]; tags: string[] }

function namesOf({ codes, label, tags }: Emoji): Names {
  const main = [...codes.map((code) => code.replaceAll('_', ' ')), label.toLowerCase()]
  return { main, tags: tags.map((tag) => tag.toLowerCase()) }
}

const misses = 6

function rankOf(names: Names | undefined, whole: string, words: string[]): number {
  if (names === undefined) return misses
  const { main, tags } = names
  if (main.includes(whole)) return 0
  if (main.some((name) => name.startsWith(whole))) return 1
  // As good as the word that fits worst.
  return Math.max(...words.map((word) => rankOfWord(main, tags, word)))
}

function rankOfWord(main: string[], tags: string[], word: string): number {
  if (main.some((name) => name.startsWith(word) || name.includes(` ${word}`))) return 2
  if (tags.includes(word)) return 2
  if (tags.some((tag) => tag.startsWith(word))) return 3
  const saysSomething = word.length > 2 || /\p{sc=Han}/u.test(word)
  if (!saysSomething) return misses
  if (main.some((name) => name.includes(word))) return 4
  return tags.some((tag) => tag.includes(word)) ? 5 : misses
}
