import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { NewMessage, Store, User } from '../../src/store/store'
import { makeFolder, removeFolder } from '../helpers/folders'
import { open } from './engine'
import { join as joinAs, message } from './people'

let folder = ''
let store: Store
let ada: User

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

/** Posts messages with random client ids, in groups as a busy server makes them. */
async function talk(count: number): Promise<NewMessage[]> {
  const all = Array.from({ length: count }, () => sent(crypto.randomUUID()))
  for (let n = 0; n < count; n += 500) await store.messages.append(all.slice(n, n + 500))
  return all
}

async function countRepeats(where: Store, all: NewMessage[]): Promise<number> {
  const outcomes = await where.messages.append(all)
  return outcomes.filter((each) => each.status === 'accepted' && each.repeat).length
}

test('the database itself refuses a second message under one id of one author', async () => {
  await store.messages.append([sent('one')])
  const db = new Database(join(folder, 'chatroom.db'))
  const copy = (author: string): void => {
    db.run(`INSERT INTO messages
        (room_id, seq, revision, author_id, client_id, created_at, content)
      SELECT room_id, seq + 1, revision + 1, ${author}, client_id, created_at, content
      FROM messages`)
  }
  expect(() => copy('author_id')).toThrow('UNIQUE constraint failed')
  const eve = await joinAs(store, 'Eve', 2)
  copy(String(eve.id))
  expect(db.query('SELECT count(*) AS n FROM messages').get()).toEqual({ n: 2 })
  db.close()
})

test('a message that is sent again after a crash is stored once', async () => {
  const all = await talk(2_000)
  const left = makeFolder()
  // The state that a killed process leaves: nothing was closed.
  cpSync(folder, left, { recursive: true })
  const next = open(left)
  expect(await countRepeats(next, all)).toBe(all.length)
  await next.close()
  removeFolder(left)
})

test('ids of a group that could not be stored may be sent again', async () => {
  const broken = { ...sent('broken'), content: null } as unknown as NewMessage
  await expect(store.messages.append([sent('fine'), broken])).rejects.toThrow('NOT NULL')
  expect(await countRepeats(store, [sent('fine'), sent('broken')])).toBe(0)
})

test('two people may use one id, and neither hides the other', async () => {
  const eve = await joinAs(store, 'Eve', 2)
  const hers = { ...sent('same'), author: eve.id }
  expect(await countRepeats(store, [sent('same'), hers])).toBe(0)
  expect(await countRepeats(store, [hers, sent('same')])).toBe(2)
})

test('a repeat is answered with the first message even where it would be refused now', async () => {
  const room = await store.rooms.create({
    ...{ kind: 'open', name: 'Tides', folded: 'tides', skeleton: 'tides', topic: '' },
    ...{ host: ada.id, createdAt: 1 },
  })
  if ('refused' in room) throw new Error('the name is free')
  const first = { ...sent('one'), room: room.id }
  await store.messages.append([first])
  expect(await store.messages.append([{ ...first, replyTo: 99 }])).toMatchObject([{ repeat: true }])
  await store.rooms.leave({ roomId: room.id, userId: ada.id }, 9)
  expect(await store.messages.append([first])).toMatchObject([{ repeat: true }])
  expect(await store.messages.append([{ ...first, clientId: 'two' }])).toMatchObject([
    { code: 'room_missing' },
  ])
})
