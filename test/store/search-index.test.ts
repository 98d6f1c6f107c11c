import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createSearchBacklog, searchIndexFirstMs } from '../../src/store/sqlite/search-backlog'
import { searchIndexUnitsMax } from '../../src/store/search/search-index'
import { createSearchIndex } from '../../src/store/sqlite/search-index'
import { createSearch } from '../../src/store/search/search'
import { now, onSqlite } from '../../src/store/sqlite/database'
import { createFts5 } from '../../src/store/sqlite/search'
import type { Place, SearchPage } from '../../src/store/store'
import { makeFolder, removeFolder } from '../helpers/folders'
import { withinEach } from './contract'
import { open, openEngine } from './engine'
import { anything, texts, withFullIndex } from './finding'
import { append, join as joinAs, say } from './people'
import { testSearch } from './search'
import { findAsAScan } from './search-generated'
import { waitUntil } from '../helpers/wait'

describe('SQLite: searching when the index knows all', () => {
  testSearch(withinEach(async () => withFullIndex(await openEngine(0))))
})

test('a search finds what a plain scan finds, whatever is in the index', async () => {
  const engine = await openEngine(0)
  await findAsAScan(engine, 60)
  await engine.close()
}, 30_000)

test('a search whose time is over stops at once, says so, and goes on from there', async () => {
  const folder = makeFolder()
  const store = open(folder)
  const ada = await joinAs(store, 'Ada', 1)
  await say(store, ada, 'the end')
  // Every piece of the words is there, the words are not.
  for (let n = 0; n < 60; n += 1) await say(store, ada, `end the ${n}`)
  expect(await texts(store, ada, 'the end')).toEqual(['the end'])
  const db = new Database(join(folder, 'chatroom.db'), { readonly: true, strict: true })
  const search = createSearch(onSqlite(db), createFts5(db), () => 0)
  const query = { ...anything, user: ada.id, words: ['the end'] }
  const found: string[] = []
  let after: Place | null = null
  let pages = 0
  for (let isFirst = true; isFirst || after !== null; isFirst = false) {
    const page: SearchPage | { refused: string } = now(search({ ...query, after }))
    if ('refused' in page) throw new Error(page.refused)
    found.push(...page.hits.map(({ message }) => message.content))
    expect(page.isAll).toBe(page.next === null)
    after = page.next
    pages += 1
  }
  expect(found).toEqual(['the end'])
  expect(pages).toBeGreaterThan(60)
  db.close()
  await store.close()
  removeFolder(folder)
})

test('what was said before there was an index is found after the upgrade', async () => {
  const folder = makeFolder()
  const before = open(folder)
  const ada = await joinAs(before, 'Ada', 1)
  await say(before, ada, 'said in the old days')
  await before.close()
  const db = new Database(join(folder, 'chatroom.db'))
  db.run(`DELETE FROM settings WHERE key = 'search_format'`)
  db.run(`INSERT INTO search (search) VALUES ('delete-all')`)
  db.close()
  const after = open(folder)
  const query = { user: ada.id, sender: null, room: null, since: null, until: null, after: null }
  expect(await after.search({ ...query, words: ['old days'], has: [], limit: 9 })).toMatchObject({
    hits: [{ message: { content: 'said in the old days' } }],
  })
  await after.close()
  removeFolder(folder)
})

test('nothing of a deleted or changed text is left in the file, the index included', async () => {
  const engine = await openEngine(0)
  const { store, folder } = engine
  const ada = await joinAs(store, 'Ada', 1)
  for (const text of ['a perfectly ordinary sentence 鿁', '鿥 taken back', '鿦 changed']) {
    await say(store, ada, text)
    // One at a time, as the index shortens words of one portion that begin alike.
    await engine.indexed()
  }
  const db = new Database(join(folder, 'chatroom.db'))
  const blocks = db.query<{ block: Uint8Array }, []>('SELECT block FROM search_data')
  const has = (sign: string): boolean =>
    blocks.all().some(({ block }) => Buffer.from(block).includes(sign))
  expect(['鿁', '鿥', '鿦'].map(has)).toEqual([true, true, true])
  await store.messages.remove({ room: 1, seq: 2, user: ada.id, at: 2 })
  const edit = { room: 1, seq: 3, author: ada.id, mentions: () => [], at: 2 }
  await store.messages.edit({ ...edit, content: 'plain words' })
  expect(['鿁', '鿥', '鿦'].map(has)).toEqual([true, false, false])
  db.run(`INSERT INTO search (search) VALUES ('integrity-check')`)
  db.close()
  await engine.close()
})

test('a message that waits for the index is found, and is in it when it is time', async () => {
  const folder = makeFolder()
  const store = open(folder, 1_000)
  const ada = await joinAs(store, 'Ada', 1)
  const db = new Database(join(folder, 'chatroom.db'))
  const known = db.query<{ rowid: number }, []>(
    `SELECT rowid FROM search WHERE search MATCH 'room1' ORDER BY rowid`,
  )
  const ids = (): number[] => known.all().map(({ rowid }) => rowid)
  await say(store, ada, 'taken back before anybody looked')
  await say(store, ada, 'changed before anybody looked')
  await store.messages.remove({ room: 1, seq: 1, user: ada.id, at: 2 })
  const edit = { room: 1, seq: 2, author: ada.id, mentions: () => [], at: 2 }
  await store.messages.edit({ ...edit, content: 'other words' })
  expect(await texts(store, ada, 'looked')).toEqual([])
  expect(await texts(store, ada, 'other')).toEqual(['other words'])
  expect(ids()).toEqual([])
  await waitUntil(() => ids().length > 0, 'the index')
  expect(ids()).toEqual([2])
  expect(await texts(store, ada, 'other')).toEqual(['other words'])
  await say(store, ada, 'just before the end')
  await store.close()
  db.close()
  const again = open(folder)
  expect(await texts(again, ada, 'before the end')).toEqual(['just before the end'])
  await again.close()
  removeFolder(folder)
})

test('what is said in a slow talk is indexed together', async () => {
  const engine = await openEngine()
  const { store, folder } = engine
  const ada = await joinAs(store, 'Ada', 1)
  const db = new Database(join(folder, 'chatroom.db'), { readonly: true })
  const indexedTo = db.query<{ value: string }, []>(
    `SELECT value FROM settings WHERE key = 'search_indexed_to'`,
  )
  const seen = new Set<string | undefined>()
  const end = performance.now() + searchIndexFirstMs / 2
  for (let n = 0; performance.now() < end; n += 1) {
    await say(store, ada, `word ${n}`)
    await Bun.sleep(50)
    seen.add(indexedTo.get()?.value)
  }
  expect([...seen]).toEqual(['0'])
  await engine.indexed()
  expect(await texts(store, ada, 'word 0')).toEqual(['word 0'])
  db.close()
  await engine.close()
})

test('an index that cannot be counted refuses no message, and is tried again', async () => {
  const folder = makeFolder()
  const store = open(folder)
  await store.close()
  const db = new Database(join(folder, 'chatroom.db'))
  const backlog = createSearchBacklog(createSearchIndex(db), 5)
  db.close()
  expect(() => backlog.grew()).not.toThrow()
  // A fault in a timer would fail this test.
  await Bun.sleep(50)
  backlog.stop()
  removeFolder(folder)
})

test('long messages are indexed a few at a time, and all are found by who searches', async () => {
  const folder = makeFolder()
  const store = open(folder)
  const ada = await joinAs(store, 'Ada', 1)
  const long = 'long '.repeat(1_600)
  for (let n = 0; n < 9; n += 1) await append(store, ada, { clientId: `n-${n}`, content: long })
  const db = new Database(join(folder, 'chatroom.db'))
  expect(createSearchIndex(db).takeNext()).toBe(Math.ceil(searchIndexUnitsMax / long.length))
  expect((await texts(store, ada, 'long')).length).toBe(9)
  db.close()
  await store.close()
  removeFolder(folder)
})
