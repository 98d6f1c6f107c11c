import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { createReader } from '../../src/store/sqlite/reader'
import type { Question } from '../../src/store/sqlite/reader-thread'
import { openStore } from '../../src/store/sqlite/sqlite'
import { makeFolder, removeFolder } from '../helpers/folders'
import { storeContract } from './contract'
import { open, openEngine, rules } from './engine'
import { join as joinAs, say } from './people'

storeContract('SQLite', () => openEngine())

test('two installations have different ids', async () => {
  const [a, b] = [await openEngine(), await openEngine()]
  expect(a.store.instance).not.toBe(b.store.instance)
  expect(a.store.epoch).not.toBe(b.store.epoch)
  await a.close()
  await b.close()
})

test('a migration that fails leaves the database as it was, and says so in one line', () => {
  const folder = makeFolder()
  const file = join(folder, 'chatroom.db')
  const before = new Database(file)
  before.run('CREATE TABLE memberships (in_the_way TEXT)')
  before.close()
  const refused = openStore({ folder, ...rules, now: () => 1 })
  expect(refused).toHaveProperty('problem', expect.stringMatching(/^[^\n]+$/))
  const after = new Database(file)
  expect(after.query('PRAGMA user_version').get()).toEqual({ user_version: 0 })
  expect(after.query(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()).toEqual([
    { name: 'memberships' },
  ])
  after.close()
  removeFolder(folder)
})

test('a database of a newer version is refused', async () => {
  const folder = makeFolder()
  await open(folder).close()
  const db = new Database(join(folder, 'chatroom.db'))
  db.run('PRAGMA user_version = 999')
  db.close()
  expect(openStore({ folder, ...rules, now: () => 1 })).toHaveProperty(
    'problem',
    expect.stringContaining('newer'),
  )
  removeFolder(folder)
})

test('a reading thread that dies is replaced, and the question is answered', async () => {
  const folder = makeFolder()
  const store = open(folder)
  const ada = await joinAs(store, 'Ada', 1)
  await say(store, ada, 'still here')
  await store.close()
  const reader = createReader(join(folder, 'chatroom.db'))
  const query = { user: ada.id, room: 1, after: 0, upTo: 9, limit: 9 }
  const whole = { end: true, messages: [{ content: 'still here' }] }
  expect(await reader.ask({ kind: 'read', query })).toMatchObject(whole)
  // No such kind of question: the thread throws.
  const broken: unknown = { kind: 'read', query: null }
  await expect(reader.ask(broken as Question & { kind: 'read' })).rejects.toThrow('died twice')
  expect(await reader.ask({ kind: 'read', query })).toMatchObject(whole)
  await reader.close()
  await expect(reader.ask({ kind: 'read', query })).rejects.toThrow('closed')
  removeFolder(folder)
})
