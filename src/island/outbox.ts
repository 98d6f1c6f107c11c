import type { AcceptedEvent, RefusedEvent } from '../chat/events'
import { limits } from '../limits'
import type { Connection } from './connection'
import type { Storage } from './storage'

/** A message of mine that the server has not answered yet, or refused. */
export type OutboxEntry = {
  clientId: string
  room: number
  content: string
  /** The browser's clock in milliseconds; only for showing and for the order of sending. */
  at: number
  state: 'waiting' | 'failed'
  reason: string
}

export type OutboxListener = {
  onChange: (entry: OutboxEntry) => void
  onSent: (entry: OutboxEntry, accepted: AcceptedEvent | null) => void
  onDiscard: (entry: OutboxEntry) => void
  /** The browser keeps nothing: unsent messages would not survive a reload. */
  onStorageFull: () => void
  /** The server asks to slow down. */
  onSlow: (retryMs: number) => void
}

export type Outbox = {
  post: (room: number, content: string) => OutboxEntry
  entries: (room: number) => OutboxEntry[]
  /** Sends whatever may be sent; called when the connection is there and after each answer. */
  flush: () => void
  /** The connection is gone: what was under way will be sent again, with the same ids. */
  interrupted: () => void
  onAccepted: (accepted: AcceptedEvent) => void
  onRefused: (refused: RefusedEvent) => void
  retry: (clientId: string) => void
  discard: (clientId: string) => OutboxEntry | null
}

/**
 * Messages between Enter and the server's answer. Each is kept under its own key until it was
 * answered, so it survives a reload and a crash; each room sends one at a time, in order, always
 * with the same id, so that sending again can never double it.
 */
export function openOutbox(
  userId: number,
  storage: Storage,
  connection: () => Connection | null,
  listener: OutboxListener,
): Outbox {
  const prefix = `outbox.${userId}.`
  const entries = new Map<string, OutboxEntry>()
  const underWay = new Map<number, string>()
  let pausedUntil = 0
  for (const entry of load(storage, prefix)) entries.set(entry.clientId, entry)

  const keep = (entry: OutboxEntry): void => {
    entries.set(entry.clientId, entry)
    if (!storage.write(prefix + entry.clientId, entry)) listener.onStorageFull()
  }
  const forget = (entry: OutboxEntry): void => {
    entries.delete(entry.clientId)
    storage.remove(prefix + entry.clientId)
    if (underWay.get(entry.room) === entry.clientId) underWay.delete(entry.room)
  }
  const flush = (): void => {
    if (performance.now() < pausedUntil) return
    for (const [room, [first]] of Map.groupBy(sorted(entries), (entry) => entry.room)) {
      // A failed message holds back those behind it: order is kept until somebody decides.
      if (first === undefined || first.state === 'failed' || underWay.has(room)) continue
      const { clientId, content } = first
      const frame = { type: 'message.post', room, client_id: clientId, content }
      if (connection()?.send({ ...frame, attachments: [], reply_to: null })) {
        underWay.set(room, clientId)
        setTimeout(() => unanswered(room, clientId), limits.answerMsMax)
      }
    }
  }
  const unanswered = (room: number, clientId: string): void => {
    if (underWay.get(room) === clientId) connection()?.probe(limits.answerMsMax / 2)
  }
  const slowDown = (retryMs: number): void => {
    underWay.clear()
    pausedUntil = performance.now() + retryMs
    setTimeout(flush, retryMs + 1)
    listener.onSlow(retryMs)
  }

  watchOtherTabs(storage, prefix, entries, underWay, listener)
  return {
    post(room, content) {
      const clientId = newClientId()
      const entry: OutboxEntry = {
        clientId,
        room,
        content,
        at: Math.max(Date.now(), (sorted(entries).at(-1)?.at ?? 0) + 1),
        state: 'waiting',
        reason: '',
      }
      keep(entry)
      return entry
    },
    entries: (room) => sorted(entries).filter((entry) => entry.room === room),
    flush,
    interrupted: () => underWay.clear(),
    onAccepted(accepted) {
      const entry = entries.get(accepted.client_id)
      if (entry === undefined) return
      forget(entry)
      listener.onSent(entry, accepted)
      flush()
    },
    onRefused({ client_id, retry_ms, reason }) {
      if (retry_ms !== undefined) return slowDown(retry_ms)
      const entry = entries.get(client_id ?? '')
      if (entry === undefined) return
      underWay.delete(entry.room)
      const failed: OutboxEntry = { ...entry, state: 'failed', reason }
      keep(failed)
      listener.onChange(failed)
    },
    retry(clientId) {
      const entry = entries.get(clientId)
      if (entry === undefined) return
      const waiting: OutboxEntry = { ...entry, state: 'waiting', reason: '' }
      keep(waiting)
      listener.onChange(waiting)
      flush()
    },
    discard(clientId) {
      const entry = entries.get(clientId)
      if (entry === undefined) return null
      forget(entry)
      listener.onDiscard(entry)
      flush()
      return entry
    },
  }
}

function sorted(entries: Map<string, OutboxEntry>): OutboxEntry[] {
  return [...entries.values()].sort((a, b) => a.at - b.at)
}

/** Whatever stands in the storage is only believed when it has the shape of an entry. */
function load(storage: Storage, prefix: string): OutboxEntry[] {
  return storage.keys(prefix).flatMap((key) => {
    const value = storage.read(key)
    if (isEntry(value) && key === prefix + value.clientId) return [value]
    storage.remove(key)
    return []
  })
}

function isEntry(value: unknown): value is OutboxEntry {
  if (typeof value !== 'object' || value === null) return false
  const fields = new Map<string, unknown>(Object.entries(value))
  const state = fields.get('state')
  return (
    /^[\w-]{1,64}$/.test(String(fields.get('clientId'))) &&
    Number.isSafeInteger(fields.get('room')) &&
    typeof fields.get('content') === 'string' &&
    Number.isFinite(fields.get('at')) &&
    (state === 'waiting' || state === 'failed') &&
    typeof fields.get('reason') === 'string'
  )
}

/** Another tab of mine may have had an answer, or a decision, for the same message. */
function watchOtherTabs(
  storage: Storage,
  prefix: string,
  entries: Map<string, OutboxEntry>,
  underWay: Map<number, string>,
  listener: OutboxListener,
): void {
  storage.watch((key, value) => {
    const entry = entries.get(key.slice(prefix.length))
    if (!key.startsWith(prefix) || value !== null || entry === undefined) return
    if (underWay.get(entry.room) === entry.clientId) return
    entries.delete(entry.clientId)
    listener.onSent(entry, null)
  })
}

/** 128 random bits; `crypto.randomUUID` is missing on plain HTTP. */
function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
