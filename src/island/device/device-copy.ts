import { hideSpoilers } from '../../shared/markup/excerpt'
import { latePaths } from '../../shared/paths'
import type { ChatEvent } from '../../shared/protocol'
import type { App } from '../app'
import type { Storage } from '../ui/storage'
import { copiedRoom } from './copied-room'
import { authorOf, changeOf, type CopyStore, findIn, openCopyStore } from './copy-store'

export type ManagedCopy = ReturnType<typeof openDeviceCopy>

/** Opens the copy of the person on this page; one of the browser's tabs fills it from changes. */
export function openDeviceCopy(app: App) {
  const { page, positions, rooms, storage, timeline } = app
  const store = openCopyStore(storage, page.user?.id ?? 0, page.epoch)
  // Unsent messages and drafts matter more than a copy.
  storage.makeRoom = store.evict
  /** Rooms whose copy is behind, with their newest revision. */
  const behind = new Map<number, number>()
  const keeping = () => {
    const chosen = storage.read(`keeping.${page.user?.id}`)
    return chosen === 'off' || chosen === 'all' ? chosen : 'open'
  }
  /** Closed and direct rooms are copied only on a device that the person called their own. */
  const isAllowed = (room: number): boolean => {
    const kind = rooms.find(room)?.kind
    return kind === 'open' ? keeping() !== 'off' : kind !== undefined && keeping() === 'all'
  }
  const changed = createUpdates(app, store, behind, isAllowed)
  const copyRoomOnPage = (): void => {
    const room = timeline.room()
    changed(room, Math.max(positions.known(room), rooms.find(room)?.revision ?? 0))
  }
  const setRooms = (): void => {
    if (keeping() === 'off') store.clear()
    // Before the first hello nothing is known of any room.
    for (const room of rooms.list().length === 0 ? [] : store.rooms()) {
      if (isAllowed(room)) changed(room, rooms.find(room)?.revision ?? 0)
      else store.forget(room)
    }
    store.nameRooms(rooms.list().filter(({ id }) => isAllowed(id)))
    copyRoomOnPage()
  }
  document.getElementById('log')?.addEventListener('fresh', copyRoomOnPage)
  setRooms()
  return {
    ...store,
    changed,
    onEvent(event: ChatEvent) {
      if (event.type === 'room.left') store.forget(event.room)
      // At once, as nothing has to be fetched for it; the revision is reached with the next fetch.
      if (event.type === 'message.removed') store.apply(event.room, [{ ...event, message: null }])
      const { type } = event
      if (type === 'message.removed' || type === 'caught_up' || type === 'system')
        changed(event.room, event.revision)
    },
    setRooms,
    openRoom: (room: number) => copiedRoom(app, store, room),
    search: (words: string) => search(app, store, words),
    keeping,
    keep(chosen: 'off' | 'open' | 'all') {
      storage.write(`keeping.${page.user?.id}`, chosen)
      setRooms()
    },
    clear() {
      store.clear()
      behind.clear()
      // What was cleared is not fetched again, only what is new.
      storage.write(`cleared.${page.user?.id}`, true)
    },
  }
}

const hitsMax = 50

function search({ page, rooms }: App, store: CopyStore, words: string) {
  return findIn(store.chunks(), words, hitsMax).flatMap((found) => {
    const { room, seq, text, at } = found
    const roomName = rooms.find(room)?.name
    return roomName === undefined
      ? []
      : { room, seq, roomName, sender: authorOf(page, found), text: hideSpoilers(text), at }
  })
}

const gatherMs = 500
/** Everybody in a room fetches the same: the larger the room, the longer they take turns. */
const spreadMsPerPerson = 50
/** How long other tabs may claim what one does. */
const claimMs = 80
const tabId = Math.random()
/** Another tab may win a claim, and be suspended before it has fetched anything. */
const otherTabMs = 2_000
const retryMs = 5_000
const firstRevisions = 400
const behindMax = 2_000

function createUpdates(
  app: App,
  store: CopyStore,
  behind: Map<number, number>,
  isAllowed: (room: number) => boolean,
) {
  const { page, rooms, storage } = app
  let queue = Promise.resolve()
  const isBehind = (room: number, revision: number): boolean =>
    isAllowed(room) && revision > (store.head(room) ?? 0)
  const updateAfter = (room: number, ms: number): void => {
    const work = (): void => {
      queue = queue.then(() => update(room)).catch(() => {})
    }
    setTimeout(() => claim(storage, 'copying', work, () => updateAfter(room, otherTabMs)), ms)
  }
  const update = async (room: number): Promise<void> => {
    const revision = behind.get(room) ?? 0
    behind.delete(room)
    if (!isBehind(room, revision)) return
    const head = store.head(room)
    if (head === null || revision - head > behindMax) {
      store.forget(room)
      const first = storage.read(`cleared.${page.user?.id}`) === true ? 1 : firstRevisions
      if (!store.setHead(room, Math.max(0, revision - first))) return
    }
    const waitMs = await fetchChanges(app, store, room)
    if (waitMs === 0 || behind.has(room)) return
    behind.set(room, revision)
    updateAfter(room, waitMs)
  }
  return (room: number, revision: number): void => {
    if (!isBehind(room, revision)) return
    const known = behind.get(room)
    behind.set(room, Math.max(revision, known ?? 0))
    if (known !== undefined) return
    // The golden ratio spreads ids evenly; all tabs of a browser get the same moment.
    const share = ((page.user?.id ?? 0) * 0.618034) % 1
    const spreadMs = share * (rooms.find(room)?.online ?? 0) * spreadMsPerPerson
    updateAfter(room, gatherMs + spreadMs)
  }
}

type Changes = { events: ChatEvent[]; revision: number; more: boolean; reload?: boolean }

/** Fetches a room's changes since its head; gives for how many ms the server refuses, or 0. */
async function fetchChanges(app: App, store: CopyStore, room: number): Promise<number> {
  const { base, epoch } = app.page
  let after = store.head(room)
  while (after !== null) {
    const path = `${latePaths(base).changes(room)}?epoch=${epoch}&after=${after}`
    const answer = await fetch(path, { headers: { Accept: 'application/json' } }).catch(() => null)
    if (answer?.status === 429 || answer?.status === 503) {
      return Math.max(retryMs, Number(answer.headers.get('Retry-After')) * 1000)
    }
    if (answer?.status === 404) store.forget(room)
    const page: Changes | null = answer?.ok === true ? await answer.json().catch(() => null) : null
    // The copy was cleared or the room was left meanwhile, or another tab was faster.
    if (page === null || store.head(room) !== after) return 0
    if (page.reload === true) store.forget(room)
    else {
      const changes = page.events.flatMap((event) => changeOf(event) ?? [])
      store.apply(room, changes)
      store.setHead(room, page.revision)
    }
    after = page.more && page.revision > after ? page.revision : null
  }
  return 0
}

/**
 * Does `work` in the last tab that claims a key, else `otherwise`: HTTP has no Web Locks. On a busy
 * machine two tabs may win; they would copy the same.
 */
function claim(storage: Storage, key: string, work: () => void, otherwise: () => void): void {
  if (!storage.write(key, tabId)) return work()
  setTimeout(() => (storage.read(key) === tabId ? work() : otherwise()), claimMs)
}
