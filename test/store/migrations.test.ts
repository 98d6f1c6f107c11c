import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { migrate, newestFormat } from '../../src/store/sqlite/migrations'

const people = `CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE notes (person INTEGER NOT NULL REFERENCES people (id), text TEXT NOT NULL)`

/** A database of the first format with a row in each table. */
function filled(): Database {
  const db = new Database(':memory:')
  migrate(db, [people])
  db.run(`INSERT INTO people VALUES (1, 'Ada'); INSERT INTO notes VALUES (1, 'kept')`)
  return db
}

const formatOf = (db: Database): unknown => db.query('PRAGMA user_version').get()

test('a new database gets all steps at once, and the newest one none', () => {
  const db = new Database(':memory:')
  migrate(db)
  expect(formatOf(db)).toEqual({ user_version: newestFormat })
  migrate(db)
})

test('a step that makes a table anew keeps its rows and the references to them', () => {
  const db = filled()
  const anew = `CREATE TABLE people_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER);
    INSERT INTO people_new SELECT id, name, NULL FROM people;
    DROP TABLE people;
    ALTER TABLE people_new RENAME TO people`
  migrate(db, [people, anew])
  expect(formatOf(db)).toEqual({ user_version: 2 })
  expect(db.query('SELECT name, text FROM people JOIN notes ON person = id').all()).toEqual([
    { name: 'Ada', text: 'kept' },
  ])
  expect(() => db.run(`INSERT INTO notes VALUES (7, 'nobody')`)).toThrow('FOREIGN KEY')
})

test('a step that fails or breaks a reference leaves everything as it was', () => {
  const db = filled()
  const further = 'CREATE TABLE further (id INTEGER)'
  for (const [broken, message] of [
    ['CREATE TABLE notes (id INTEGER)', 'already exists'],
    ['DELETE FROM people', 'broke a reference'],
  ] as const) {
    expect(() => migrate(db, [people, further, broken])).toThrow(message)
    expect(formatOf(db)).toEqual({ user_version: 1 })
    expect(db.query(`SELECT name FROM sqlite_schema ORDER BY name`).all()).toEqual([
      { name: 'notes' },
      { name: 'people' },
    ])
    expect(db.query('SELECT count(*) AS n FROM people').get()).toEqual({ n: 1 })
  }
})
