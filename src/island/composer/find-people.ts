import { rowsOf } from '../ui/rows'
import type { Page } from '../ui/page'

/** Somebody of the room whose name fits what was typed. */
export type Candidate = { id: number; name: string; state: string; avatar: Node }

/**
 * The people of this room whose names fit, best first: the beginning of the name, of a word, then
 * anywhere; among equals whoever spoke last. Chinese names are found by the first letter of their
 * reading, too.
 */
export function findPeople(page: Page, query: string, max: number): Candidate[] {
  const wanted = query.toLocaleLowerCase()
  const { compare } = new Intl.Collator(page.language)
  const spokeAt = lastSpoken()
  return [...document.querySelectorAll<HTMLElement>('#people-list .person')]
    .map((row) => ({ row, id: Number(row.dataset.person), name: row.dataset.name ?? '' }))
    .filter(({ id }) => id !== page.user?.id)
    .map((person) => ({ ...person, rank: rankOf(person.name.toLocaleLowerCase(), wanted) }))
    .filter(({ rank }) => rank < misses)
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        (spokeAt.get(b.id) ?? -1) - (spokeAt.get(a.id) ?? -1) ||
        compare(a.name, b.name),
    )
    .slice(0, max)
    .map(({ row, id, name }) => ({
      id,
      name,
      state: row.dataset.state ?? 'offline',
      avatar: row.querySelector('.av')?.cloneNode(true) ?? new Text(),
    }))
}

const misses = 4

/** How well a name fits, the smaller the better; null when it does not. Both in lower case. */
export function rankName(name: string, wanted: string): number | null {
  const rank = rankOf(name, wanted)
  return rank === misses ? null : rank
}

function rankOf(name: string, wanted: string): number {
  if (wanted === '' || name.startsWith(wanted)) return 0
  if (name.split(/[\s\p{P}]+/u).some((word) => word.startsWith(wanted))) return 1
  if (initialsOf(name).includes(wanted)) return 2
  return name.includes(wanted) ? 3 : misses
}

function lastSpoken(): Map<number, number> {
  const timeline = document.getElementById('timeline')
  const rows = timeline === null ? [] : rowsOf(timeline)
  return new Map(rows.map((row, index) => [Number(row.dataset.user), index]))
}

/** The first character of each initial in the order of readings; i, u and v begin none. */
const firsts = [...'阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀']
const letters = [...'abcdefghjklmnopqrstwxyz']
const byReading = new Intl.Collator('zh-u-co-pinyin')

/** 梅花 → mh: a place in the order of readings tells the first letter, without a dictionary. */
function initialsOf(name: string): string {
  return Array.from(name, (sign) => {
    if (!/\p{sc=Han}/u.test(sign)) return sign
    const index = firsts.findLastIndex((first) => byReading.compare(sign, first) >= 0)
    return letters[index] ?? sign
  }).join('')
}
