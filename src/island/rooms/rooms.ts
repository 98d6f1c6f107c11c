import { pagePaths } from '../../shared/paths'
import type { ChatEvent, RemovedEvent, Notify, RoomKind, RoomSummary } from '../../shared/protocol'
import { plural } from '../../shared/text'
import type { Clock } from '../ui/clock'
import { element } from '../ui/dom'
import type { Page, Title } from '../ui/page'
import { placeOf } from '../ui/rows'

/**
 * `counted`: the revision up to which messages are counted, so that each is counted once;
 * `removed`: the same of removals, which may overtake a message.
 */
type Room = RoomSummary & { counted: number; removed: number }

export type Rooms = ReturnType<typeof createRooms>

/** What this page knows of the person's rooms; `onChange` gets how much is unread in all. */
export function createRooms(page: Page, clock: Clock, onChange: Title['setUnread']) {
  const rooms = new Map<number, Room>()
  const list = element('rooms', HTMLElement)
  /** The room on the page while its end is in view: it shows nothing unread. */
  let watched: number | null = null
  const put = (room: RoomSummary): void => void rooms.set(room.id, newest(room, rooms.get(room.id)))
  const show = (): void => {
    rooms.forEach((room) => showRoom(page, room, room.id === watched))
    const others = [...rooms.values()].filter(({ id }) => id !== watched)
    const hasUnread = others.some(({ notify, unread }) => unread > 0 && notify !== 'nothing')
    const mentions = others.reduce((sum, room) => sum + room.mentions, 0)
    onChange(mentions, hasUnread)
    // On the button that opens the list, where that is a drawer.
    showBadge(document.getElementById('calls'), mentions)
    showTimes(clock)
  }
  clock.onChange(() => showTimes(clock))
  const update = (change: () => unknown): void => {
    change()
    show()
  }
  list.addEventListener('htmx:after:swap', () =>
    update(() => {
      for (const link of list.querySelectorAll<HTMLElement>('.item'))
        if (!rooms.has(Number(link.dataset.room))) put(readLink(link))
    }),
  )
  return {
    setAll: (all: RoomSummary[]) => update(() => (rooms.clear(), all.forEach(put))),
    set: (room: RoomSummary) => update(() => put(room)),
    forget: (room: number) => update(() => rooms.delete(room)),
    find: (room: number): RoomSummary | undefined => rooms.get(room),
    list: (): RoomSummary[] => [...rooms.values()],
    /** Counts a message that arrived; true when it is an unread one of somebody else. */
    count(row: HTMLElement): boolean {
      const room = rooms.get(Number(row.dataset.room))
      if (room?.kind === 'direct') raise(row, clock)
      const isUnread = room !== undefined && countIn(page, room, row)
      if (isUnread) show()
      return isUnread
    },
    /** An unread message is not there any more. */
    countRemoved: (event: RemovedEvent) => update(() => countOut(page, rooms, event)),
    setRead: ({ room, seq, unread, mentions }: ChatEvent & { type: 'read' }) =>
      update(() => Object.assign(rooms.get(room) ?? {}, { read_seq: seq, unread, mentions })),
    setOnline(id: number, online: number): void {
      Object.assign(rooms.get(id) ?? {}, { online })
      document.querySelector(`#room-${id} .online > span`)?.replaceChildren(String(online))
    },
    /** The room on the page, and whether its end is in view. */
    look(room: number, isInView: boolean): void {
      const next = isInView ? room : null
      if (next !== watched) update(() => (watched = next))
    },
    refresh: () => void list.dispatchEvent(new Event('renew')),
  }
}

/** What is told of a room may be older than what is known: later messages are counted already. */
function newest(room: RoomSummary, known?: Room): Room {
  const { revision } = room
  const fresh = { ...room, counted: revision, removed: revision }
  const { counted, mentions, read_seq, removed, unread } = known ?? fresh
  const isOld = counted > revision || removed > revision || read_seq > room.read_seq
  return isOld ? { ...room, counted, mentions, read_seq, removed, unread } : fresh
}

/** A room that was not among the first of the person, as its link in the list shows it. */
function readLink(link: HTMLElement): RoomSummary {
  const { kind, notify, revision, room, unread } = link.dataset
  return {
    id: Number(room),
    name: link.querySelector('bdi')?.textContent ?? '',
    kind: kind as RoomKind,
    revision: Number(revision),
    read_seq: 0,
    unread: Number(unread),
    mentions: Number.parseInt(link.querySelector('.badge')?.textContent ?? '0'),
    online: 0,
    checksum: 0,
    notify: notify as Notify,
    role: 'member',
    hold: null,
    comings: true,
    archived: link.closest('details') !== null,
    recipient: null,
  }
}

function countIn(page: Page, room: Room, row: HTMLElement): boolean {
  const { seq } = placeOf(row)
  if (seq <= room.counted) return false
  room.counted = seq
  if (Number(row.dataset.user) === page.user?.id) return false
  room.unread += 1
  room.mentions += Number(isMeant(page, row, room))
  return true
}

/** What is read, was not counted yet, or was gone before the last count, changes nothing. */
function countOut({ user }: Page, rooms: Map<number, Room>, event: RemovedEvent): void {
  const { mentions, revision, seq, sender } = event
  const room = rooms.get(event.room)
  if (room === undefined || revision <= room.removed) return
  const isUnread = seq <= room.counted && seq > room.read_seq && sender !== user?.id
  room.removed = revision
  if (!isUnread) return
  const isMeant = room.kind === 'direct' || mentions.includes(0) || mentions.includes(user?.id ?? 0)
  room.unread = Math.max(0, room.unread - 1)
  room.mentions = Math.max(0, room.mentions - Number(isMeant))
}

/** Whether a message calls me: by name, as everybody, or because it is private. */
export function isMeant(page: Page, row: HTMLElement, room: Pick<RoomSummary, 'kind'>): boolean {
  const named = (row.dataset.mentions ?? '').split(' ')
  return room.kind === 'direct' || named.includes('0') || named.includes(String(page.user?.id))
}

/** Marks the link of the room on the screen, also when the list is fetched again. */
export function markCurrent({ base }: Page, room: number): void {
  element('rooms', HTMLElement).setAttribute('hx-get', pagePaths(base).rail(room))
  document.querySelector('#rooms [aria-current]')?.removeAttribute('aria-current')
  document.getElementById(`room-${room}`)?.setAttribute('aria-current', 'page')
}

function showRoom({ language, words }: Page, room: Room, isSeen: boolean): void {
  const { unread, mentions } = isSeen ? { unread: 0, mentions: 0 } : room
  const link = document.getElementById(`room-${room.id}`)
  link?.classList.toggle('unread', unread > 0)
  showBadge(link?.querySelector('.badge'), mentions)
  const spoken = unread > 0 ? plural(language, unread, words.unread) : ''
  link?.querySelector('.unread-words')?.replaceChildren(spoken)
}

/** Two digits fit. */
function showBadge(badge: Element | null | undefined, count: number): void {
  badge?.toggleAttribute('hidden', count === 0)
  badge?.replaceChildren(count > 99 ? '99+' : String(count))
}

function showTimes(clock: Clock): void {
  for (const time of document.querySelectorAll<HTMLElement>('.when[data-at]'))
    time.textContent = clock.brief(Number(time.dataset.at))
}

/** A private conversation with a new message comes first. */
function raise({ dataset: { at = '', room } }: HTMLElement, clock: Clock): void {
  const time = document.querySelector<HTMLElement>(`#room-${room} .when`)
  const item = time?.closest('li')
  if (time === null || Number(time.dataset.at) >= Number(at)) return
  time.dataset.at = at
  item?.parentElement?.prepend(item)
  showTimes(clock)
}
