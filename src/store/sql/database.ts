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

export type Database = {
  query: <Row, Values extends unknown[]>(sql: string) => Statement<Row, Values>
  /** Reads of one moment. */
  read: <Values extends unknown[], Result>(
    work: (...values: Values) => Work<Result>,
  ) => (...values: Values) => Promise<Result>
  /** One transaction that writes; nobody else writes meanwhile. */
  transaction: <Values extends unknown[], Result>(
    work: (...values: Values) => Work<Result>,
  ) => (...values: Values) => Promise<Result>
}
