import { createPaths } from '../../shared/paths'
import type { ChatEvent } from '../../shared/protocol'
import type { App, DeviceCopy, DeviceHit } from '../app'
import { fieldsOf } from '../ui/shape'
import { createTabs, type Tabs } from '../ui/tabs'
import { copiedRoom } from './copied-room'
import { changeOf, type CopyStore, findIn, openCopyStore } from './copy-store'

/** What is copied: nothing, open rooms, or private rooms, too. */
export type Keeping = 'off' | 'open' | 'all'

/** The copy with what the settings and the export need of it. */
export type ManagedCopy = DeviceCopy &
  Pick<CopyStore, 'clear' | 'find' | 'read' | 'usage'> & {
    keeping: () => Keeping
    keep: (keeping: Keeping) => void
  }

type State = {
  app: App
  store: CopyStore
  tabs: Tabs
  /** Rooms whose copy is behind: their newest revision, and when it is fetched. */
  behind: Map<number, { revision: number; dueAt: number }>
  timer: Timer | undefined
  isUpdating: boolean
  /** The copy of a room begins with so many of its last changes. */
  firstRevisions: number
}

/** Changes of one moment are fetched together. */
const gatherMs = 500
/** Everybody in a room fetches the same: the larger the room, the longer they take turns. */
const spreadMsPerPerson = 50
/** Another tab may win, and may be suspended before it has fetched anything. */
const otherTabMs = 2_000
const retryMs = 5_000
const firstRevisions = 400
/** A copy that is further behind is begun again. */
const behindMax = 2_000
/** Hits of a search in the copy. */
const hitsMax = 50

/**
 * Opens the copy of the person on this page. It is filled from the room's changes as JSON, which
 * name edits and deletions as well; one of the browser's tabs fetches them.
 */
export function openDeviceCopy(app: App): ManagedCopy {
  const { page, storage } = app
  const owner = `${page.user?.id}.${page.epoch}`
  const store = openCopyStore(storage, page.user?.id ?? 0, page.epoch)
  // Unsent messages and drafts matter more than a copy.
  storage.makeRoom = store.evict
  const state: State = {
    app,
    store,
    tabs: createTabs(`chatroom-copy-${page.house}.${owner}`, (told) => onOtherTab(state, told)),
    behind: new Map(),
    timer: undefined,
    isUpdating: false,
    firstRevisions,
  }
  const setRooms = (): void => {
    dropOrUpdate(state)
    copyRoomOnPage(state)
  }
  document.getElementById('log')?.addEventListener('fresh', () => copyRoomOnPage(state))
  setRooms()
  return {
    ...store,
    changed: (room, revision) => changed(state, room, revision),
    onEvent: (event) => onEvent(state, event),
    setRooms,
    openRoom: (room) => copiedRoom(app, store, room),
    search: (words) => search(state, words),
    keeping: () => keepingOf(state),
    keep(keeping) {
      storage.write(keepingKey(state), keeping)
      setRooms()
    },
    clear() {
      store.clear()
      beginAnew(state)
      state.tabs.tell({ isCleared: true })
    },
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

/** What was cleared is not fetched again: the copy goes on with what is new. */
function beginAnew(state: State): void {
  state.behind.clear()
  state.firstRevisions = 1
}

/** The person's rooms may have changed: copies of other rooms are dropped, the rest is updated. */
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

function copyRoomOnPage(state: State): void {
  const { positions, rooms, timeline } = state.app
  const room = timeline.room()
  changed(state, room, Math.max(positions.known(room), rooms.find(room)?.revision ?? 0))
}

function onEvent(state: State, event: ChatEvent): void {
  if (event.type === 'room.left') state.store.forget(event.room)
  if (event.type === 'caught_up') changed(state, event.room, event.revision)
  if (event.type !== 'message.removed') return
  // At once, as nothing has to be fetched for it; the revision is reached with the next fetch.
  state.store.apply(event.room, [{ seq: event.seq, message: null }])
  changed(state, event.room, event.revision)
}

function changed(state: State, room: number, revision: number): void {
  if (!isAllowed(state, room) || revision <= (state.store.head(room) ?? 0)) return
  const known = state.behind.get(room)
  if (known !== undefined) {
    known.revision = Math.max(known.revision, revision)
    return
  }
  const { page, rooms } = state.app
  // The golden ratio spreads ids evenly, and gives all tabs of a browser the same moment.
  const share = ((page.user?.id ?? 0) * 0.618034) % 1
  const spreadMs = share * (rooms.find(room)?.online ?? 0) * spreadMsPerPerson
  state.behind.set(room, { revision, dueAt: performance.now() + gatherMs + spreadMs })
  schedule(state)
}

/** Sets the timer for the first room that is due, but not earlier than after `msMin`. */
function schedule(state: State, msMin = 0): void {
  clearTimeout(state.timer)
  const dueAt = Math.min(...[...state.behind.values()].map((room) => room.dueAt))
  if (dueAt === Number.POSITIVE_INFINITY) return
  const ms = Math.max(msMin, dueAt - performance.now())
  state.timer = setTimeout(() => {
    state.tabs.claim(() => void updateDue(state))
    schedule(state, otherTabMs)
  }, ms)
}

async function updateDue(state: State): Promise<void> {
  if (state.isUpdating) return
  state.isUpdating = true
  let waitMs = 0
  for (const [room, { revision, dueAt }] of state.behind) {
    if (dueAt > performance.now()) continue
    state.behind.delete(room)
    waitMs = await update(state, room, revision)
    if (waitMs === 0) continue
    changed(state, room, revision)
    break
  }
  state.isUpdating = false
  schedule(state, Math.max(gatherMs, waitMs))
}

/** Another tab has fetched rooms up to a revision, or has cleared the copy. */
function onOtherTab(state: State, told: unknown): void {
  const { isCleared, ...heads } = fieldsOf(told)
  if (isCleared === true) return beginAnew(state)
  for (const [room, head] of Object.entries(heads)) {
    const known = state.behind.get(Number(room))
    if (known !== undefined && known.revision <= Number(head)) state.behind.delete(Number(room))
  }
}

/** Fetches what a room's copy is behind; gives for how many ms the server refuses, or 0. */
async function update(state: State, room: number, revision: number): Promise<number> {
  const { app, store, tabs } = state
  if (!isAllowed(state, room)) return 0
  const head = store.head(room)
  if (head === null || revision - head > behindMax) {
    store.forget(room)
    // A browser that stores nothing needs no answers.
    if (!store.setHead(room, Math.max(0, revision - state.firstRevisions))) return 0
  }
  for (;;) {
    const after = store.head(room) ?? 0
    const answer = await fetchChanges(app, room, after)
    if (typeof answer === 'number') return answer
    // The copy was cleared or the room was left meanwhile, or another tab was faster.
    if (store.head(room) !== after) return 0
    if (answer === null || answer.reload === true) {
      store.forget(room)
      return 0
    }
    store.apply(
      room,
      answer.events.flatMap((event) => changeOf(event) ?? []),
    )
    store.setHead(room, answer.revision)
    tabs.tell({ [room]: answer.revision })
    if (!answer.more || answer.revision <= after) return 0
  }
}

type Changes = { events: ChatEvent[]; revision: number; more: boolean; reload?: boolean }

/** One page of changes; null when the room is gone; a number of ms when the server refuses. */
async function fetchChanges(
  { page }: App,
  room: number,
  after: number,
): Promise<Changes | number | null> {
  const path = `${createPaths(page.base).changes(room)}?epoch=${page.epoch}&after=${after}`
  const answer = await fetch(path, { headers: { Accept: 'application/json' } }).catch(() => null)
  if (answer?.status === 404) return null
  if (answer?.ok === true) return answer.json().catch(() => 0)
  const seconds = Number(answer?.headers.get('Retry-After'))
  const isRefused = answer?.status === 429 || answer?.status === 503
  // Without a connection the next hello names the revision again.
  return isRefused ? Math.max(retryMs, seconds * 1000) : 0
}

/** Messages of rooms the person is in, with the present names of the rooms. */
function search({ app, store }: State, words: string): DeviceHit[] {
  return findIn(store.chunks(), words, hitsMax).flatMap((hit) => {
    const roomName = app.rooms.find(hit.room)?.name
    const { room, seq, name, text } = hit
    return roomName === undefined ? [] : [{ room, seq, roomName, sender: name, text }]
  })
}
