/** A file of the project, as the rules of the house read it. */
export type Source = { path: string; text: string }

/** What a rule found: where it is and what to do instead. */
export type Rule = (sources: Source[]) => string[]

/** Says `path:line` for a finding. */
export function at(source: Source, line: number): string {
  return `${source.path}:${line + 1}`
}

/** Applies a pattern to every line of the files that `where` accepts. */
export function eachLine(
  where: RegExp,
  pattern: RegExp,
  sentence: string,
  unless: RegExp = /(?!)/,
): Rule {
  return (sources) =>
    sources
      .filter(({ path }) => where.test(path) && !unless.test(path))
      .flatMap((source) =>
        linesOf(source).flatMap((line, n) =>
          pattern.test(line) ? [`${at(source, n)} ${sentence}`] : [],
        ),
      )
}

export function linesOf({ text }: Source): string[] {
  return text.split('\n')
}

type Import = { from: string; isType: boolean; line: number; names: string[] }

/** The modules a file imports, what of each (`*`: all of it), and whether only types. */
export function importsOf(source: Source): Import[] {
  return [...source.text.matchAll(imported)].map((match) => {
    const [, type, what = '*', from] = match
    const list = /\{([^}]*)\}/.exec(what)?.[1]?.split(',') ?? ['*']
    const names = list.map(
      (name) =>
        name
          .replace(/\btype\s/, '')
          .split(/\sas\s/)[0]
          ?.trim() ?? '',
    )
    return {
      from: from ?? match[4] ?? match[5] ?? '',
      isType: type !== undefined || list.every((name) => /^\s*type\s/.test(name)),
      line: source.text.slice(0, match.index).split('\n').length - 1,
      names,
    }
  })
}

const imported = new RegExp(
  `^(?:import|export)\\s+(type\\s)?([^'"]*?)from\\s+'([^']+)'` +
    `|^import '([^']+)'|\\bimport\\('([^']+)'\\)`,
  'gm',
)

/** Where a relative import leads, without its ending; null for packages. */
export function resolveImport(source: Source, from: string): string | null {
  if (!from.startsWith('.')) return null
  const parts = source.path.split('/').slice(0, -1)
  for (const part of from.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/').replace(/\.tsx?$/, '')
}
