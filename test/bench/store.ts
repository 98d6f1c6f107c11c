import { cpSync } from 'node:fs'
import { serverLimits } from '../../src/server/limits'
import { postingBatchMax } from '../../src/chat/messages/post-message'
import { newId } from '../../src/island/ui/storage'
import { openStore } from '../../src/store/sqlite/sqlite'
import type { Room, Store, User } from '../../src/store/store'
import { makeFolder, removeFolder } from '../helpers/folders'
import { rules } from '../store/engine'
import { join, message } from '../store/people'
import type { Figure } from './figures'
import { indexed } from './fill'
import { limits } from '../../src/shared/limits'

const rounds = 5
/** Each figure of a round is the mean of so many; a commit alone is what the disk takes. */
const repeats = 40
const roomCount = 1_000
const authorCount = 10

type Instance = { store: Store; folder: string; count: number; reader: User; authors: User[] }

/** What the store's work costs in a small instance and in large ones, of one shape, in turns. */
export async function* benchStore(): AsyncGenerator<Figure[]> {
  const largest = process.argv.includes('--large') ? [5_000_000] : []
  const instances = await grow([10_000, 100_000, 1_000_000, ...largest])
  // Filled in one go, they have not come to index it all, which posts would pay for at some point.
  for (const { folder } of instances) await indexed(folder)
  const tallies = works.map(({ name }) => {
    return { name, rounds: Object.fromEntries(instances.map(({ count }) => [nameOf(count), []])) }
  })
  for (let round = 0; round <= rounds; round += 1) {
    for (const [n, { work }] of works.entries()) {
      for (const instance of instances) {
        const micros = await time(instance, work)
        // The first time everything is cold.
        const tally: number[] = tallies[n]?.rounds[nameOf(instance.count)] ?? []
        if (round > 0) tally.push(micros)
      }
    }
  }
  for (const { store, folder } of instances) {
    await store.close()
    removeFolder(folder)
  }
  const figure = { bench: 'store', scenario: `${roomCount} rooms`, unit: 'µs' }
  yield tallies.map(({ name, rounds }) => ({ ...figure, figure: name, rounds }))
}

function nameOf(count: number): string {
  return count.toLocaleString('en')
}

type Work = (instance: Instance, room: Room) => Promise<unknown>

const works: { name: string; work: Work }[] = [
  ...[1, 10, 100].map((size) => ({ name: `append ${size}`, work: appending(size) })),
  { name: 'append 100, random ids', work: appending(100, () => crypto.randomUUID()) },
  {
    name: 'a page of history',
    work: ({ store }, room) =>
      store.messages.before(room, Math.ceil(room.revision / 2), limits.historyPageRows),
  },
  { name: 'the newest page', work: ({ store }, room) => newest(store, room) },
  {
    name: 'catching up with 200',
    work: ({ store }, room) =>
      store.messages.changesAfter(room, room.revision - 200, 200, serverLimits.catchUpUnitsMax),
  },
  {
    name: 'all rooms with unread counts',
    work: ({ store, reader }) => store.rooms.ofUser(reader.id, 60, null),
  },
]

function newest(store: Store, room: Room): Promise<unknown> {
  return store.messages.before(room, null, limits.historyPageRows)
}

function appending(size: number, makeId = newId): Work {
  return ({ store, authors }, room) => {
    const batch = Array.from({ length: size }, (_, k) => {
      const author = authors[k % authors.length]
      if (author === undefined) throw new Error('somebody has to say it')
      return message(author, { room: room.id, clientId: makeId(), content })
    })
    return store.messages.append(batch)
  }
}

const content = 'See you at nine at the station, and bring the long rope.'

async function time(instance: Instance, work: Work): Promise<number> {
  const room = await instance.store.rooms.find(instance.reader.id, 1)
  if (room === null) throw new Error('everybody is in the first room')
  const startedAt = performance.now()
  for (let n = 0; n < repeats; n += 1) await work(instance, room)
  return ((performance.now() - startedAt) * 1_000) / repeats
}

/** One instance that grows, copied at each size. */
async function grow(counts: number[]): Promise<Instance[]> {
  const folders = counts.map(() => makeFolder())
  let people: Pick<Instance, 'reader' | 'authors'> | null = null
  let before = 0
  for (const [n, count] of counts.entries()) {
    const folder = folders[n] ?? ''
    if (n > 0) cpSync(folders[n - 1] ?? '', folder, { recursive: true })
    const store = open(folder)
    people ??= await settle(store)
    await fill(store, people, before, count)
    await store.close()
    before = count
  }
  return counts.map((count, n) => {
    const folder = folders[n] ?? ''
    if (people === null) throw new Error('there is at least one size')
    return { store: open(folder), folder, count, ...people }
  })
}

function open(folder: string): Store {
  const store = openStore({ folder, ...rules, now: () => 1 })
  if ('problem' in store) throw new Error(store.problem)
  return store
}

/** Authors and a reader, who is in all rooms and has read nothing. */
async function settle(store: Store): Promise<Pick<Instance, 'reader' | 'authors'>> {
  const reader = await join(store, 'Reader', 0)
  const authors: User[] = []
  for (let n = 1; n <= authorCount; n += 1) authors.push(await join(store, `Author ${n}`, n))
  for (let n = 1; n < roomCount; n += 1) {
    const name = { name: `Room ${n}`, folded: `room ${n}`, skeleton: `room ${n}` }
    const made = { kind: 'open' as const, topic: '', host: reader.id, createdAt: 1 }
    const room = await store.rooms.create({ ...name, ...made })
    if ('refused' in room) throw new Error('a room has its own name')
    for (const { id } of authors) await store.rooms.join(id, room.id, 1)
  }
  return { reader, authors }
}

/** Half of all is said in the first room, the rest is spread; the reader is 4 behind in each. */
async function fill(
  store: Store,
  { authors, reader }: Pick<Instance, 'reader' | 'authors'>,
  from: number,
  to: number,
): Promise<void> {
  for (let n = from; n < to; n += postingBatchMax) {
    const size = Math.min(postingBatchMax, to - n)
    const batch = Array.from({ length: size }, (_, k) => {
      const author = authors[(n + k) % authorCount]
      if (author === undefined) throw new Error('somebody has to say it')
      const room = (n + k) % 2 === 0 ? 1 : 2 + (((n + k) >> 1) % (roomCount - 1))
      return message(author, { room, clientId: `fill-${n + k}`, content })
    })
    await store.messages.append(batch)
  }
  for (const room of await store.rooms.ofUser(reader.id, 60, null)) {
    await store.rooms.markRead(
      { roomId: room.id, userId: reader.id },
      Math.max(0, room.revision - 4),
    )
  }
}
