/** A statement as it is sent, for an engine that answers later. */
export type Call = { sql: string; values: unknown[] }

export type Answer = { rows: unknown[]; changes: number }

/** Statements one after another; `yield*` gives the answer of each. */
export type Work<Result> = Generator<Call, Result, Answer>

export type Statement<Row, Values extends unknown[]> = {
  get: (...values: Values) => Work<Row | null>
  all: (...values: Values) => Work<Row[]>
  run: (...values: Values) => Work<{ changes: number }>
}

/** Makes a function that does its work as a whole. */
type Runner = <Values extends unknown[], Result>(
  work: (...values: Values) => Work<Result>,
) => (...values: Values) => Promise<Result>

/**
 * What all statements are asked of, in SQLite and in PostgreSQL. SQLite answers at once, so that a
 * transaction is never left for something else; PostgreSQL answers over the network.
 */
export type Database = {
  query: <Row, Values extends unknown[]>(sql: string) => Statement<Row, Values>
  /** Reads of one moment. */
  read: Runner
  /** A statement that writes, on its own: no transaction relies on it, and no hint follows. */
  write: Runner
  /** One transaction that writes; nobody else writes meanwhile. */
  transaction: Runner
  /** To be called within a transaction: does something once that is stored, and never else. */
  afterCommit: (then: () => void) => void
}

/** Does the work of each item, one after another; gives the results in their order. */
export function* workOn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Work<Result>,
): Work<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(yield* work(item))
  return results
}
