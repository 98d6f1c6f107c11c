import { type RoomHold, whyHeld } from '../../shared/holds'
import type { SystemEvent } from '../../shared/protocol'
import { spanOf } from '../../shared/system-lines'
import { fill } from '../../shared/text'
import type { App, Hold } from '../app'
import { announce, element, make } from '../ui/dom'
import { list, rowsOf } from '../ui/rows'

/** What holds the reader back in the room on the page; times are moments of this browser. */
type State = RoomHold & { mutedUntil: number; waitUntil: number; revision: number }

const none: RoomHold = {
  ...{ writers: 'everybody', slow_ms: 0, locked: false, archived: false },
  ...{ muted_ms: 0, muted_why: '', wait_ms: 0, direct: null },
}

/** What a message takes to the server, where the wait begins. */
const wayMs = 300

/** The longest timer of a browser. */
const timerMsMax = 2 ** 31 - 1

/** Says why the reader cannot write, counts down, and lets them write when it is over. */
export function create(app: App): Hold {
  let state = toState(none)
  let shown = ''
  let timer: Timer | undefined
  const show = (): void => {
    clearTimeout(timer)
    const now = Date.now()
    const { mutedUntil, waitUntil } = state
    const left = { muted_ms: mutedUntil - now, wait_ms: waitUntil - now }
    const held = whyHeld({ ...state, ...left }, list().dataset.role === 'host')
    list().dataset.hold = held === null ? '' : JSON.stringify({ ...state, ...left })
    const said = lock(app, state, held)
    if (held === null ? shown !== '' : shown !== held.code)
      announce(held === null ? app.page.words.hold.over : said)
    shown = held?.code ?? ''
    if (held === null || held.ms === 0) return
    // A mute shows when it ends, a wait how long it is.
    timer = setTimeout(show, held.code === 'slow' ? Math.min(1_000, held.ms) : longest(held.ms))
  }
  const change = (part: Partial<State>): void => {
    state = { ...state, ...part }
    show()
  }
  // After the composer's own: it has sent the message, or not.
  element('composer', HTMLFormElement).addEventListener('submit', () => {
    if (shown !== '') return announce(element('hold', HTMLElement).textContent ?? '')
    const hasSent = app.outbox.entries(app.timeline.room()).length > 0
    if (hasSent && state.slow_ms > 0) change({ waitUntil: Date.now() + state.slow_ms + wayMs })
  })
  const look = (): void => {
    state = toState(readHold(list().dataset.hold))
    show()
  }
  // Another list: another room, or the same as it is now.
  new MutationObserver(look).observe(element('log', HTMLElement), { childList: true })
  return (news) => {
    const here = app.timeline.room()
    if (news === undefined) return look()
    if (!('type' in news)) {
      if (news.id !== here) return
      state = toState(news.hold ?? none, news.revision)
      return show()
    }
    if (news.type === 'refused') change(causeOf(news.code, Date.now() + (news.retry_ms ?? 0)))
    else if (news.room === here && news.revision > state.revision) change(changeOf(app, news))
  }
}

const longest = (ms: number): number => Math.min(ms, timerMsMax)

function toState(hold: RoomHold, revision = Number(list().dataset.revision)): State {
  const now = Date.now()
  const until = { mutedUntil: now + hold.muted_ms, waitUntil: now + hold.wait_ms }
  return { ...hold, ...until, revision }
}

function readHold(text: string | undefined): RoomHold {
  return text ? JSON.parse(text) : none
}

/** What a line tells; one that is sent again is older than what the page knows. */
function changeOf({ page }: App, { kind, to, revision }: SystemEvent): Partial<State> {
  if (kind === 'writers') return { writers: to === 'hosts' ? 'hosts' : 'everybody', revision }
  if (kind === 'slow')
    return { slow_ms: Number(to), waitUntil: lastOwnAt(page) + Number(to), revision }
  return kind === 'locked' ? { locked: to === 'true', revision } : {}
}

/** When the reader wrote last in the room, as far as the page knows. */
function lastOwnAt({ user }: App['page']): number {
  const own = rowsOf().findLast(({ dataset }) => Number(dataset.user) === user?.id)
  return Number(own?.dataset.at ?? 0)
}

/** What a refusal tells, when the page had not heard of it. */
function causeOf(code: string, until: number): Partial<State> {
  if (code === 'room_archived') return { archived: true }
  if (code === 'muted') return { mutedUntil: until }
  if (code === 'hosts_only') return { writers: 'hosts' }
  if (code === 'slow') return { waitUntil: until }
  return code === 'private_off' || code === 'private_hosts' ? { direct: code } : {}
}

type Held = ReturnType<typeof whyHeld>

/** Puts the field and its buttons into the state; gives the sentence. */
function lock(app: App, state: State, held: Held): string {
  const form = element('composer', HTMLFormElement)
  const field = element('content', HTMLTextAreaElement)
  const note = element('hold', HTMLElement)
  const isLocked = held !== null && held.code !== 'slow'
  const wasLocked = field.readOnly
  field.readOnly = isLocked
  form.dataset.held = held?.code ?? ''
  // Nobody is shown as typing who cannot.
  if (isLocked && !wasLocked)
    void app.people().then(
      ({ typing }) => typing.stopped(),
      () => {},
    )
  const isLong = element('counter', HTMLElement).matches('.counter--over')
  for (const id of ['clip', 'emoji-button', 'send'])
    if (isLocked || wasLocked)
      element(id, HTMLButtonElement).disabled = isLocked || (id === 'send' && isLong)
  note.hidden = held === null
  const sentence = held === null ? '' : sentenceOf(app, state, held)
  const isMuted = held?.code === 'muted' && state.muted_why !== ''
  const why = isMuted ? [` ${app.page.words.hold.reason}`, make('bdi', {}, state.muted_why)] : []
  note.replaceChildren(sentence, ...why)
  return note.textContent ?? ''
}

function sentenceOf({ clock, page }: App, state: State, held: NonNullable<Held>): string {
  const { hold, system } = page.words
  if (held.code === 'slow') return fill(hold.slow, { s: spanOf(held.ms, system, page.language) })
  if (held.code !== 'muted') return hold[held.code]
  const { mutedUntil: at } = state
  const isToday = clock.dayKey(at) === clock.dayKey(Date.now())
  const time = isToday ? clock.time(at) : `${clock.dayLabel(at)} ${clock.time(at)}`
  return fill(hold.muted, { time })
}
