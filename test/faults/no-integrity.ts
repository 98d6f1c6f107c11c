import { Database } from 'bun:sqlite'

/** A planted fault: the server believes every database that it finds. */
const query = Database.prototype.query
Database.prototype.query = function (this: Database, sql: string) {
  const isAboutTables = sql === 'SELECT 1 FROM sqlite_schema'
  return query.call(this, isAboutTables ? `${sql} WHERE false` : sql)
} as typeof query
