import type { ChatEvent } from '../../shared/protocol'
import { catchUp } from './history-catch-up'
import { type Change, type HistoryStore, openHistoryStore } from './history-store'
import { findIn, type Hit } from './history-search'
import type { Parts } from '../app'
import { readRow, type Remembered } from './remembered'
import { rememberedRoom, type RememberedRoom } from './remembered-room'
import { placeOf, revisionOf } from '../timeline/rows'
import { createTabs, type Tabs } from '../ui/tabs'

/** Messages of one moment are written together. */
const historyWriteMs = 500
/** Search results on this device. */
const historyHitsMax = 50

/** Nothing, open rooms, or on somebody's own device private ones, too. */
export type Keeping = 'off' | 'open' | 'all'

/** What was said, as far as this browser heard it: to read without the server, and to search. */
export type History = {
  /** Rows the server published, of whatever room. */
  heard: (rows: HTMLElement[]) => void
  onEvent: (event: ChatEvent) => void
  /** The rooms of this person are known anew. */
  greeted: () => void
  /** A room to be shown before the server answers, or instead; null when nothing is kept of it. */
  remembered: (room: number) => RememberedRoom | null
  read: (room: number) => Remembered[]
  /** Messages that hold all of these words, newest first: "on this device". */
  search: (words: string, hitsMax?: number) => Hit[]
  keeping: () => Keeping
  keep: (keeping: Keeping) => void
  usage: HistoryStore['usage']
  clear: () => void
}

/** What is to be written; `known` says that the copy is behind unless it reaches this revision. */
type Wish =
  | { kind: 'row'; room: number; seq: number; revision: number; row: HTMLElement }
  | { kind: 'gone'; room: number; seq: number; revision: number }
  | { kind: 'caughtUp'; room: number; seq: -1; revision: number; after: number }
  | { kind: 'known'; room: number; seq: -2; revision: number }

type Keeper = {
  parts: Parts
  store: HistoryStore
  tabs: Tabs
  wishes: Map<string, Wish>
  timer: Timer | undefined
  /** Another tab writes: until then this one waits longer for it to do so. */
  followsUntil: number
}

/** Opens the history of the person on this page and begins to keep what they read and hear. */
export function openHistory(parts: Parts): History {
  const { page, storage } = parts
  const store = openHistoryStore(storage, page.user?.id ?? 0, page.epoch)
  // Unsent messages and drafts matter more than a copy: it makes room for them, too.
  storage.makeRoom = store.evict
  const wishes = new Map<string, Wish>()
  const tabs = createTabs(`chatroom-history-${page.house}`, (told) => strike(keeper, told))
  const keeper: Keeper = { parts, store, tabs, wishes, timer: undefined, followsUntil: 0 }
  watchRows((rows) => heard(keeper, rows))
  greet(keeper)
  return {
    heard: (rows) => heard(keeper, rows),
    onEvent: (event) => hear(keeper, event),
    greeted: () => greet(keeper),
    remembered: (room) => rememberedRoom(parts, store, room),
    read: (room) => store.read(room),
    search: (words, hitsMax = historyHitsMax) => findIn(store.chunks(), words, hitsMax),
    keeping: () => keepingOf(keeper),
    keep(keeping) {
      storage.write(keyOf(keeper), keeping)
      greet(keeper)
    },
    usage: store.usage,
    clear: store.clear,
  }
}

function keyOf({ parts }: Keeper): string {
  return `keeping.${parts.page.user?.id}`
}

function keepingOf(keeper: Keeper): Keeping {
  const keeping = keeper.parts.storage.read(keyOf(keeper))
  return keeping === 'off' || keeping === 'all' ? keeping : 'open'
}

/** Rooms by invitation and private ones only on a device that somebody called their own. */
function isAllowed(keeper: Keeper, room: number): boolean {
  const keeping = keepingOf(keeper)
  const kind = keeper.parts.rooms.find(room)?.kind
  return keeping !== 'off' && kind !== undefined && (kind === 'open' || keeping === 'all')
}

/** Whatever comes into the list, from wherever, and whatever changes in it. */
function watchRows(onRows: (rows: HTMLElement[]) => void): void {
  const log = document.getElementById('log')
  if (log === null) return
  const rowsIn = (node: Node): HTMLElement[] => {
    if (!(node instanceof HTMLElement)) return []
    return node.matches('.msg') ? [node] : [...node.querySelectorAll<HTMLElement>('.msg')]
  }
  const watcher = new MutationObserver((records) =>
    onRows(
      records.flatMap(({ target, addedNodes, type }) =>
        type === 'attributes' ? rowsIn(target) : [...addedNodes].flatMap(rowsIn),
      ),
    ),
  )
  watcher.observe(log, { subtree: true, childList: true, attributeFilter: ['data-revision'] })
}

function heard(keeper: Keeper, rows: HTMLElement[]): void {
  for (const row of rows) {
    const { room, seq } = placeOf(row)
    const isKept = row.closest('[data-remembered]') !== null
    if (seq > 0 && !isKept) wish(keeper, { kind: 'row', room, seq, revision: revisionOf(row), row })
  }
}

function hear(keeper: Keeper, event: ChatEvent): void {
  if (event.type === 'message.removed') {
    const { room, seq, revision } = event
    wish(keeper, { kind: 'gone', room, seq, revision })
  } else if (event.type === 'caught_up') {
    const { room, after, revision } = event
    wish(keeper, { kind: 'caughtUp', room, seq: -1, revision, after })
  } else if (event.type === 'room.left') keeper.store.forget(event.room)
}

/** What the copy missed while nobody listened is fetched; rooms that may not be kept go. */
function greet(keeper: Keeper): void {
  const { parts, store } = keeper
  const rooms = new Map(parts.rooms.list().map(({ id, revision }) => [id, revision]))
  // Not greeted yet: nothing is known of any room.
  if (rooms.size === 0) return
  for (const room of store.rooms()) {
    const revision = rooms.get(room)
    if (revision === undefined || !isAllowed(keeper, room)) store.forget(room)
    else wish(keeper, { kind: 'known', room, seq: -2, revision })
  }
  heard(keeper, [...document.querySelectorAll<HTMLElement>('#log .msg')])
}

/** The newest wish for each message; they are written together, by one of the tabs. */
function wish(keeper: Keeper, next: Wish): void {
  if (!isAllowed(keeper, next.room)) return
  const key = `${next.room}.${next.seq}`
  if ((keeper.wishes.get(key)?.revision ?? -1) > next.revision) return
  keeper.wishes.set(key, next)
  const isFollowing = performance.now() < keeper.followsUntil
  const pauseMs = isFollowing ? patienceMs : historyWriteMs
  keeper.timer ??= setTimeout(() => claim(keeper), pauseMs)
}

const patienceMs = historyWriteMs * 4

function claim(keeper: Keeper): void {
  keeper.timer = undefined
  if (keeper.wishes.size === 0) return
  keeper.tabs.claim(() => fulfil(keeper))
  // Another tab does it, or was about to and fell asleep.
  keeper.timer = setTimeout(() => claim(keeper), patienceMs)
}

/** Another tab has written this: nothing is left to do here. */
function strike(keeper: Keeper, message: unknown): void {
  const { wishes } = keeper
  keeper.followsUntil = performance.now() + followMs
  const written = typeof message === 'object' && message !== null ? Object.entries(message) : []
  for (const [key, revision] of written) {
    if ((wishes.get(key)?.revision ?? Number.POSITIVE_INFINITY) <= Number(revision)) {
      wishes.delete(key)
    }
  }
  if (wishes.size === 0) rest(keeper)
}

const followMs = 60_000

/** The next wish begins a moment of its own. */
function rest(keeper: Keeper): void {
  clearTimeout(keeper.timer)
  keeper.timer = undefined
}

function fulfil(keeper: Keeper): void {
  const { parts, store, tabs, wishes } = keeper
  const all = [...wishes.values()].filter(({ room }) => isAllowed(keeper, room))
  tabs.tell(Object.fromEntries([...wishes].map(([key, { revision }]) => [key, revision])))
  wishes.clear()
  rest(keeper)
  keeper.followsUntil = 0
  for (const [room, those] of Map.groupBy(all, (each) => each.room)) {
    store.apply(room, those.flatMap(changeOf))
    // Without a copy there is nothing that could be behind.
    const head = store.head(room) ?? Math.max(...those.map(({ revision }) => revision))
    const reached = advance(head, those)
    store.setHead(room, reached)
    const isBehind = those.some(({ revision }) => revision > reached)
    if (isBehind) void catchUp(parts.page, store, room)
  }
}

function changeOf(wish: Wish): Change[] {
  if (wish.kind === 'gone') return [wish]
  const message = wish.kind === 'row' ? readRow(wish.row) : null
  return message === null ? [] : [{ kind: 'message', message }]
}

/** How far the copy is true with these: revisions are contiguous, so a hole is seen. */
function advance(head: number, wishes: Wish[]): number {
  let reached = head
  for (const wish of wishes) {
    if (wish.kind === 'caughtUp' && wish.after <= reached) {
      reached = Math.max(reached, wish.revision)
    }
  }
  for (const { kind, revision } of wishes.toSorted((a, b) => a.revision - b.revision)) {
    if (kind !== 'known' && revision === reached + 1) reached = revision
  }
  return reached
}
