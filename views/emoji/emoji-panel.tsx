import { tint, tones } from '../../src/shared/emoji'
import type { Words } from '../words'

export type Emoji = {
  sign: string
  takesTone: boolean
  /** The version of Unicode that has it. */
  version: number
  label: string
  /** What it is called: in lower case, the best known shortcode first, with _ for spaces. */
  names: string[]
  /** Words that it is found by, written the same way. */
  tags: string[]
}

export type EmojiGroup = { name: keyof typeof signs; emoji: Emoji[] }

type EmojiWords = Words['emoji']

/** The pictures on the tabs: every system that draws emoji draws these. */
const signs = {
  smileys: '😀',
  people: '👋',
  nature: '🌿',
  food: '🍎',
  travel: '🚗',
  activities: '⚽',
  objects: '💡',
  symbols: '💛',
  flags: '🚩',
}

/** The whole panel; it depends on the language only, so it is rendered at build time. */
export function EmojiPanel({ words, groups }: { words: EmojiWords; groups: EmojiGroup[] }) {
  return (
    <div
      class="emoji"
      id="emoji"
      popover="auto"
      role="dialog"
      aria-label={words.title}
      data-found={words.found}
      data-nothing={words.nothing}
      data-more={words.more}
      data-tone={words.tone}
      data-samples={samplesOf(groups)}
    >
      <Head words={words} />
      <div class="emoji__tabs" id="emoji-tabs" role="tablist" aria-label={words.title}>
        <Tab label={words.recent} sign="🕘" />
        {groups.map(({ name }) => (
          <Tab label={words[name]} sign={signs[name]} />
        ))}
      </div>
      <div class="emoji__list" id="emoji-list" role="listbox" tabindex={0} aria-label={words.title}>
        <ul class="emoji__group" id="emoji-found" role="group" hidden></ul>
        <ul class="emoji__group" id="emoji-recent" role="group" aria-label={words.recent}></ul>
        {groups.map(({ name, emoji }) => (
          <ul class="emoji__group" role="group" aria-label={words[name]}>
            {emoji.map((each) => (
              <Option emoji={each} />
            ))}
          </ul>
        ))}
      </div>
      <p class="emoji__name" id="emoji-name" aria-hidden="true"></p>
    </div>
  )
}

/** The search, and the choice of a skin tone. */
function Head({ words }: { words: EmojiWords }) {
  const names = [words.tone0, words.tone1, words.tone2, words.tone3, words.tone4, words.tone5]
  return (
    <>
      <div class="emoji__head">
        <input
          class="emoji__search"
          id="emoji-search"
          type="text"
          dir="auto"
          role="combobox"
          aria-expanded="true"
          aria-controls="emoji-list"
          aria-haspopup="listbox"
          aria-autocomplete="list"
          aria-label={words.search}
          placeholder={words.search}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          enterkeyhint="done"
        />
        <button class="emoji__tone" id="emoji-tone" type="button" aria-expanded="false"></button>
      </div>
      <div
        class="emoji__tones"
        id="emoji-tones"
        role="radiogroup"
        aria-label={words.tone.replace(/[:：].*$/, '')}
        hidden
      >
        {tones.map((tone) => (
          <button type="button" role="radio" aria-label={names[tone]}>
            {tint('✋', tone)}
          </button>
        ))}
      </div>
    </>
  )
}

function Tab({ label, sign }: { label: string; sign: string }) {
  return (
    <button class="emoji__tab" type="button" role="tab" title={label} aria-label={label}>
      {sign}
    </button>
  )
}

function Option({ emoji }: { emoji: Emoji }) {
  const { sign, takesTone, version, label, names, tags } = emoji
  return (
    <li
      role="option"
      aria-label={label}
      data-names={names.join(' ')}
      data-tags={tags.join(' ')}
      data-tone={takesTone ? sign : undefined}
      data-version={version > drawnEverywhere ? version : undefined}
    >
      {sign}
    </li>
  )
}

/** Of 2017: older than any system that shows this page. */
const drawnEverywhere = 5

/**
 * One emoji of each newer version, the simplest, on which a browser sees whether it can draw that
 * version. Flags are letters on some systems in any version.
 */
function samplesOf(groups: EmojiGroup[]): string {
  const byVersion = new Map<number, string>()
  for (const { sign, version } of groups.flatMap(({ name, emoji }) =>
    name === 'flags' ? [] : emoji,
  )) {
    const known = byVersion.get(version)
    const isSimpler = known === undefined || sign.length < known.length
    if (version > drawnEverywhere && isSimpler) byVersion.set(version, sign)
  }
  return [...byVersion].map((pair) => pair.join(' ')).join(',')
}
