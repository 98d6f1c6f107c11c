import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import type { NewMessage, Store } from '../../src/store/store'
import { openStore } from '../../src/store/sqlite/sqlite'
import { rules } from '../store/engine'
import { corpus } from './corpus'

export const people = 200

/** Opens the store in `folder`. */
export function open(folder: string): Store {
  const store = openStore({ folder, ...rules, now: Date.now })
  if ('problem' in store) throw new Error(store.problem)
  return store
}

/** Fills a store as people would: everybody is in every room; gives the milliseconds it took. */
export async function fill(store: Store, count: number, rooms: number): Promise<number> {
  for (let n = 1; n <= people; n += 1) {
    const name = `person ${n}`
    const user = { nickname: name, folded: name, skeleton: name, avatar: 'letter', createdAt: 1 }
    const tokenHash = new Uint8Array(32).fill(n % 256).fill(n >> 8, 16)
    await store.users.join(user, { tokenHash, browser: '', system: '', at: 1 }, null)
  }
  for (let n = 2; n <= rooms; n += 1) {
    const name = `room ${n}`
    const room = { kind: 'open', name, folded: name, skeleton: name, topic: '' } as const
    await store.rooms.create({ ...room, host: 1, createdAt: 1 })
    for (let person = 2; person <= people; person += 1) await store.rooms.join(person, n, 1)
  }
  const startedAt = performance.now()
  let batch: NewMessage[] = []
  let id = 0
  for (const { room, author, content, createdAt } of corpus(count, rooms, people)) {
    id += 1
    const clientId = `${'abcdefghijklmnopqrstuv'.slice(0, 15)}${id}`
    const rest = { replyTo: null, mentions: [], attachments: [], writtenIn: null }
    batch.push({ room, author, clientId, content, createdAt, ...rest })
    if (batch.length < 5_000) continue
    await store.messages.append(batch)
    batch = []
  }
  await store.messages.append(batch)
  return performance.now() - startedAt
}

/** Waits until an open store knows by its index all that was said. */
export async function indexed(folder: string): Promise<void> {
  const db = new Database(join(folder, 'chatroom.db'), { readonly: true })
  const waiting = db.query<{ n: number }, []>(
    `SELECT (SELECT max(id) FROM messages)
       - (SELECT value FROM settings WHERE key = 'search_indexed_to') AS n`,
  )
  while ((waiting.get()?.n ?? 0) > 0) await Bun.sleep(50)
  db.close()
}
