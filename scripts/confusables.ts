/**
 * Writes people/confusables.txt from Unicode's confusables.txt (UTS 39), which ICU's source
 * carries as source/data/unidata/confusables.txt:
 *   bun scripts/confusables.ts <confusables.txt>
 * Each line holds the look of a group, `<`, and its members, as hexadecimal code points: raw
 * characters of forty scripts and both directions would make a diff unreadable.
 */
import { argv, file, write } from 'bun'

const [, , source] = argv
if (source === undefined) throw new Error('usage: bun scripts/confusables.ts <confusables.txt>')

const original = await file(source).text()
const version = /^# Version: (\S+)/m.exec(original)?.[1] ?? 'unknown'
const targets = new Map<string, string>()
for (const [, from = '', to = ''] of original.matchAll(/^([0-9A-F]+) ;\t([0-9A-F ]+) ;/gm)) {
  targets.set(readPoints(from), readPoints(to))
}

/** Characters that no name may contain (see name.ts) need no entry. */
const absent = /[\p{C}\p{Z}\p{Me}\p{Default_Ignorable_Code_Point}]/u

const groups = new Map<string, string[]>()
for (const [from, to] of targets) {
  if (absent.test(from) || trace(from.normalize('NFKD'), from) === to) continue
  groups.set(to, [...(groups.get(to) ?? []), from])
}

const lines = [...groups].map(([to, from]) => `${writePoints([...to])}<${writePoints(from)}`)
const header =
  `# Unicode confusables.txt ${version} (UTS 39), abridged by scripts/confusables.ts; ` +
  'copyright Unicode, Inc., Unicode License v3, https://www.unicode.org/license.txt'
await write('src/chat/people/confusables.txt', [header, ...lines.toSorted(), ''].join('\n'))

/** The look of `text` without the entry for `dropped`; unchanged when normalising replaces it. */
function trace(text: string, dropped: string): string {
  const look = (letter: string) => (letter === dropped ? letter : (targets.get(letter) ?? letter))
  return [...text].map(look).join('').normalize('NFD')
}

function readPoints(hex: string): string {
  return String.fromCodePoint(...hex.split(' ').map((point) => Number.parseInt(point, 16)))
}

function writePoints(letters: string[]): string {
  return letters.map((letter) => letter.codePointAt(0)?.toString(16)).join(' ')
}
