import type { ExportQuery } from '../sql/export'
import type { Store } from '../store'
import type { ExportPage, SearchOutcome, SearchQuery } from './query'
import type { Place } from './turns'

/** A search that waits longer is refused, well before the connection of its client is closed. */
const searchWaitMsMax = 5_000
/** The time of a search: when nobody else waits, and when somebody does. */
export const searchMs = { alone: 1_000, crowded: 100 }

/** What may take long, when it is its turn. */
type Reads = {
  search: (query: SearchQuery, place: Place) => Promise<SearchOutcome>
  read: (
    query: ExportQuery,
    place: Place,
  ) => Promise<ExportPage | null | { refused: 'busy' | 'replaced' }>
}

/** The part of the Store that may take long. */
export function createReading({ search, read }: Reads): Pick<Store, 'search' | 'readOn'> {
  return {
    search: (query, address = '') =>
      search(query, { line: `search ${address}`, person: query.user, msMax: searchWaitMsMax }),
    async readOn({ id: room, revision: upTo }, { id: user, address }, after, limit) {
      const page = await read({ room, user, after, upTo, limit }, { line: `export ${address}` })
      if (page !== null && 'refused' in page) throw new Error('too many exports wait')
      return page
    },
  }
}
