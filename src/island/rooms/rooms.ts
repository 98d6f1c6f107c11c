import type { Rooms } from '../app'
import { plural } from '../../shared/text'
import { element } from '../ui/dom'
import type { RoomSummary } from '../../shared/protocol'
import { createPaths } from '../../shared/paths'
import type { Page } from '../ui/page'

/** `since`: when the first unread message was said, as far as this page heard it. */
type State = { summary: RoomSummary; counted: number; since: number | null }

type House = {
  page: Page
  states: Map<number, State>
  /** The room on the screen, and whether somebody is looking at its end. */
  current: number
  isWatched: boolean
  /** Told how much is unread in all, for the title. */
  onChange: (meant: number, hasTalk: boolean) => void
}

/** Makes the list's keeper. */
export function createRooms(page: Page, onChange: House['onChange']): Rooms {
  const house: House = { page, states: new Map(), current: 0, isWatched: false, onChange }
  const { states } = house
  const list = element('rooms', HTMLElement)
  list.addEventListener('htmx:after:swap', () => show(house))
  return {
    setAll(rooms) {
      states.clear()
      for (const room of rooms) keep(house, room)
      show(house)
    },
    set(room) {
      keep(house, room)
      show(house)
    },
    forget(room) {
      states.delete(room)
      show(house)
    },
    find: (room) => states.get(room)?.summary,
    list: () => [...states.values()].map(({ summary }) => summary),
    unreadSince: (room) => states.get(room)?.since ?? null,
    count: (row) => countRow(house, row),
    setRead(room, seq, unread, mentions) {
      const state = states.get(room)
      if (state === undefined) return
      state.summary = { ...state.summary, read_seq: seq, unread, mentions }
      show(house)
    },
    setOnline(room, people) {
      const state = states.get(room)
      if (state !== undefined) state.summary.online = people
      document.querySelector(`#room-${room} .online`)?.replaceChildren(String(people))
    },
    look(room, isWatched) {
      const isSame = room === house.current && isWatched === house.isWatched
      Object.assign(house, { current: room, isWatched })
      if (!isSame) show(house)
    },
    refresh: () => void list.dispatchEvent(new Event('renew')),
  }
}

function keep({ states }: House, summary: RoomSummary): void {
  const counted = Math.max(summary.revision, states.get(summary.id)?.counted ?? 0)
  const since = summary.unread > 0 ? (states.get(summary.id)?.since ?? null) : null
  states.set(summary.id, { summary, counted, since })
}

/** Counts a message once, however often it is heard. */
function countRow(house: House, row: HTMLElement): boolean {
  const { page, states } = house
  const state = states.get(Number(row.dataset.room))
  const seq = Number(row.dataset.seq)
  if (state === undefined || seq <= state.counted) return false
  state.counted = seq
  if (Number(row.dataset.user) === page.user?.id) return false
  const { summary } = state
  if (summary.unread === 0) state.since = Number(row.dataset.at)
  summary.unread += 1
  if (isMeant(page, row, summary)) summary.mentions += 1
  show(house)
  return true
}

/** What somebody is reading needs no sign. */
function show({ page, states, current, isWatched, onChange }: House): void {
  let [meant, hasTalk] = [0, false]
  for (const { summary } of states.values()) {
    const isSeen = summary.id === current && isWatched
    const [unread, mentions] = isSeen ? [0, 0] : [summary.unread, summary.mentions]
    showOn(page, summary, unread, mentions)
    meant += mentions
    hasTalk ||= unread > 0 && summary.notify !== 'nothing'
  }
  onChange(meant, hasTalk)
}

/** Whether a message calls me: by name, as everybody, or because it is private. */
export function isMeant(page: Page, row: HTMLElement, room: Pick<RoomSummary, 'kind'>): boolean {
  const named = (row.dataset.mentions ?? '').split(' ')
  return room.kind === 'direct' || named.includes('0') || named.includes(String(page.user?.id))
}

/** Marks the link of the room on the screen, also when the list is fetched again. */
export function markCurrent({ base }: Page, room: number): void {
  element('rooms', HTMLElement).setAttribute('hx-get', createPaths(base).rail(room))
  for (const link of document.querySelectorAll('#rooms .item')) {
    if (link.id === `room-${room}`) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
}

function showOn(page: Page, { id }: RoomSummary, unread: number, mentions: number): void {
  const link = document.getElementById(`room-${id}`)
  link?.classList.toggle('unread', unread > 0)
  const badge = link?.querySelector<HTMLElement>('.badge')
  if (badge != null) {
    badge.hidden = mentions === 0
    badge.textContent = mentions > 99 ? '99+' : String(mentions)
  }
  const words = unread > 0 ? plural(page.language, unread, page.words.unread) : ''
  link?.querySelector('.unread-words')?.replaceChildren(words)
}
