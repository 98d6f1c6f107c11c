/** What was measured: per contender one value for each round. */
export type Figure = {
  bench: string
  scenario: string
  figure: string
  unit: string
  /** Whether more is better. */
  isRate?: boolean
  rounds: Record<string, number[]>
}

/** The middle one; of an even number the lower of the two. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

/** One line of JSON per figure and contender, with its ratio to the others. */
export function printLines(figures: Figure[]): void {
  for (const { rounds, ...figure } of figures) {
    for (const [contender, values] of Object.entries(rounds)) {
      const value = median(values)
      const others = Object.entries(rounds).filter(([name]) => name !== contender)
      const ratios = others.map(([name, theirs]) => [name, precise(value / median(theirs))])
      const against = others.length > 0 ? { against: Object.fromEntries(ratios) } : {}
      console.log(
        JSON.stringify({
          ...figure,
          contender,
          value: precise(value),
          rounds: values.map(precise),
          ...against,
        }),
      )
    }
  }
}

/** One table: a row per figure, a column per contender, with the ratio to the first in brackets. */
export function printTable(figures: Figure[]): void {
  const groups = Map.groupBy(figures, ({ rounds }) => Object.keys(rounds).join('\t'))
  for (const [names, group] of groups) {
    const contenders = names.split('\t')
    const head = ['', ...contenders]
    const rows = group.map(({ scenario, figure, unit, rounds }) => {
      const first = median(rounds[contenders[0] ?? ''] ?? [])
      const cells = contenders.map((name, n) => {
        const value = median(rounds[name] ?? [])
        const ratio = n > 0 && first !== 0 ? ` (${precise(value / first)} ×)` : ''
        return `${precise(value)}${ratio}`
      })
      return [`${scenario}: ${figure}, ${unit}`, ...cells]
    })
    printAligned([head, ...rows])
  }
}

function printAligned(rows: string[][]): void {
  const widths = rows[0]?.map((_, n) => Math.max(...rows.map((row) => row[n]?.length ?? 0))) ?? []
  console.log()
  for (const row of rows) {
    const cells = row.map((cell, n) =>
      n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0),
    )
    console.log(cells.join('  '))
  }
}

function precise(value: number): number {
  return Number(value.toPrecision(3))
}
