import { join } from 'node:path'
import { tint } from '../src/shared/emoji'
import { type Language, languageNames } from '../src/shared/languages'
import type { Emoji, EmojiGroup } from '../views/emoji/emoji-panel'
import { emojiFile } from './emoji'

/**
 * Writes scripts/emoji from the package emojibase-data, of which a build needs a hundredth: 50 MB
 * that nobody has to download to build. After a new version of it: bun scripts/emoji-data.ts
 */
const packageFolder = join(import.meta.dir, '..', 'node_modules', 'emojibase-data')

/** As they are kept, one a line. */
export function linesOf(groups: EmojiGroup[]): string {
  const lines = groups.flatMap(({ name, emoji }) =>
    emoji.map((one) => JSON.stringify({ group: name, ...one })),
  )
  return `${lines.join('\n')}\n`
}

/**
 * Reads all emoji with their names in a language (emojibase-data, MIT), and with their English
 * names besides, as people search for both.
 */
export async function readEmoji(language: Language): Promise<EmojiGroup[]> {
  const own = [...(await readEntries(language)).values()]
  const english = await readEntries('en')
  return groups.map(([number, name]) => ({
    name,
    emoji: own
      .filter(({ group }) => group === number)
      .map((entry) => emojiOf(entry, english.get(entry.hexcode))),
  }))
}

function emojiOf(entry: Named, english: Named | undefined): Emoji {
  const { codes, label, tags, version } = entry
  const sign = shortest(entry.emoji)
  return {
    sign,
    takesTone: takesTone(sign, entry),
    version,
    label,
    names: spell([...codes, label, english?.label ?? '']),
    tags: spell([...tags, ...(english?.tags ?? [])]),
  }
}

/** As shortcodes are written, each name once. */
function spell(names: string[]): string[] {
  const spelled = names.map((name) => name.toLowerCase().replaceAll(' ', '_'))
  return [...new Set(spelled)].filter((name) => name !== '')
}

/** The groups by their number there; 2 is parts of emoji, which nobody sends alone. */
const groups: [number: number, name: EmojiGroup['name']][] = [
  [0, 'smileys'],
  [1, 'people'],
  [3, 'nature'],
  [4, 'food'],
  [5, 'travel'],
  [6, 'activities'],
  [7, 'objects'],
  [8, 'symbols'],
  [9, 'flags'],
]

/** Four carry what a search needs; all of them would be a fifth more to load. */
const tagsMax = 4
/** A tag on more emoji than this finds nothing in particular. */
const tagFrequencyMax = 60

type Entry = {
  emoji: string
  hexcode: string
  label: string
  version: number
  order?: number
  group?: number
  tags?: string[]
  skins?: { emoji: string; tone: number | number[] }[]
}
type Named = Entry & { codes: string[]; tags: string[] }

/** The emoji of a language by their code points, in the order of keyboards. */
async function readEntries(language: Language): Promise<Map<string, Named>> {
  const read = (file: string) => Bun.file(join(packageFolder, `${file}.json`)).json()
  const entries: Entry[] = await read(`${language}/data`)
  // What people know from elsewhere stands first: it is the one that is shown.
  const sets: Record<string, string | string[]>[] = await Promise.all(
    ['github', 'iamcal', 'emojibase'].map((set) => read(`en/shortcodes/${set}`)),
  )
  const frequency = countTags(entries)
  const named = entries
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((entry): [string, Named] => {
      const all = sets.flatMap((set) => set[entry.hexcode] ?? [])
      const codes = [...new Set(all.map((code) => code.replaceAll(/(?<=\w)-/g, '_')))]
      return [entry.hexcode, { ...entry, codes, tags: bestTags(entry, codes, frequency) }]
    })
  return new Map(named)
}

function countTags(entries: Entry[]): Map<string, number> {
  const frequency = new Map<string, number>()
  for (const tag of entries.flatMap(({ tags }) => tags ?? [])) {
    frequency.set(tag, (frequency.get(tag) ?? 0) + 1)
  }
  return frequency
}

/** The tags that say more than the names do, the most usual first. */
function bestTags(entry: Entry, codes: string[], frequency: Map<string, number>): string[] {
  const said = `${entry.label} ${codes.join(' ')}`.toLowerCase()
  const rank = (tag: string): number => {
    const count = frequency.get(tag) ?? 0
    return count > tagFrequencyMax ? 0 : count
  }
  return (entry.tags ?? [])
    .filter((tag) => !said.includes(tag.toLowerCase()))
    .toSorted((a, b) => rank(b) - rank(a))
    .slice(0, tagsMax)
}

/** Without the sign that asks for a picture where one is drawn anyway, as keyboards write it. */
function shortest(emoji: string): string {
  const bare = emoji.replaceAll('\uFE0F', '')
  return /^\p{RGI_Emoji}$/v.test(bare) ? bare : emoji
}

/** Whether `tint` adds each skin tone; couples, which take two, are harder. */
function takesTone(sign: string, { skins = [] }: Entry): boolean {
  const single = skins.filter(({ tone }) => [tone].flat().length === 1)
  const isRegular = single.every(({ emoji, tone }) => shortest(emoji) === tint(sign, Number(tone)))
  return single.length === 5 && isRegular
}

if (import.meta.main) {
  for (const language of languageNames) {
    await Bun.write(emojiFile(language), linesOf(await readEmoji(language)))
  }
}
