import { createPaths } from '../../shared/paths'
import type { ChatEvent } from '../../shared/protocol'
import type { App, DeviceCopy, DeviceHit } from '../app'
import { claim } from '../ui/storage'
import { copiedRoom } from './copied-room'
import { changeOf, type CopyStore, findIn, openCopyStore } from './copy-store'

/** What is copied: nothing, open rooms, or private rooms, too. */
type Keeping = 'off' | 'open' | 'all'

/** The copy with what the settings and the export need of it. */
export type ManagedCopy = DeviceCopy &
  Pick<CopyStore, 'clear' | 'find' | 'read' | 'usage'> & {
    keeping: () => Keeping
    keep: (keeping: Keeping) => void
  }

type State = {
  app: App
  store: CopyStore
  /** Rooms whose copy is behind, with their newest revision. */
  behind: Map<number, number>
  /** Rooms are fetched one after the other. */
  queue: Promise<void>
}

/** Changes of one moment are fetched together. */
const gatherMs = 500
/** Everybody in a room fetches the same: the larger the room, the longer they take turns. */
const spreadMsPerPerson = 50
/** Another tab may win a claim, and be suspended before it has fetched anything. */
const otherTabMs = 2_000
const retryMs = 5_000
/** The copy of a room begins with so many of its last changes. */
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
  const store = openCopyStore(storage, page.user?.id ?? 0, page.epoch)
  // Unsent messages and drafts matter more than a copy.
  storage.makeRoom = store.evict
  const state: State = { app, store, behind: new Map(), queue: Promise.resolve() }
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
    keeping: () => keepingOf(app),
    keep(keeping) {
      storage.write(`keeping.${page.user?.id}`, keeping)
      setRooms()
    },
    clear() {
      store.clear()
      state.behind.clear()
      storage.write(clearedKey(app), true)
    },
  }
}

/** Set once the copy was cleared: what was cleared is not fetched again, only what is new. */
function clearedKey({ page }: App): string {
  return `cleared.${page.user?.id}`
}

function keepingOf({ page, storage }: App): Keeping {
  const keeping = storage.read(`keeping.${page.user?.id}`)
  return keeping === 'off' || keeping === 'all' ? keeping : 'open'
}

/** Closed and direct rooms are copied only on a device that the person called their own. */
function isAllowed(state: State, room: number): boolean {
  const keeping = keepingOf(state.app)
  const kind = state.app.rooms.find(room)?.kind
  return keeping !== 'off' && kind !== undefined && (kind === 'open' || keeping === 'all')
}

/** The person's rooms may have changed: copies of other rooms are dropped, the rest is updated. */
function dropOrUpdate(state: State): void {
  const { app, store } = state
  if (keepingOf(app) === 'off') return store.clear()
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
  state.behind.set(room, Math.max(revision, known ?? 0))
  if (known !== undefined) return
  const { page, rooms } = state.app
  // The golden ratio spreads ids evenly; all tabs of a browser get the same moment.
  const share = ((page.user?.id ?? 0) * 0.618034) % 1
  const spreadMs = share * (rooms.find(room)?.online ?? 0) * spreadMsPerPerson
  updateAfter(state, room, gatherMs + spreadMs)
}

/** Updates a room after a pause, in one of the browser's tabs. */
function updateAfter(state: State, room: number, ms: number): void {
  setTimeout(() => {
    const work = (): void => {
      state.queue = state.queue.then(() => update(state, room)).catch(() => {})
    }
    claim(state.app.storage, 'copying', work, () => updateAfter(state, room, otherTabMs))
  }, ms)
}

async function update(state: State, room: number): Promise<void> {
  const { app, behind, store } = state
  const revision = behind.get(room) ?? 0
  behind.delete(room)
  const head = store.head(room)
  if (!isAllowed(state, room) || revision <= (head ?? 0)) return
  if (head === null || revision - head > behindMax) {
    store.forget(room)
    const first = app.storage.read(clearedKey(app)) === true ? 1 : firstRevisions
    // A browser that stores nothing needs no answers.
    if (!store.setHead(room, Math.max(0, revision - first))) return
  }
  const waitMs = await fetchChanges(state, room)
  if (waitMs === 0 || behind.has(room)) return
  behind.set(room, revision)
  updateAfter(state, room, waitMs)
}

type Changes = { events: ChatEvent[]; revision: number; more: boolean; reload?: boolean }

/** Fetches a room's changes since its head; gives for how many ms the server refuses, or 0. */
async function fetchChanges({ app, store }: State, room: number): Promise<number> {
  const { base, epoch } = app.page
  let after = store.head(room)
  while (after !== null) {
    const path = `${createPaths(base).changes(room)}?epoch=${epoch}&after=${after}`
    const answer = await fetch(path, { headers: { Accept: 'application/json' } }).catch(() => null)
    if (answer?.status === 429 || answer?.status === 503) {
      return Math.max(retryMs, Number(answer.headers.get('Retry-After')) * 1000)
    }
    if (answer?.status === 404) store.forget(room)
    // Without an answer the next hello names the revision again.
    const page: Changes | null = answer?.ok === true ? await answer.json().catch(() => null) : null
    // The copy was cleared or the room was left meanwhile, or another tab was faster.
    if (page === null || store.head(room) !== after) return 0
    if (page.reload === true) store.forget(room)
    else {
      store.apply(
        room,
        page.events.flatMap((event) => changeOf(event) ?? []),
      )
      store.setHead(room, page.revision)
    }
    after = page.more && page.revision > after ? page.revision : null
  }
  return 0
}

/** Messages of rooms the person is in, with the present names of the rooms. */
function search({ app, store }: State, words: string): DeviceHit[] {
  return findIn(store.chunks(), words, hitsMax).flatMap((hit) => {
    const roomName = app.rooms.find(hit.room)?.name
    const { room, seq, name, text } = hit
    return roomName === undefined ? [] : [{ room, seq, roomName, sender: name, text }]
  })
}
