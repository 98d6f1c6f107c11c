import type { Engine } from './contract'
import type { SearchPage, SearchQuery, Store, User } from '../../src/store/store'

/** A search without any condition. */
export const anything: SearchQuery = {
  user: 0,
  words: [],
  sender: null,
  room: null,
  since: null,
  until: null,
  has: [],
  after: null,
  limit: 50,
}

/** What this person finds; fails when it is refused. */
export async function find(
  store: Store,
  { id }: User,
  query: Partial<SearchQuery>,
): Promise<SearchPage> {
  const page = await store.search({ ...anything, user: id, ...query })
  if ('refused' in page) throw new Error(page.refused)
  return page
}

export async function texts(store: Store, user: User, ...words: string[]): Promise<string[]> {
  return (await find(store, user, { words })).hits.map(({ message }) => message.content)
}

/** An engine in which each search finds all in the index. */
export function withFullIndex(engine: Engine): Engine {
  const known = (store: Store): Store => ({
    ...store,
    async search(query) {
      await engine.indexed()
      return store.search(query)
    },
  })
  return {
    ...engine,
    store: known(engine.store),
    reopen: async () => known(await engine.reopen()),
  }
}
