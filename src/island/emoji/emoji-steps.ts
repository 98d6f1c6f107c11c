/** Where an emoji stands: in which section, and which of it. */
export type Place = { section: number; index: number }

/** What is walked through: sections in rows of so many columns. */
export type Walk = { sections: { emoji: unknown[] }[]; columns: number; place: Place | null }

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>

/** Where a key leads from here, from nowhere to the first; null when it leads nowhere. */
export function stepTo(walk: Walk, key: Key): Place | null {
  return steps[key.key]?.(walk, key) ?? null
}

/** Rows that a page of keys moves. */
const pageRows = 5

const steps: Record<string, (walk: Walk, key: Key) => Place> = {
  ArrowRight: (walk) => along(walk, 1),
  ArrowLeft: (walk) => along(walk, -1),
  ArrowDown: (walk) => across(walk, 1),
  ArrowUp: (walk) => across(walk, -1),
  PageDown: (walk) => repeat(walk, 1),
  PageUp: (walk) => repeat(walk, -1),
  Home: (walk, { ctrlKey, metaKey }) => (ctrlKey || metaKey ? first : rowEnd(walk, -1)),
  End: (walk, { ctrlKey, metaKey }) => (ctrlKey || metaKey ? last(walk) : rowEnd(walk, 1)),
}

const first: Place = { section: 0, index: 0 }

function last({ sections }: Walk): Place {
  const section = Math.max(0, sections.length - 1)
  return { section, index: (sections[section]?.emoji.length ?? 1) - 1 }
}

function along(walk: Walk, step: 1 | -1): Place {
  const { place, sections } = walk
  if (place === null) return first
  const index = place.index + step
  const { length } = sections[place.section]?.emoji ?? []
  if (index >= 0 && index < length) return { ...place, index }
  const section = place.section + step
  const next = sections[section]
  if (next === undefined) return place
  return { section, index: step === 1 ? 0 : next.emoji.length - 1 }
}

/** A row up or down in the same column, or the last of a shorter row. */
function across(walk: Walk, step: 1 | -1): Place {
  const { columns, place, sections } = walk
  if (place === null) return first
  const column = place.index % columns
  const row = Math.floor(place.index / columns) + step
  const { length } = sections[place.section]?.emoji ?? []
  if (row >= 0 && row * columns < length) {
    return { ...place, index: Math.min(row * columns + column, length - 1) }
  }
  const section = place.section + step
  const next = sections[section]?.emoji.length
  if (next === undefined) return place
  const start = step === 1 ? 0 : Math.floor((next - 1) / columns) * columns
  return { section, index: Math.min(start + column, next - 1) }
}

function repeat(walk: Walk, step: 1 | -1): Place {
  let place = across(walk, step)
  for (let n = 1; n < pageRows; n += 1) place = across({ ...walk, place }, step)
  return place
}

function rowEnd({ columns, place, sections }: Walk, side: 1 | -1): Place {
  if (place === null) return first
  const start = Math.floor(place.index / columns) * columns
  const { length } = sections[place.section]?.emoji ?? []
  return { ...place, index: side === -1 ? start : Math.min(start + columns, length) - 1 }
}
