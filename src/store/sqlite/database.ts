import type { Database as Sqlite, SQLQueryBindings } from 'bun:sqlite'
import type { Database, Statement, Work } from '../sql/database'

/**
 * A connection to SQLite as the statements of `store/sql` use it. A statement is answered at once,
 * so that nothing else is done on the connection before a transaction has ended.
 */
export function onSqlite(db: Sqlite): Database {
  const run =
    <Values extends unknown[], Result>(work: (...values: Values) => Work<Result>) =>
    async (...values: Values): Promise<Result> =>
      now(work(...values))
  return {
    query: <Row, Values extends unknown[]>(sql: string) => prepare<Row, Values>(db, sql),
    read: run,
    write: run,
    // Nobody looks before the transaction has ended; what it takes back is not found then.
    afterCommit: (then) => then(),
    transaction(work) {
      const { immediate } = db.transaction((values: Parameters<typeof work>) =>
        now(work(...values)),
      )
      return async (...values) => immediate(values)
    },
  }
}

/** Does work on SQLite, whose statements are answered before it would have to wait. */
export function now<Result>(work: Work<Result>): Result {
  const step = work.next()
  if (step.done !== true) throw new Error('SQLite answers at once')
  return step.value
}

function prepare<Row, Values extends unknown[]>(db: Sqlite, sql: string): Statement<Row, Values> {
  const statement = db.query<Row, SQLQueryBindings[]>(sql)
  const bind = (values: Values): SQLQueryBindings[] => values as SQLQueryBindings[]
  return {
    *get(...values) {
      return statement.get(...bind(values))
    },
    *all(...values) {
      return statement.all(...bind(values))
    },
    *run(...values) {
      return statement.run(...bind(values))
    },
  }
}
