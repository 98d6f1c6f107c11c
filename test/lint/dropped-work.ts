import { at, linesOf, type Rule, type Source } from './source'

/**
 * A call that makes `Work` (src/store/sql/database.ts) does nothing until `yield*`, and the type
 * checker does not notice that its result is dropped. What makes work is known by its name: it
 * stands behind a `yield*` somewhere, or is a generator, or is made by what returns one.
 */
export const droppedWork: Rule = (sources) => {
  const files = sources.filter(({ path, text }) => where.test(path) && generator.test(text))
  const all = files.map(({ text }) => text).join('\n')
  const factories = new Set([...all.matchAll(factory)].map(nameOf))
  const made = [...all.matchAll(assigned)].filter(([, , from = '']) => factories.has(from))
  const found = [...all.matchAll(asked), ...all.matchAll(declared), ...made]
  const makers = new Set(found.map(nameOf))
  return files.flatMap((source) => [
    ...findDropped(source, makers).map((n) => `${at(source, n)} ${sentence}`),
    ...findCompared(source).map((n) => `${at(source, n)} ${sentence}`),
  ])
}

/** Elsewhere in the store SQLite is asked without generators. */
const where = /^src\/store\/(sql|postgres|search)\//
const generator = /\bfunction\*|\byield\*/

const sentence = 'makes work that is not done: write yield* before it.'

/** `yield* a.b.name(` */
const asked = /\byield\* \(?(?:\w+\??\.)*(?<name>\w+)\(/g

const declared = /\bfunction\* (?<name>\w+)|^\s*\*(?<name>\w+)\(|\b(?<name>\w+) = function\*/gm

/** `function createAct(…) {` … `return function*` */
const factory = /^(?:export )?function (?<name>\w+)(?:(?!^\})[^])*?^ {2}return function\*/gm
const assigned = /\bconst (?<name>\w+) = (\w+)\(/g

/** A call that is a statement, perhaps after a condition: `if (…) a.b.name(`. */
const called =
  /^\s*(?:(?:\} )?else )?(?:(?:if|for|while) \(.*\) )?(?:void )?(?:\w+\??\.)*(?<name>\w+)\(/

/** In these the statement goes on in the next line. */
const unfinished = /(?:[=(,?:|&[{]|=>|yield\*|return)$/

/** Of a Map it would be undefined, so it is a statement. */
const compared = /(?<!yield\* )(?<![\w.])(?:\w+\.)+(?:get|all|run)\([^()]*\)\)? [!=]== null/

/** Names that are methods of maps, sets and lists, too. */
const common = new Set(['get', 'add', 'set', 'delete'])

function findDropped(source: Source, makers: ReadonlySet<string>): number[] {
  const lines = linesOf(source)
  return [...lines.keys()].filter((n) => {
    const name = called.exec(lines[n] ?? '')?.groups?.name ?? ''
    const begins = n === 0 || !unfinished.test((lines[n - 1] ?? '').replace(/[{]$/, ''))
    return makers.has(name) && !common.has(name) && begins
  })
}

function findCompared(source: Source): number[] {
  const lines = linesOf(source)
  return [...lines.keys()].filter((n) => compared.test(lines[n] ?? ''))
}

function nameOf({ groups }: RegExpMatchArray): string {
  return groups?.name ?? ''
}
