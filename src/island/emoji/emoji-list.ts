import type { Words } from '../../../views/words'

/** One emoji with its names; `version` is that of Unicode which brought it. */
export type Emoji = {
  sign: string
  takesTone: boolean
  version: string
  codes: string[]
  label: string
  tags: string[]
}

export type EmojiGroup = { name: EmojiWord; emoji: Emoji[] }

/** Something that the panel says. */
export type EmojiWord = keyof Words['emoji']

/** All emoji as the server made them for a language, and what is said around them. */
export type EmojiList = {
  say: (word: EmojiWord) => string
  groups: EmojiGroup[]
  all: Emoji[]
}

/** Fetches the emoji of a language; rejects without a connection. */
export async function fetchEmoji(address: string): Promise<EmojiList> {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error('the emoji did not come')
  return readEmoji(await answer.text())
}

/** Reads the lines of scripts/emoji.ts. */
export function readEmoji(lines: string): EmojiList {
  const [head = '', ...blocks] = lines.split('\n\n')
  const words = new Map(head.split('\n').map((line) => [line.split('\t')[0], line.split('\t')[1]]))
  const groups = blocks.map((block) => {
    const [name = '', ...members] = block.split('\n')
    return { name: name as EmojiWord, emoji: members.map(readLine) }
  })
  return {
    say: (word) => words.get(word) ?? '',
    groups,
    all: groups.flatMap(({ emoji }) => emoji),
  }
}

function readLine(line: string): Emoji {
  const [sign = '', tone, version = '', codes = '', label = '', tags = ''] = line.split('\t')
  return {
    sign,
    takesTone: tone === '1',
    version,
    codes: codes.split(' '),
    label,
    tags: tags === '' ? [] : tags.split(','),
  }
}
