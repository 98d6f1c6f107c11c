import type { Database, Statement } from 'bun:sqlite'
import { once } from '../../shared/once'

/** From here on `query` makes a statement when it is first used: together they took 3 ms. */
export function prepareLate(db: Database): void {
  const query: (sql: string) => Statement = db.query.bind(db)
  const late = (sql: string): Pick<Statement, 'all' | 'get' | 'iterate' | 'run'> => {
    const statement = once(() => query(sql))
    return {
      all: (...values) => statement().all(...values),
      get: (...values) => statement().get(...values),
      iterate: (...values) => statement().iterate(...values),
      run: (...values) => statement().run(...values),
    }
  }
  Object.assign(db, { query: late })
}
