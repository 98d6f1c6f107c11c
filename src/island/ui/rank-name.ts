/** The things whose names fit what was typed, the best first, equal ones in the given order. */
export function bestNamed<Named extends { name: string }>(
  all: Named[],
  typed: string,
  max: number,
): Named[] {
  const wanted = typed.toLocaleLowerCase()
  return all
    .map((one) => ({ one, rank: rankName(one.name.toLocaleLowerCase(), wanted) }))
    .filter(({ rank }) => rank < misses)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, max)
    .map(({ one }) => one)
}

const misses = 4

/** How well a name fits, the smaller the better. Both in lower case. */
function rankName(name: string, wanted: string): number {
  if (wanted === '' || name.startsWith(wanted)) return 0
  if (name.split(/[\s\p{P}]+/u).some((word) => word.startsWith(wanted))) return 1
  if (initialsOf(name).includes(wanted)) return 2
  return name.includes(wanted) ? 3 : misses
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
