/** The things with the smallest ranks first, equal ones in the given order; infinite ones not. */
export function bestOf<Thing>(all: Iterable<Thing>, rank: (thing: Thing) => number): Thing[] {
  return Array.from(all, (thing) => ({ thing, rank: rank(thing) }))
    .filter((ranked) => Number.isFinite(ranked.rank))
    .sort((a, b) => a.rank - b.rank)
    .map(({ thing }) => thing)
}

/** How well a name fits what was typed, the smaller the better. */
export function rankName(called: string, typed: string): number {
  const [name, wanted] = [called.toLocaleLowerCase(), typed.toLocaleLowerCase()]
  if (wanted === '' || name.startsWith(wanted)) return 0
  if (name.split(/[\s\p{P}]+/u).some((word) => word.startsWith(wanted))) return 1
  if (initialsOf(name).includes(wanted)) return 2
  return name.includes(wanted) ? 3 : Number.POSITIVE_INFINITY
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
