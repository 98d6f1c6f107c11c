import { join } from 'node:path'
import { wordsFor } from '../views/words'
import type { Language } from '../src/shared/languages'

/**
 * Takes a language; gives the emoji with their names in it (emojibase-data, MIT) as lines of fields
 * between tabs. First what the panel says; then, each after an empty line, the groups: a name, and
 * per emoji the sign, 1 when it takes a skin tone, its Unicode version, shortcodes, label and tags.
 */
export async function emojiLines(language: Language): Promise<string> {
  const entries = await readEntries(language)
  const frequency = countTags(entries)
  const blocks = groups.map(([number, name]) => {
    const members = entries.filter(({ group }) => group === number)
    return [name, ...members.map((entry) => lineOf(entry, frequency))].join('\n')
  })
  const words = Object.entries(wordsFor(language).emoji).map((pair) => pair.join('\t'))
  return [words.join('\n'), ...blocks].join('\n\n')
}

/** The groups by their number there; 2 is parts of emoji, which nobody sends alone. */
const groups: [number: number, name: string][] = [
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
type Named = Entry & { codes: string[] }

async function readEntries(language: Language): Promise<Named[]> {
  const folder = join(import.meta.dir, '..', 'node_modules', 'emojibase-data')
  const read = (file: string) => Bun.file(join(folder, `${file}.json`)).json()
  const entries: Entry[] = await read(`${language}/data`)
  // What people know from elsewhere stands first: it is the one that is shown.
  const sets: Record<string, string | string[]>[] = await Promise.all(
    ['github', 'iamcal', 'emojibase'].map((set) => read(`en/shortcodes/${set}`)),
  )
  return entries
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((entry) => {
      const codes = sets.flatMap((set) => set[entry.hexcode] ?? [])
      const unique = new Set(codes.map((code) => code.replaceAll(/(?<=\w)-/g, '_')))
      return { ...entry, codes: [...unique] }
    })
}

function countTags(entries: Named[]): Map<string, number> {
  const frequency = new Map<string, number>()
  for (const tag of entries.flatMap(({ tags }) => tags ?? [])) {
    frequency.set(tag, (frequency.get(tag) ?? 0) + 1)
  }
  return frequency
}

function lineOf(entry: Named, frequency: Map<string, number>): string {
  const sign = shortest(entry.emoji)
  const { codes, label, version } = entry
  const said = `${label} ${codes.join(' ')}`.toLowerCase()
  const rank = (tag: string): number => {
    const count = frequency.get(tag) ?? 0
    return count > tagFrequencyMax ? 0 : count
  }
  const tags = (entry.tags ?? [])
    .filter((tag) => !said.includes(tag.toLowerCase()))
    .toSorted((a, b) => rank(b) - rank(a))
    .slice(0, tagsMax)
  const fields = [sign, takesTone(sign, entry) ? 1 : '', version, codes.join(' '), label]
  return [...fields, tags.join(',')].join('\t').trimEnd()
}

/** Without the sign that asks for a picture where one is drawn anyway, as keyboards write it. */
function shortest(emoji: string): string {
  const bare = emoji.replaceAll('\uFE0F', '')
  return /^\p{RGI_Emoji}$/v.test(bare) ? bare : emoji
}

/** Whether the island adds the skin tone (island/emoji/emoji-tone.ts); couples are harder. */
function takesTone(sign: string, { skins = [] }: Entry): boolean {
  const single = skins.filter(({ tone }) => [tone].flat().length === 1)
  const isRegular = single.every(({ emoji, tone }) => {
    const [first = '', ...rest] = sign
    const modifier = String.fromCodePoint(0x1f3fa + Number(tone))
    return shortest(emoji) === first + modifier + rest.join('').replace(/^\uFE0F/, '')
  })
  return single.length === 5 && isRegular
}
