/** What a run measured; printed as one line of JSON. */
/** A server that answers before it commits: the planted fault of the crash tests. */
export const earlyAnswers = {
  compiled: false,
  env: { BUN_OPTIONS: '--preload ./test/faults/early-answers.ts' },
}

export type Figures = Record<string, number | string | boolean>

/** A promise to the people who use the server, with the instrument that sees it broken. */
export interface FaultTest<Size> {
  readonly id: `P${number}`
  /** Another name, which several that belong together may share. */
  readonly alias?: string
  /** The promise, one sentence. */
  readonly says: string
  /** For the suite: seconds. */
  readonly small: Size
  /** For `bun run test:faults`. */
  readonly full: Size
  /** Why the suite leaves it out: what tries it there already, or what it lacks. */
  readonly outOfSuite?: string
  run(size: Size): Promise<Figures>
  /** What does not hold, a sentence each; [] when the promise holds. */
  broken(figures: Figures, size: Size): string[]
  /** Runs with a planted fault, or with each of several; the figures must make `broken` speak. */
  control(): Promise<Figures | Figures[]>
}

/** A sentence for each figure that is not what it has to be. */
export function unlike(figures: Figures, wanted: Figures): string[] {
  return Object.entries(wanted).flatMap(([name, value]) =>
    figures[name] === value ? [] : [`${name} is ${figures[name]}, not ${value}.`],
  )
}

/** A sentence for each figure that is larger than it may be, or no number. */
export function above(figures: Figures, most: Record<string, number>): string[] {
  return Object.entries(most).flatMap(([name, value]) =>
    Number(figures[name]) <= value ? [] : [`${name} is ${figures[name]}, more than ${value}.`],
  )
}

/** A sentence for each figure that is smaller than it has to be, or no number. */
export function below(figures: Figures, least: Record<string, number>): string[] {
  return Object.entries(least).flatMap(([name, value]) =>
    Number(figures[name]) >= value ? [] : [`${name} is ${figures[name]}, less than ${value}.`],
  )
}
