import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { prepareLazily } from '../../src/store/sqlite/lazy-statements'
import { chooseSeed, createRandom } from '../helpers/random'

const schema = 'CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT UNIQUE, n INTEGER)'

/** Statements as the store makes them, and a random value for each of their parameters. */
const insert = 'INSERT INTO words (word, n) VALUES (?, ?) ON CONFLICT DO NOTHING'
const insertNamed = 'INSERT OR REPLACE INTO words (word, n) VALUES ($word, $n) RETURNING id'
const update = 'UPDATE words SET n = n + ?2 WHERE word = ?1'
const select = 'SELECT word, n FROM words WHERE word >= ? ORDER BY word'

test('a lazy statement gives what a statement gives, in any order of use', () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const [plain, lazy] = [
    new Database(':memory:', { strict: true }),
    new Database(':memory:', { strict: true }),
  ]
  prepareLazily(lazy)
  for (const db of [plain, lazy]) db.run(schema)
  const [a, b] = [plain, lazy].map((db) => ({
    insert: db.query(insert),
    insertNamed: db.query(insertNamed),
    update: db.query(update),
    select: db.query(select),
  }))
  if (a === undefined || b === undefined) throw new Error('there are two databases')
  for (let step = 0; step < 500; step += 1) {
    const [word, n, kind] = [String.fromCodePoint(97 + random(26)), random(100), random(6)]
    const use = ({ insert, insertNamed, update, select }: typeof a): unknown => {
      if (kind === 0) return insert.run(word, n)
      if (kind === 1) return insertNamed.get({ word, n })
      if (kind === 2) return update.run(word, n)
      if (kind === 3) return [...select.iterate(word)]
      return kind === 4 ? select.all(word) : select.get(word)
    }
    expect({ seed, step, kind, got: use(b) }).toEqual({ seed, step, kind, got: use(a) })
  }
})

test('a statement that is never used is never compiled', () => {
  const db = new Database(':memory:')
  prepareLazily(db)
  const broken = db.query('SELECT 1 FROM nowhere')
  expect(() => broken.get()).toThrow('no such table')
})
