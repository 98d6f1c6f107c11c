import { expect, test } from 'bun:test'
import { openStore } from '../../src/store/sqlite/sqlite'
import type { NameRules, Store } from '../../src/store/store'
import { makeFolder, removeFolder } from '../helpers/folders'
import { rules } from './engine'
import { hash, newUser, session } from './people'
import { make, newRoom } from './rooms'

/** Opens the same folder with other rules, as a newer program does. */
function reopen(folder: string, names: NameRules): Store {
  const store = openStore({ folder, ...rules, names, now: () => 1 })
  if ('problem' in store) throw new Error(store.problem)
  return store
}

const lower = (name: string): string => name.toLowerCase()
const plain = (name: string) => ({ folded: lower(name), skeleton: lower(name) })
/** Compares without digits, which older rules did not. */
const bare = (name: string) => ({ folded: lower(name), skeleton: lower(name).replace(/\d/g, '') })

test('stored names are compared by the rules of the program that opens them', async () => {
  const folder = makeFolder()
  const before = reopen(folder, { version: 'a', ofPerson: plain, ofRoom: plain })
  for (const [n, name] of ['Mei1', 'Mei2', 'Tom'].entries()) {
    await before.users.join({ ...newUser(name), createdAt: 10 - n }, session(n + 1), null)
  }
  const mei = await before.sessions.findUser(hash(1))
  if (mei === null) throw new Error('Mei has a session')
  for (const name of ['Tea1', 'Tea2']) await make(before, mei, name)
  await before.close()

  const newer = { version: 'b', ofPerson: bare, ofRoom: bare }
  const store = reopen(folder, newer)
  // Mei2 has held her name longer; Mei1 keeps hers, and is found by it.
  expect(await store.users.isNameFree('x', 'mei')).toBe(false)
  const free = { ...newUser('Mei3'), skeleton: 'mei' }
  expect(await store.users.join(free, session(9), null)).toEqual({ refused: 'name_taken' })
  expect((await store.users.named('mei', 9)).map(({ nickname }) => nickname)).toEqual([
    'Mei1',
    'Mei2',
  ])
  expect(await store.rooms.create({ ...newRoom(mei, 'Tea3'), skeleton: 'tea' })).toEqual({
    refused: 'room_name_taken',
  })
  await store.sessions.leave(hash(2), 20)
  expect(await store.users.isNameFree('mei1', 'x')).toBe(false)
  expect(await store.users.isNameFree('x', 'mei')).toBe(true)
  await store.close()

  // The same rules change nothing.
  const again = reopen(folder, { ...newer, ofPerson: plain })
  expect(await again.users.isNameFree('x', 'mei1')).toBe(true)
  await again.close()
  removeFolder(folder)
})
