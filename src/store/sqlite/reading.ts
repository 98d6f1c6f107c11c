import type { Store } from '../store'
import type { Reader } from './reader'

/** What the reading thread answers, in SQLite. */
export function createReading(reader: Reader): Pick<Store, 'search' | 'measure' | 'readOn'> {
  return {
    async search(query) {
      if (reader.isBusy()) return { refused: 'busy' }
      return reader.ask({ kind: 'search', query })
    },
    async measure({ id: room, revision: upTo }, user) {
      return reader.ask({ kind: 'measure', query: { room, user, upTo } })
    },
    async readOn({ id: room, revision: upTo }, user, after, limit) {
      return reader.ask({ kind: 'read', query: { room, user, after, upTo, limit } })
    },
  }
}
