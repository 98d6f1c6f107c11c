import { ChatError } from '../../server/errors'
import { limits } from '../../shared/limits'
import type { Place, SearchPage } from '../../store/store'
import type { Chat, Visitor } from '../chat'
import { isEmpty, type Search } from './parse-search'

export type FindMessages = (
  visitor: Visitor,
  search: Search,
  after: Place | null,
  limit?: number,
) => Promise<SearchPage>

/**
 * Makes the verb that finds messages: of each browser one search at a time and one that waits.
 * Throws `too_many` to a third one, `busy` when many wait, and `bad_request` for a place to go on
 * from that is none.
 */
export function createFindMessages(chat: Chat): FindMessages {
  const running = new Map<string, number>()
  return async ({ session, user }, search, after, limit = limits.searchPageRows) => {
    if (isEmpty(search)) return nothing
    const before = running.get(session) ?? 0
    if (before >= limits.searchesAtOnceMax) throw new ChatError('too_many', limits.searchRetryMs)
    running.set(session, before + 1)
    try {
      const { words, sender, room, has, sinceAt: since, untilAt: until } = search
      const query = { user: user.id, words, sender, room, has, since, until, after, limit }
      const page = await chat.store.search(query)
      if (!('refused' in page)) return page
      if (page.refused === 'busy') throw new ChatError('busy', limits.searchRetryMs)
      throw new ChatError('bad_request')
    } finally {
      const left = (running.get(session) ?? 1) - 1
      if (left === 0) running.delete(session)
      else running.set(session, left)
    }
  }
}

const nothing: SearchPage = { hits: [], next: null, isAll: true, count: null }
