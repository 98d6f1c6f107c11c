import type { ChatEvent } from '../../shared/protocol'
import { createPaths } from '../../shared/paths'
import type { Change, HistoryStore } from './history-store'
import type { Page } from '../ui/page'
import { readEvent, type Remembered } from './remembered'

/** Pages of changes a copy may be behind; beyond it a new copy is cheaper. */
const historyCatchUpPages = 10

const waiting = new Set<number>()
let last: Promise<void> = Promise.resolve()

/**
 * Brings the copy of a room up to date, one room after the other: what was changed and taken back
 * while nobody listened, too. A copy that is too far behind is worth less than the road.
 */
export function catchUp(page: Page, store: HistoryStore, room: number): Promise<void> {
  if (waiting.has(room)) return last
  waiting.add(room)
  last = last.then(() => fetchAll(page, store, room)).catch(() => {})
  return last
}

async function fetchAll(page: Page, store: HistoryStore, room: number): Promise<void> {
  waiting.delete(room)
  for (let pages = 0; await fetchPage(page, store, room); pages += 1) {
    if (pages < historyCatchUpPages) continue
    store.forget(room)
    break
  }
}

/** True when there is more. */
async function fetchPage(page: Page, store: HistoryStore, room: number): Promise<boolean> {
  const after = store.head(room) ?? 0
  const path = `${createPaths(page.base).changes(room)}?epoch=${page.epoch}&after=${after}`
  const answer = await fetch(path, { headers: { Accept: 'application/json' } }).catch(() => null)
  if (answer?.status === 404) store.forget(room)
  if (answer?.ok !== true) return false
  const body: unknown = await answer.json().catch(() => null)
  // Cleared, switched off, or put out of the room meanwhile: nothing of it is wanted any more.
  if (store.head(room) === null) return false
  const { events, more, reload, revision } = readAnswer(body)
  if (reload) {
    store.forget(room)
    return false
  }
  const fresh = new Map<number, Remembered>()
  const find = (seq: number): Remembered | null => fresh.get(seq) ?? store.find(room, seq)
  const changes = events.flatMap((event) => {
    const [change] = changeOf(event, find)
    if (change?.kind === 'message') fresh.set(change.message.seq, change.message)
    return change ?? []
  })
  store.apply(room, changes)
  store.setHead(room, revision)
  return more && revision > after
}

type Answer = { events: ChatEvent[]; revision: number; more: boolean; reload: boolean }

/** Our own server's answer; only its outline is checked. */
function readAnswer(body: unknown): Answer {
  const answer: Answer = { events: [], revision: 0, more: false, reload: true }
  if (typeof body !== 'object' || body === null) return answer
  return { ...answer, reload: false, ...body }
}

function changeOf(event: ChatEvent, find: (seq: number) => Remembered | null): Change[] {
  if (event.type === 'message.removed') {
    return [{ kind: 'gone', room: event.room, seq: event.seq }]
  }
  if (event.type !== 'message' && event.type !== 'message.changed') return []
  const answered = event.reply_to === null ? null : find(event.reply_to)
  return [{ kind: 'message', message: readEvent(event, answered) }]
}
