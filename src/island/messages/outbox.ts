import { limits } from '../../shared/limits'
import { fill } from '../../shared/text'
import type { AcceptedEvent, ClientFrame, RefusedEvent } from '../../shared/protocol'
import type { Connection } from '../net/connection'
import type { Page } from '../ui/page'
import { fieldsOf, hasShape, type Quoted, readQuoted, type Shaped } from '../ui/shape'
import { newId, type Storage } from '../ui/storage'
import { showToast } from '../ui/toast'

const fileShape = {
  key: 'string',
  /** The id of the upload; empty until the upload is complete. */
  id: 'string',
  name: 'string',
  type: 'string',
  size: 'number',
  description: 'string',
  /** Of a picture: sent as it is, not made smaller. */
  isOriginal: 'boolean',
} as const

/** A file of an unsent message; its bytes are stored elsewhere under its key. */
export type OutboxFile = Shaped<typeof fileShape>

const entryShape = {
  clientId: 'string',
  room: 'number',
  content: 'string',
  /** The recipient's name, of a private message. */
  to: 'string',
  /** The browser's clock, for display and for the order of sending only. */
  at: 'number',
  reason: 'string',
} as const

/** A message of mine that the server has not accepted yet. */
export type OutboxEntry = Shaped<typeof entryShape> & {
  /** Of a private message: the room in which it was written. */
  writtenIn: number | null
  reply: Quoted | null
  files: OutboxFile[]
  state: 'waiting' | 'failed'
}

export type OutboxListener = {
  /** The entry has another state. */
  changed: (entry: OutboxEntry) => void
  /** The server has it; without `accepted` another tab got the answer. */
  sent: (entry: OutboxEntry, accepted: AcceptedEvent | null) => void
  /** It is next, and files of it are not uploaded yet. */
  upload: (entry: OutboxEntry) => void
}

type Needs = { connection: Pick<Connection, 'probe' | 'send'>; page: Page; storage: Storage }
type NewEntry = Omit<OutboxEntry, 'clientId' | 'at' | 'state' | 'reason'>
export type Outbox = ReturnType<typeof openOutbox>
type State = ReturnType<typeof loadState>

/**
 * Messages between Enter and the server's answer. Each is stored under its own key until it is
 * answered, so it survives a reload and a crash; each room sends one at a time, in order, always
 * with the same id, so that sending again cannot double it.
 */
export function openOutbox(needs: Needs, listener: OutboxListener) {
  const state = loadState(needs, listener)
  const { entries, inFlight } = state
  // Another tab may have had an answer, or a decision, for the same message.
  needs.storage.watch((key, value) => {
    const entry = entries.get(key.slice(state.prefix.length))
    if (!key.startsWith(state.prefix) || value !== null || entry === undefined) return
    if (inFlight.get(entry.room) === entry.clientId) return
    entries.delete(entry.clientId)
    listener.sent(entry, null)
  })
  return {
    post(message: NewEntry): OutboxEntry {
      const at = Math.max(Date.now(), (sorted(state).at(-1)?.at ?? 0) + 1)
      const entry: OutboxEntry = { ...message, clientId: newId(), at, state: 'waiting', reason: '' }
      store(state, entry)
      return entry
    },
    entries: (room: number) =>
      sorted(state).filter((entry) => entry.room === room || entry.writtenIn === room),
    size: () => entries.size,
    flush: () => flush(state),
    /** Messages without an answer are sent again, with the same ids. */
    interrupted: () => inFlight.clear(),
    onAccepted(accepted: AcceptedEvent): void {
      const entry = remove(state, accepted.client_id)
      if (entry === null) return
      listener.sent(entry, accepted)
      flush(state)
    },
    onRefused: (refused: RefusedEvent) => onRefused(state, refused),
    setUploaded(clientId: string, key: string, id: string, reason?: string): void {
      const entry = entries.get(clientId)
      if (entry === undefined) return
      if (reason !== undefined) return change(state, { ...entry, state: 'failed', reason })
      const files = entry.files.map((file) => (file.key === key ? { ...file, id } : file))
      store(state, { ...entry, files })
      flush(state)
    },
    retry(clientId: string): void {
      const entry = entries.get(clientId)
      if (entry === undefined) return
      change(state, { ...entry, state: 'waiting', reason: '' })
      flush(state)
    },
    discard(clientId: string): OutboxEntry | null {
      const entry = remove(state, clientId)
      if (entry !== null) flush(state)
      return entry
    },
  }
}

function loadState(needs: Needs, listener: OutboxListener) {
  const { page, storage } = needs
  const prefix = `outbox.${page.user?.id}.`
  const entries = new Map<string, OutboxEntry>()
  for (const key of storage.keys(prefix)) {
    const entry = readEntry(storage.read(key))
    if (entry !== null && key === prefix + entry.clientId) entries.set(entry.clientId, entry)
    else storage.remove(key)
  }
  /** The message of each room that was sent and is not answered. */
  const inFlight = new Map<number, string>()
  /** `pausedUntil`: monotonic time before which nothing is sent. */
  return { ...needs, listener, prefix, entries, inFlight, pausedUntil: 0 }
}

/** A stored value is used only when it has the shape of an entry. */
function readEntry(value: unknown): OutboxEntry | null {
  if (!hasShape(value, entryShape) || !/^[\w-]{1,64}$/.test(value.clientId)) return null
  const { writtenIn, state, reply, files } = fieldsOf(value)
  if (state !== 'waiting' && state !== 'failed') return null
  if (writtenIn !== null && typeof writtenIn !== 'number') return null
  const kept = { ...value, writtenIn, reply: readQuoted(reply) }
  const isFile = (file: unknown) => hasShape(file, fileShape) && file.size > 0
  return { ...kept, state, files: Array.isArray(files) ? files.filter(isFile) : [] }
}

function store({ entries, page, prefix, storage }: State, entry: OutboxEntry): void {
  entries.set(entry.clientId, entry)
  const isStored = storage.write(prefix + entry.clientId, entry)
  if (!isStored) showToast(page.words.storageFull)
}

function change(state: State, entry: OutboxEntry): void {
  store(state, entry)
  state.listener.changed(entry)
}

function remove(state: State, clientId: string): OutboxEntry | null {
  const { entries, inFlight, prefix, storage } = state
  const entry = entries.get(clientId)
  if (entry === undefined) return null
  entries.delete(clientId)
  storage.remove(prefix + clientId)
  if (inFlight.get(entry.room) === clientId) inFlight.delete(entry.room)
  return entry
}

function flush(state: State): void {
  const { connection, inFlight, listener } = state
  if (performance.now() < state.pausedUntil) return
  for (const [room, [first]] of Map.groupBy(sorted(state), (entry) => entry.room)) {
    // A failed message holds back those behind it: order is kept until the reader decides.
    if (first === undefined || first.state === 'failed' || inFlight.has(room)) continue
    const { clientId, content, files, reply, writtenIn } = first
    if (files.some(({ id }) => id === '')) {
      listener.upload(first)
      continue
    }
    const isSent = connection.send({
      type: 'message.post',
      room,
      client_id: clientId,
      content,
      written_in: writtenIn,
      attachments: files.map(({ id }) => id),
      reply_to: reply?.seq ?? null,
    })
    if (!isSent) continue
    inFlight.set(room, clientId)
    setTimeout(() => {
      if (inFlight.get(room) === clientId) connection.probe(limits.answerMsMax / 2)
    }, limits.answerMsMax)
  }
}

function onRefused(state: State, { client_id, code, retry_ms, reason }: RefusedEvent): void {
  const entry = state.entries.get(client_id ?? '')
  // A message that a room holds back keeps no other one waiting: the reader sends it again.
  if (retry_ms !== undefined && !/^(slow|muted)$/.test(code)) {
    state.inFlight.clear()
    state.pausedUntil = performance.now() + retry_ms
    setTimeout(() => flush(state), retry_ms + 1)
    const seconds = Math.max(1, Math.ceil(retry_ms / 1000))
    if (code === 'too_many') showToast(fill(state.page.words.fast, { s: seconds }))
    // A problem of the server is shown at the message until it is over.
    else if (entry !== undefined) change(state, { ...entry, reason })
    return
  }
  if (entry === undefined) return
  state.inFlight.delete(entry.room)
  // The quoted message is gone: the next attempt goes without the quote.
  const reply = code === 'reply_missing' ? null : entry.reply
  // Uploads expire on the server; then they are uploaded again.
  const isExpired = code === 'attachment_missing'
  const files = isExpired ? entry.files.map((file) => ({ ...file, id: '' })) : entry.files
  change(state, { ...entry, reply, files, state: 'failed', reason })
}

/** Oldest first. */
function sorted({ entries }: State): OutboxEntry[] {
  return [...entries.values()].sort((a, b) => a.at - b.at)
}

type WithoutId<Frame> = Frame extends { client_id: string } ? Omit<Frame, 'client_id'> : never
export type Requests = ReturnType<typeof createRequests>

/** Sends changes of stored messages; whatever fails is said to the reader. */
export function createRequests({ page, connection }: Pick<Needs, 'page' | 'connection'>) {
  const waiting = new Map<string, (isAccepted: boolean) => void>()
  const resolve = (clientId: string | null, isAccepted: boolean): boolean => {
    const answer = waiting.get(clientId ?? '')
    waiting.delete(clientId ?? '')
    answer?.(isAccepted)
    return answer !== undefined
  }
  return {
    /** Resolves to whether the server accepted the frame. */
    send(frame: WithoutId<ClientFrame>): Promise<boolean> {
      const clientId = newId()
      const { promise, resolve: answer } = Promise.withResolvers<boolean>()
      waiting.set(clientId, answer)
      if (!connection.send({ ...frame, client_id: clientId })) {
        resolve(clientId, false)
        showToast(page.words.notConnected)
      }
      return promise
    },
    onAccepted: ({ client_id }: AcceptedEvent) => void resolve(client_id, true),
    onRefused({ client_id, reason }: RefusedEvent): boolean {
      const isOurs = resolve(client_id, false)
      if (isOurs) showToast(reason)
      return isOurs
    },
    interrupted(): void {
      if (waiting.size > 0) showToast(page.words.notConnected)
      for (const clientId of waiting.keys()) resolve(clientId, false)
    },
  }
}
