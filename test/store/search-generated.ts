import { expect } from 'bun:test'
import type { NewMessage, SearchQuery } from '../../src/store/store'
import { chooseSeed, createRandom } from '../helpers/random'
import type { Engine } from './contract'
import { anything } from './finding'
import { join, message } from './people'

const dayMs = 86_400_000
const vocabulary = ['tide', 'tides', 'Ebb', 'rope', '上海', '海', '的', 'naïve', 'see www.sea.org']

/** Compares what is found with a plain scan, whatever is in the index. */
export async function findAsAScan(engine: Engine, steps: number): Promise<void> {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const pick = <Value>(values: Value[]): Value => {
    const value = values[random(values.length)]
    if (value === undefined) throw new Error('there is something to pick from')
    return value
  }
  const { store } = engine
  const people = [
    await join(store, 'Ada', 1),
    await join(store, 'Eve', 2),
    await join(store, 'Mei', 3),
  ]
  const ids = people.map(({ id }) => id)
  const own = [1, await engine.makeRoom('shared', ids)]
  const rooms = [...own, await engine.makeRoom('without Ada', ids.slice(1))]
  const all: NewMessage[] = []
  const say = async (count: number): Promise<void> => {
    const batch = Array.from({ length: count }, (_, n) => {
      const content = Array.from({ length: 1 + random(4) }, () => pick(vocabulary)).join(
        pick([' ', '']),
      )
      const room = pick(rooms)
      const author = pick(room === rooms[2] ? people.slice(1) : people)
      const createdAt = random(900 * dayMs)
      return message(author, { room, content, createdAt, clientId: `m-${all.length + n}` })
    })
    all.push(...batch)
    await store.messages.append(batch)
  }
  for (let step = 0; step < steps; step += 1) {
    // A third of the searches see an index that has everything, the others one that is behind.
    await say(random(40))
    if (random(3) === 0) await engine.indexed()
    const since = random(2) === 0 ? null : random(900 * dayMs)
    const query: SearchQuery = {
      ...{ ...anything, user: ids[0] ?? 0, limit: 10_000, since },
      words: Array.from({ length: random(3) }, () =>
        pick(['TIDE', 'ti', 'e', '上海', '海', 'naive']),
      ),
      sender: random(3) === 0 ? pick(ids) : null,
      room: random(3) === 0 ? pick(rooms) : null,
      until: random(2) === 0 ? null : (since ?? 0) + random(400 * dayMs),
      has: random(4) === 0 ? ['link'] : [],
    }
    // A query without any condition is refused before it comes to the store.
    const { words, sender, room, until, has } = query
    if ([...words, ...has, sender ?? room ?? since ?? until ?? []].flat().length === 0) continue
    const page = await store.search(query)
    if ('refused' in page) throw new Error(page.refused)
    const found = page.hits.map((hit) => hit.message.clientId)
    const expected = all.filter((each) => own.includes(each.room) && isWanted(each, query))
    const wanted = expected.map(({ clientId }) => clientId).toReversed()
    expect({ seed, step, query, found }).toEqual({ seed, step, query, found: wanted })
    // Also what is only counted must be in the person's rooms.
    expect(page.count?.messages).toBe(wanted.length)
  }
}

/** The plain way: every condition on every message. */
function isWanted({ author, room, content, createdAt }: NewMessage, query: SearchQuery): boolean {
  const { words, sender, since, until, has } = query
  const text = content.toLowerCase().replaceAll('ï', 'i')
  return (
    words.every((word) => text.includes(word.toLowerCase())) &&
    (sender === null || author === sender) &&
    (query.room === null || room === query.room) &&
    (since === null || createdAt >= since) &&
    (until === null || createdAt < until) &&
    (has.length === 0 || text.includes('www.sea.org'))
  )
}
