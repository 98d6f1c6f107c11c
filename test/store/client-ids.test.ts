import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from '../../src/shared/limits'
import { openStore } from '../../src/store/sqlite/sqlite'
import type { NewMessage, Store, User } from '../../src/store/store'
import { makeFolder, removeFolder } from '../helpers/server'
import { join as joinAs, message } from './people'

let folder = ''
let store: Store
let ada: User

const firstRoom = () => ({ name: 'general', folded: 'general', skeleton: 'general' })

function open(from: string): Store {
  const opened = openStore({ folder: from, firstRoom, now: () => 1 })
  if ('problem' in opened) throw new Error(opened.problem)
  return opened
}

beforeEach(async () => {
  folder = makeFolder()
  store = open(folder)
  ada = await joinAs(store, 'Ada', 1)
})

afterEach(async () => {
  await store.close()
  removeFolder(folder)
})

const sent = (clientId: string): NewMessage => message(ada, { clientId, content: clientId })

/** Says so much, under ids by chance, in groups as a busy house has them. */
async function talk(count: number): Promise<NewMessage[]> {
  const all = Array.from({ length: count }, () => sent(crypto.randomUUID()))
  for (let n = 0; n < count; n += 500) await store.messages.append(all.slice(n, n + 500))
  return all
}

/** How many of them are in the table by now. */
function countWritten(at: string): number {
  const db = new Database(join(at, 'chatroom.db'), { readonly: true })
  const row = db.query<{ n: number }, []>('SELECT count(*) AS n FROM client_ids').get()
  db.close()
  return row?.n ?? 0
}

async function countRepeats(house: Store, all: NewMessage[]): Promise<number> {
  const outcomes = await house.messages.append(all)
  return outcomes.filter((each) => each.status === 'accepted' && each.repeat).length
}

// Between two points at which all were written, so that some are and some are not.
const many = Math.round(limits.clientIdsWaitingMax * 1.3)

test('what is sent again shows once, whether its id was written yet or is to be', async () => {
  const all = await talk(many)
  expect(countWritten(folder)).toBeGreaterThan(0)
  expect(countWritten(folder)).toBeLessThan(many)
  expect(await countRepeats(store, all)).toBe(many)
}, 20_000)

test('what is sent again after a crash shows once', async () => {
  const all = await talk(many)
  const left = makeFolder()
  // What a killed process leaves: nothing was closed.
  cpSync(folder, left, { recursive: true })
  const next = open(left)
  expect(await countRepeats(next, all)).toBe(many)
  await next.close()
  expect(countWritten(left)).toBe(many)
  removeFolder(left)
}, 20_000)

test('a house that stops leaves nothing for the next start to read', async () => {
  await talk(20)
  expect(countWritten(folder)).toBe(0)
  await store.close()
  expect(countWritten(folder)).toBe(20)
  store = open(folder)
  expect(await countRepeats(store, [sent('new')])).toBe(0)
})

test('ids of a group that could not be stored may be sent again', async () => {
  const broken = { ...sent('broken'), content: null } as unknown as NewMessage
  expect(store.messages.append([sent('fine'), broken])).rejects.toThrow('NOT NULL')
  expect(await countRepeats(store, [sent('fine'), sent('broken')])).toBe(0)
})

test('two people may use one id, and neither hides the other', async () => {
  const eve = await joinAs(store, 'Eve', 2)
  const hers = { ...sent('same'), author: eve.id }
  expect(await countRepeats(store, [sent('same'), hers])).toBe(0)
  expect(await countRepeats(store, [hers, sent('same')])).toBe(2)
})

test('what was sent and answered before the upgrade is known after it', async () => {
  const old = makeFolder()
  const db = new Database(join(old, 'chatroom.db'))
  for (const name of readdirSync(migrations).toSorted().slice(0, 5)) {
    db.run(readFileSync(join(migrations, name), 'utf8'))
  }
  db.run(`PRAGMA user_version = 5;
    INSERT INTO rooms (kind, name, created_at, revision) VALUES ('open', 'general', 1, 1);
    INSERT INTO users (nickname, avatar, created_at) VALUES ('Ada', 'letter', 1);
    INSERT INTO memberships (room_id, user_id, joined_at) VALUES (1, 1, 1);
    INSERT INTO messages (room_id, seq, revision, author_id, client_id, content, created_at)
    VALUES (1, 1, 1, 1, 'old', 'said long ago', 1);
    INSERT INTO reactions (room_id, seq, emoji, user_id, created_at) VALUES (1, 1, '🎉', 1, 1)`)
  db.close()
  const upgraded = open(old)
  const [outcome] = await upgraded.messages.append([{ ...sent('old'), author: 1 }])
  expect(outcome).toMatchObject({
    repeat: true,
    message: { content: 'said long ago', reactions: [{ emoji: '🎉' }] },
  })
  const reaction = { room: 1, seq: 1, user: 1, emoji: '👍', isActive: true, kindsMax: 9, at: 2 }
  expect(await upgraded.messages.react(reaction)).toMatchObject({ status: 'changed' })
  await upgraded.close()
  removeFolder(old)
})

const migrations = join(import.meta.dir, '../../src/store/sqlite/migrations')
