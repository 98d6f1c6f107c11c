import { latePaths } from '../../shared/paths'
import type { ChatEvent, ClientFrame, RoomSummary } from '../../shared/protocol'
import type { App, Network } from '../app'
import { ifLoaded } from '../lazy'
import { announce, element, make } from '../ui/dom'
import { list } from '../ui/rows'

/** A socket usually opens again within this time. */
const patienceMs = 1_000
/** Between two requests while the page is seen, and while it is hidden. */
const seenMs = 2_000
const hiddenMs = 20_000
const answerMsMax = 10_000
/** Names, pictures and topics are fetched again after so many requests: about a minute. */
const pollsPerRenewal = 30
/** The server lists so many rooms; of more, those that are missing may still be there. */
const listedRoomsMax = 50

type Hello = ChatEvent & { type: 'hello' }
type Answer = { frames: string[]; notice: string }
type State = {
  app: App
  isPolling: boolean
  polls: number
  timer: Timer | undefined
  /** Frames go one after another, in order. */
  queue: Promise<void>
  /** Up to which revision each room was asked for. */
  asked: Map<number, number>
}

/** Sends frames and looks for changes by requests, in networks that let no socket through. */
export function createPolling(app: App): Network {
  const queue = Promise.resolve()
  const state: State = {
    app,
    isPolling: false,
    polls: 0,
    timer: undefined,
    queue,
    asked: new Map(),
  }
  const lost = (): void => {
    stop(state)
    pollAfter(state, patienceMs)
  }
  document.addEventListener('visibilitychange', () => {
    if (state.isPolling && !document.hidden) void poll(state)
  })
  // Perhaps the first socket hangs.
  lost()
  return { lost }
}

function pollAfter(state: State, ms: number): void {
  clearTimeout(state.timer)
  state.timer = setTimeout(poll, ms, state)
}

async function poll(state: State): Promise<void> {
  const { connection } = state.app
  clearTimeout(state.timer)
  if (connection.hasSocket()) return stop(state)
  const answer = await ask(state, '')
  // A socket may have opened meanwhile: it knows more.
  if (answer === null || connection.hasSocket()) return stop(state)
  const [hello] = JSON.parse(answer.frames[0] ?? '[]') as [Hello]
  state.polls += 1
  if (state.isPolling) follow(state, hello)
  else start(state, hello, answer)
  if (state.polls === 2) showNotice(answer.notice)
  pollAfter(state, document.hidden ? hiddenMs : seenMs)
}

function start(state: State, { rooms }: Hello, { frames }: Answer): void {
  const { connection } = state.app
  Object.assign(state, { isPolling: true, polls: 1 })
  state.asked = new Map(rooms.map(({ id, revision }) => [id, revision]))
  connection.setDetour((frame) => {
    state.queue = state.queue.then(() => send(state, frame))
  })
  frames.forEach(connection.receive)
}

function stop(state: State): void {
  state.isPolling = false
  document.getElementById('polled')?.remove()
}

/** Null without an answer; then the way is given up, unless a socket is there already. */
async function ask(state: State, body: string): Promise<Answer | null> {
  const { connection, outbox, page, positions } = state.app
  const answer = await fetch(latePaths(page.base).frames(), {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    signal: AbortSignal.timeout(answerMsMax),
  }).catch(() => null)
  const read: Answer | null = answer?.ok === true ? await answer.json().catch(() => null) : null
  if (read !== null) return read
  if (connection.hasSocket()) {
    // What this request was to do goes by the socket.
    outbox.interrupted()
    positions.interrupted()
    outbox.flush()
  } else if (state.isPolling || answer?.status === 401) {
    stop(state)
    connection.endDetour(answer?.status === 401 ? 4401 : 1006)
  }
  return null
}

async function send(state: State, frame: ClientFrame): Promise<void> {
  const { connection, faces } = state.app
  const answer = await ask(state, JSON.stringify(frame))
  for (const text of answer?.frames ?? []) {
    connection.receive(text)
    // A line about the room: its name or topic may be another one.
    if (text.includes('{"type":"system"')) ifLoaded(faces, ({ renewSoon }) => renewSoon())
  }
}

/** The state of the rooms again: what has changed is shown, or asked for. */
function follow({ app, asked, polls }: State, hello: Hello): void {
  const { connection, faces, page, positions, rooms, timeline } = app
  list().dataset.private = hello.private_messages
  if (hello.user.id !== page.user?.id || hello.epoch !== page.epoch) return location.reload()
  const elsewhere: Record<string, number> = {}
  for (const room of hello.rooms) {
    const { id, revision } = room
    const before = asked.get(id)
    asked.set(id, revision)
    const isPlaced = id === timeline.room() || positions.known(id) > 0
    positions.compare(id, revision)
    if (before === undefined) {
      addRoom(app, room)
      // The first message of a conversation is heard like any other.
      if (room.kind === 'direct' && room.unread > 0) elsewhere[id] = room.read_seq
    } else if (isPlaced ? revision > positions.known(id) : revision > before) {
      // Counted when the messages are there.
      if (!isPlaced) elsewhere[id] = before
    } else if (hasChanged(rooms.find(id), room)) rooms.set(room)
    if (rooms.find(id)?.name !== room.name) rooms.refresh()
    rooms.setOnline(id, room.online)
    if (id === timeline.room()) ifLoaded(app.hold, (hear) => hear(room))
    ifLoaded(app.people, ({ showOnline }) => showOnline(room))
  }
  if (Object.keys(elsewhere).length > 0)
    connection.send({ type: 'resume', epoch: page.epoch, rooms: elsewhere })
  leaveMissing(app, asked, hello.rooms)
  const shown = element('invitations', HTMLElement).dataset.count
  if (shown !== String(hello.invitations)) rooms.refresh()
  if (polls % pollsPerRenewal === 0) ifLoaded(faces, ({ renewSoon }) => renewSoon())
}

function addRoom({ rooms }: App, room: RoomSummary): void {
  // Its messages are counted as they come.
  const uncounted = { ...room, revision: room.read_seq, unread: 0, mentions: 0 }
  rooms.set(room.kind === 'direct' ? uncounted : room)
  rooms.refresh()
}

function hasChanged(known: RoomSummary | undefined, room: RoomSummary): boolean {
  const told = ['read_seq', 'unread', 'mentions', 'notify', 'role', 'comings', 'name'] as const
  return told.some((name) => known?.[name] !== room[name])
}

/** Rooms that are not there any more; of many only the one on the page is asked for. */
function leaveMissing(app: App, asked: Map<number, number>, listed: RoomSummary[]): void {
  const { connection, page, positions, reading, rooms, timeline } = app
  const here = timeline.room()
  if (listed.length >= listedRoomsMax) {
    if (!listed.some(({ id }) => id === here))
      connection.send({
        type: 'resume',
        epoch: page.epoch,
        rooms: { [here]: positions.known(here) },
      })
    return
  }
  const ids = new Set(listed.map(({ id }) => id))
  for (const room of asked.keys()) {
    if (ids.has(room)) continue
    asked.delete(room)
    rooms.forget(room)
    if (room === here) ifLoaded(reading, ({ leave }) => leave())
    rooms.refresh()
  }
}

function showNotice(notice: string): void {
  element('connection', HTMLElement).after(
    make('div', { id: 'polled', class: 'connection' }, make('span', {}, notice)),
  )
  announce(notice)
}
