import { at, linesOf, type Rule, type Source } from './source'

const fileLinesMax = 400
const functionLinesMax = 60
const columnsMax = 100

const isCode = /\.(ts|tsx|css)$/

/** Files one can read in a sitting. */
export const fileLength: Rule = (sources) =>
  sources
    .filter((source) => isCode.test(source.path) && linesOf(source).length - 1 > fileLinesMax)
    .map((source) => {
      const lines = linesOf(source).length - 1
      return `${source.path} has ${lines} lines: split it where its interface is narrow.`
    })

/** Lines that fit beside another file. */
export const lineLength: Rule = (sources) =>
  sources
    .filter(({ path }) => isCode.test(path))
    .flatMap((source) =>
      linesOf(source).flatMap((line, n) =>
        [...line].length > columnsMax && !line.includes('://')
          ? [`${at(source, n)} is longer than ${columnsMax} columns: run bun fmt, or shorten it.`]
          : [],
      ),
    )

/** Functions whose beginning is still in sight at their end; a test is a story. */
export const functionLength: Rule = (sources) =>
  sources
    .filter(({ path }) => /\.tsx?$/.test(path))
    .flatMap((source) =>
      functionsOf(source)
        .filter(({ lines }) => lines > functionLinesMax)
        .map(
          ({ name, line, lines }) =>
            `${at(source, line)} ${name} has ${lines} lines: name its steps and move them below.`,
        ),
    )

type Found = { name: string; line: number; lines: number }

/**
 * Functions by their indentation, which the formatter keeps honest: one begins at `function name`
 * or `const name = (…) => {` and ends at the first closing brace of the same depth.
 */
function functionsOf(source: Source): Found[] {
  const lines = linesOf(source)
  return lines.flatMap((line, start) => {
    const begin = beginning.exec(line)
    if (begin === null || !opens(lines, start)) return []
    const depth = begin.groups?.depth ?? ''
    const end = lines.findIndex((other, n) => n > start && other.startsWith(`${depth}}`))
    if (end === -1) return []
    return [{ name: begin.groups?.name ?? '', line: start, lines: end - start + 1 }]
  })
}

const beginning = new RegExp(
  '^(?<depth> *)(?:export )?(?:async )?' +
    '(?:function\\*? (?<name>\\w+)|const \\w+(?:: [^=]+)? = (?:async )?\\()',
)

/** Whether a body with braces begins here: a one-line arrow function has none. */
function opens(lines: string[], start: number): boolean {
  for (let n = start; n < Math.min(start + 12, lines.length); n += 1) {
    if (/\{$/.test(lines[n] ?? '')) return /(=>|\)|[\w>\]}]) \{$/.test(lines[n] ?? '')
    if (n > start && /^\S/.test(lines[n] ?? '') && !/^[)}]/.test(lines[n] ?? '')) return false
  }
  return false
}
