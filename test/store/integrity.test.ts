import { Database } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '../../src/store/sqlite/sqlite'
import type { Store } from '../../src/store/store'
import { makeFolder, removeFolder } from '../helpers/folders'
import { open, rules } from './engine'
import { join as joinAs, say } from './people'

const place = makeFolder()
afterAll(() => removeFolder(place))
let folders = 0

/** A folder with twenty messages; `end` may leave it unclean. */
async function filled(end: (store: Store) => Promise<unknown> = (store) => store.close()) {
  folders += 1
  const folder = join(place, `data-${folders}`)
  const store = open(folder)
  const ada = await joinAs(store, 'Ada', 1)
  for (let n = 0; n < 20; n += 1) await say(store, ada, `message ${n}`)
  await end(store)
  return folder
}

/** The sentence with which a folder is refused; its number of messages when it opens. */
async function opened(folder: string): Promise<string | number> {
  const store = openStore({ folder, ...rules, now: () => 1 })
  if ('problem' in store) return store.problem
  const db = new Database(join(folder, 'chatroom.db'), { readonly: true })
  const count = db.query<{ n: number }, []>('SELECT count(*) AS n FROM messages').get()?.n
  db.close()
  await store.close()
  return count ?? 0
}

function change(folder: string, ...statements: string[]): void {
  const db = new Database(join(folder, 'chatroom.db'))
  for (const sql of statements) db.run(sql)
  db.close()
}

function copy(folder: string): string {
  cpSync(folder, `${folder}-copy`, { recursive: true })
  return `${folder}-copy`
}

const refused = /^The database in \S+ is damaged .*chatroom restore FILE/

test('a folder that was closed cleanly, and its copy, open', async () => {
  const folder = await filled()
  expect(await opened(folder)).toBe(20)
  expect(await opened(copy(folder))).toBe(20)
})

test('a folder that was not closed is checked where it is', async () => {
  const folder = await filled()
  change(folder, `UPDATE rooms SET revision = 21`)
  // Unchanged and closed: nothing is paid for.
  expect(await opened(folder)).toBe(20)
  change(folder, `UPDATE settings SET value = '' WHERE key = 'closed_in'`)
  expect(await opened(folder)).toMatch(refused)
})

test('what a copy lost is noticed: a head, messages, a person', async () => {
  const losses = [
    [`UPDATE rooms SET revision = 28441`],
    [`UPDATE rooms SET revision = 19`],
    [`DELETE FROM messages WHERE seq = 7`],
    [`DELETE FROM messages WHERE seq > 15`],
    [`PRAGMA foreign_keys = 0`, `DELETE FROM users`],
  ]
  for (const loss of losses) {
    const folder = await filled()
    change(folder, ...loss)
    expect(await opened(copy(folder))).toMatch(refused)
  }
})

test('the log of another time beside a database is noticed', async () => {
  const folder = await filled()
  const early = copy(folder)
  const store = open(folder)
  const grace = await joinAs(store, 'Grace', 2)
  for (let n = 0; n < 200; n += 1) await say(store, grace, `${'later '.repeat(200)}${n}`)
  const log = readFileSync(join(folder, 'chatroom.db-wal'))
  await store.close()
  writeFileSync(join(early, 'chatroom.db-wal'), log.subarray(0, log.length >> 1))
  const answer = await opened(early)
  if (typeof answer === 'string') expect(answer).toMatch(refused)
  else expect(answer).toBeGreaterThanOrEqual(20)
})

test('a folder that lost its database does not begin a new one', async () => {
  for (const isEmpty of [true, false]) {
    const folder = await filled()
    const file = join(folder, 'chatroom.db')
    rmSync(file)
    if (isEmpty) writeFileSync(file, '')
    expect(await opened(folder)).toMatch(refused)
    expect(existsSync(file) && readFileSync(file).length > 0).toBe(false)
    // Whoever wants to begin anew removes the files as well.
    rmSync(join(folder, 'files'), { recursive: true })
    expect(await opened(folder)).toBe(0)
  }
})

test('a closed database that is cut where it lies is noticed, wherever it is cut', async () => {
  const folder = await filled()
  const file = join(folder, 'chatroom.db')
  const bytes = readFileSync(file)
  for (let pages = 1; pages < bytes.length / 4096; pages += 3) {
    writeFileSync(file, bytes.subarray(0, pages * 4096))
    expect(await opened(folder)).toMatch(refused)
  }
})

test('a refused folder can be locked by the next who tries', async () => {
  const folder = await filled()
  const file = join(folder, 'chatroom.db')
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.subarray(0, bytes.length >> 1))
  for (let n = 0; n < 3; n += 1) expect(await opened(folder)).toMatch(refused)
  writeFileSync(file, bytes)
  expect(await opened(folder)).toBe(20)
})
