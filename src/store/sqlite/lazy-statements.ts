import type { Database, Statement } from 'bun:sqlite'
import { once } from '../../shared/once'

/** From here on `db.query` compiles a statement when it is first used, for a shorter start. */
export function prepareLazily(db: Database): void {
  const query: (sql: string) => Statement = db.query.bind(db)
  const lazy = (sql: string): Pick<Statement, 'all' | 'get' | 'iterate' | 'run'> => {
    const statement = once(() => query(sql))
    return {
      all: (...values) => statement().all(...values),
      get: (...values) => statement().get(...values),
      iterate: (...values) => statement().iterate(...values),
      run: (...values) => statement().run(...values),
    }
  }
  Object.assign(db, { query: lazy })
}
