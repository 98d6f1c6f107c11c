import { createConcurrencyLimit } from '../../server/concurrency'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import type { Place, SearchPage } from '../../store/store'
import type { Chat, Visitor } from '../chat'
import { isEmpty, type Search } from './parse-search'

/** Of one browser: one that runs, and the one typed meanwhile. */
const searchesAtOnceMax = 2
const retryMs = 300

export type FindMessages = (
  visitor: Visitor,
  search: Search,
  after: Place | null,
  limit?: number,
) => Promise<SearchPage>

/**
 * Makes the search for messages. It throws `too_many` for a third search of one browser, `busy`
 * when many searches wait, and `bad_request` for an invalid `after`.
 */
export function createFindMessages(chat: Chat): FindMessages {
  const take = createConcurrencyLimit({ perKey: searchesAtOnceMax, all: Infinity, retryMs })
  return async ({ session, user }, search, after, limit = serverLimits.searchPageRows) => {
    if (isEmpty(search)) return nothing
    const release = take(session)
    try {
      const { words, sender, room, has, sinceAt: since, untilAt: until } = search
      const query = { user: user.id, words, sender, room, has, since, until, after, limit }
      const page = await chat.store.search(query)
      if (!('refused' in page)) return page
      if (page.refused === 'busy') throw new ChatError('busy', retryMs)
      throw new ChatError('bad_request')
    } finally {
      release()
    }
  }
}

const nothing: SearchPage = { hits: [], next: null, isAll: true, count: null }
