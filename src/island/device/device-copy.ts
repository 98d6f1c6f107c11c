import { createPaths } from '../../shared/paths'
import type { ChatEvent } from '../../shared/protocol'
import type { App, DeviceCopy, DeviceHit } from '../app'
import type { CopiedMessage } from './copied-message'
import { createTabs, type Tabs } from '../ui/tabs'
import { readEvent } from './copied-message'
import { copiedRoom } from './copied-room'
import { findIn } from './copy-search'
import { type Change, type CopyStore, openCopyStore } from './copy-store'

/** What is copied: nothing, open rooms, or private rooms, too. */
export type Keeping = 'off' | 'open' | 'all'

/** The copy with what the settings change about it. */
export type ManagedCopy = DeviceCopy & {
  read: (room: number) => CopiedMessage[]
  keeping: () => Keeping
  keep: (keeping: Keeping) => void
  usage: CopyStore['usage']
  clear: () => void
}

type State = {
  app: App
  store: CopyStore
  tabs: Tabs
  /** Rooms whose copy is behind, with their newest revision. */
  behind: Map<number, number>
  timer: Timer | undefined
  isUpdating: boolean
  /** Another tab fetches: until then this one only does when that tab fails to. */
  followsUntil: number
}

/** Changes of one moment are fetched together. */
const gatherMs = 500
/** Everybody in a room fetches the same: the larger the room, the longer they gather. */
const gatherMsPerPerson = 50
const otherTabMs = 2_000
const followMs = 60_000
const retryMs = 5_000
/** The copy of a room begins with so many of its last changes. */
const firstRevisions = 400
/** A copy that is so many pages behind is begun again. */
const pagesMax = 10
/** Hits of a search in the copy. */
const hitsMax = 50

/**
 * Opens the copy of the person on this page. It is filled from the room's changes as JSON, which
 * name edits and deletions as well; one of the browser's tabs fetches them.
 */
export function openDeviceCopy(app: App): ManagedCopy {
  const { page, storage } = app
  const store = openCopyStore(storage, page.user?.id ?? 0, page.epoch)
  // Unsent messages and drafts matter more than a copy.
  storage.makeRoom = store.evict
  const state: State = {
    app,
    store,
    tabs: createTabs(`chatroom-copy-${page.house}`, (heads) => onOtherTab(state, heads)),
    behind: new Map(),
    timer: undefined,
    isUpdating: false,
    followsUntil: 0,
  }
  const copyRoomOnPage = (): void => {
    const room = app.timeline.room()
    const revision = Math.max(app.positions.known(room), app.rooms.find(room)?.revision ?? 0)
    changed(state, room, revision)
  }
  document.getElementById('log')?.addEventListener('fresh', copyRoomOnPage)
  const setRooms = (): void => {
    dropOrUpdate(state)
    copyRoomOnPage()
  }
  setRooms()
  return {
    changed: (room, revision) => changed(state, room, revision),
    onEvent: (event) => onEvent(state, event),
    setRooms,
    openRoom: (room) => copiedRoom(app, store, room),
    read: (room) => store.read(room),
    find: (words) => find(state, words),
    keeping: () => keepingOf(state),
    keep(keeping) {
      storage.write(keepingKey(state), keeping)
      setRooms()
    },
    usage: store.usage,
    clear: store.clear,
  }
}

function keepingKey({ app }: State): string {
  return `keeping.${app.page.user?.id}`
}

function keepingOf(state: State): Keeping {
  const keeping = state.app.storage.read(keepingKey(state))
  return keeping === 'off' || keeping === 'all' ? keeping : 'open'
}

/** Closed and direct rooms are copied only on a device that the person called their own. */
function isAllowed(state: State, room: number): boolean {
  const keeping = keepingOf(state)
  const kind = state.app.rooms.find(room)?.kind
  return keeping !== 'off' && kind !== undefined && (kind === 'open' || keeping === 'all')
}

function onEvent(state: State, event: ChatEvent): void {
  if (event.type === 'message.removed' || event.type === 'caught_up') {
    changed(state, event.room, event.revision)
  } else if (event.type === 'room.left') state.store.forget(event.room)
}

/** The rooms of the person are known anew: copies of other rooms go, the rest is updated. */
function dropOrUpdate(state: State): void {
  const { app, store } = state
  const rooms = new Map(app.rooms.list().map(({ id, revision }) => [id, revision]))
  // Before the first hello nothing is known of any room.
  if (rooms.size === 0) return
  for (const room of store.rooms()) {
    const revision = rooms.get(room)
    if (revision === undefined || !isAllowed(state, room)) store.forget(room)
    else changed(state, room, revision)
  }
}

function changed(state: State, room: number, revision: number): void {
  if (!isAllowed(state, room) || revision <= (state.store.head(room) ?? 0)) return
  state.behind.set(room, Math.max(revision, state.behind.get(room) ?? 0))
  const people = state.app.rooms.find(room)?.online ?? 0
  const isFollowing = performance.now() < state.followsUntil
  schedule(state, (isFollowing ? otherTabMs : gatherMs) + people * gatherMsPerPerson)
}

function schedule(state: State, ms: number): void {
  state.timer ??= setTimeout(() => {
    state.timer = undefined
    if (state.behind.size === 0) return
    state.tabs.claim(() => void updateAll(state))
    // Another tab does it, or was about to and was suspended.
    schedule(state, otherTabMs)
  }, ms)
}

async function updateAll(state: State): Promise<void> {
  if (state.isUpdating) return
  state.isUpdating = true
  state.followsUntil = 0
  let isRefused = false
  for (const room of [...state.behind.keys()]) isRefused ||= !(await update(state, room))
  state.isUpdating = false
  if (state.behind.size > 0) schedule(state, isRefused ? retryMs : gatherMs)
}

/** Another tab has fetched these rooms up to these revisions. */
function onOtherTab(state: State, heads: unknown): void {
  state.followsUntil = performance.now() + followMs
  for (const [room, head] of Object.entries(heads ?? {})) {
    const wanted = state.behind.get(Number(room)) ?? Number.POSITIVE_INFINITY
    if (wanted <= Number(head)) state.behind.delete(Number(room))
  }
}

/** Fetches what a room's copy is behind; false when the server refuses for a while. */
async function update(state: State, room: number): Promise<boolean> {
  const { behind, store, tabs } = state
  const wanted = behind.get(room) ?? 0
  if (store.head(room) === null) store.setHead(room, Math.max(0, wanted - firstRevisions))
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const result = await fetchPage(state, room)
    if (result === 'refused') return false
    if (result === 'more') continue
    const head = store.head(room) ?? 0
    tabs.tell({ [room]: head })
    if (result === 'done' && head < (behind.get(room) ?? 0)) return true
    behind.delete(room)
    return true
  }
  store.forget(room)
  return true
}

/** One page of changes: whether there are more, or why not. */
async function fetchPage(
  { app, store }: State,
  room: number,
): Promise<'more' | 'done' | 'gone' | 'refused'> {
  const after = store.head(room) ?? 0
  const path = `${createPaths(app.page.base).changes(room)}?epoch=${app.page.epoch}&after=${after}`
  const answer = await fetch(path, { headers: { Accept: 'application/json' } }).catch(() => null)
  if (answer?.status === 429 || answer?.status === 503) return 'refused'
  if (answer?.status === 404) store.forget(room)
  const changes: Changes | null = answer?.ok === true ? await answer.json().catch(() => null) : null
  // The copy may have been cleared, or the person put out of the room, meanwhile.
  if (changes === null || store.head(room) === null) return 'gone'
  if (changes.reload === true) {
    store.forget(room)
    return 'gone'
  }
  store.apply(
    room,
    changesOf(changes.events, (seq) => store.find(room, seq)),
  )
  store.setHead(room, changes.revision)
  return changes.more && changes.revision > after ? 'more' : 'done'
}

type Changes = { events: ChatEvent[]; revision: number; more: boolean; reload?: boolean }

function changesOf(events: ChatEvent[], find: (seq: number) => CopiedMessage | null): Change[] {
  const fresh = new Map<number, CopiedMessage>()
  return events.flatMap((event): Change[] => {
    if (event.type === 'message.removed') {
      return [{ kind: 'gone', room: event.room, seq: event.seq }]
    }
    if (event.type !== 'message' && event.type !== 'message.changed') return []
    const { reply_to } = event
    const replied = reply_to === null ? null : (fresh.get(reply_to) ?? find(reply_to))
    const message = readEvent(event, replied)
    fresh.set(message.seq, message)
    return [{ kind: 'message', message }]
  })
}

/** Messages of rooms the person is in, with the room's name of today. */
function find({ app, store }: State, words: string): DeviceHit[] {
  return findIn(store.chunks(), words, hitsMax).flatMap((hit) => {
    const roomName = app.rooms.find(hit.room)?.name
    const { room, seq, name, text } = hit
    return roomName === undefined ? [] : [{ room, seq, roomName, sender: name, text }]
  })
}
