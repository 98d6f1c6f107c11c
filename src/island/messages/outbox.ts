import type { AcceptedEvent, RefusedEvent } from '../../shared/protocol'
import type { Connection } from '../net/connection'
import { newId } from '../ui/new-id'
import { loadEntries, type OutboxEntry } from './outbox-entry'
import type { Storage } from '../ui/storage'
import { limits } from '../../shared/limits'

export type OutboxListener = {
  onChange: (entry: OutboxEntry) => void
  onSent: (entry: OutboxEntry, accepted: AcceptedEvent | null) => void
  onDiscard: (entry: OutboxEntry) => void
  /** Its turn has come, but files of it are not on the server yet. */
  onFiles: (entry: OutboxEntry) => void
  /** The browser keeps nothing: unsent messages would not survive a reload. */
  onStorageFull: () => void
  /** The server asks to slow down. */
  onSlow: (retryMs: number) => void
}

export type Outbox = {
  post: (message: NewEntry) => OutboxEntry
  entries: (room: number) => OutboxEntry[]
  /** How many in all. */
  size: () => number
  /** Sends whatever may be sent; called when the connection is there and after each answer. */
  flush: () => void
  /** The connection is gone: what was under way will be sent again, with the same ids. */
  interrupted: () => void
  onAccepted: (accepted: AcceptedEvent) => void
  onRefused: (refused: RefusedEvent) => void
  /** A file of a message has come to the server, or never will (`reason`). */
  filed: (clientId: string, key: string, id: string, reason?: string) => void
  retry: (clientId: string) => void
  discard: (clientId: string) => void
}

export type NewEntry = Pick<
  OutboxEntry,
  'room' | 'content' | 'files' | 'writtenIn' | 'to' | 'reply'
>

type Box = {
  prefix: string
  entries: Map<string, OutboxEntry>
  /** The message of each room that was sent and is not answered. */
  underWay: Map<number, string>
  /** Monotonic time before which nothing is sent. */
  pausedUntil: number
  storage: Storage
  connection: () => Connection | null
  listener: OutboxListener
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
  const entries = new Map(loadEntries(storage, prefix).map((entry) => [entry.clientId, entry]))
  const underWay = new Map<number, string>()
  const box: Box = { prefix, entries, underWay, pausedUntil: 0, storage, connection, listener }
  watchOtherTabs(box)
  return {
    post: (message) => post(box, message),
    entries: (room) =>
      sorted(entries).filter((entry) => entry.room === room || entry.writtenIn === room),
    size: () => entries.size,
    flush: () => flush(box),
    interrupted: () => underWay.clear(),
    onAccepted: (accepted) => settle(box, accepted),
    onRefused: (refused) => refuse(box, refused),
    filed: (clientId, key, id, reason) => filed(box, clientId, key, id, reason),
    retry: (clientId) => retry(box, clientId),
    discard: (clientId) => discard(box, clientId),
  }
}

function post(box: Box, message: NewEntry): OutboxEntry {
  const last = sorted(box.entries).at(-1)
  const at = Math.max(Date.now(), (last?.at ?? 0) + 1)
  const entry: OutboxEntry = {
    ...message,
    clientId: newId(),
    at,
    state: 'waiting',
    reason: '',
  }
  keep(box, entry)
  return entry
}

function keep(box: Box, entry: OutboxEntry): void {
  box.entries.set(entry.clientId, entry)
  if (!box.storage.write(box.prefix + entry.clientId, entry)) box.listener.onStorageFull()
}

function forget(box: Box, { clientId, room }: OutboxEntry): void {
  box.entries.delete(clientId)
  box.storage.remove(box.prefix + clientId)
  if (box.underWay.get(room) === clientId) box.underWay.delete(room)
}

function flush(box: Box): void {
  if (performance.now() < box.pausedUntil) return
  for (const [room, [first]] of Map.groupBy(sorted(box.entries), (entry) => entry.room)) {
    // A failed message holds back those behind it: order is kept until somebody decides.
    if (first === undefined || first.state === 'failed' || box.underWay.has(room)) continue
    const { clientId, content, files, reply, writtenIn } = first
    if (files.some(({ id }) => id === '')) {
      box.listener.onFiles(first)
      continue
    }
    const frame = {
      type: 'message.post',
      room,
      client_id: clientId,
      content,
      written_in: writtenIn,
      attachments: files.map(({ id }) => id),
      reply_to: reply?.seq ?? null,
    }
    if (box.connection()?.send(frame)) {
      box.underWay.set(room, clientId)
      setTimeout(() => doubt(box, room, clientId), limits.answerMsMax)
    }
  }
}

/** No answer for so long: is anybody there? */
function doubt(box: Box, room: number, clientId: string): void {
  if (box.underWay.get(room) === clientId) box.connection()?.probe(limits.answerMsMax / 2)
}

function settle(box: Box, accepted: AcceptedEvent): void {
  const entry = box.entries.get(accepted.client_id)
  if (entry === undefined) return
  forget(box, entry)
  box.listener.onSent(entry, accepted)
  flush(box)
}

function refuse(box: Box, { client_id, code, retry_ms, reason }: RefusedEvent): void {
  const entry = box.entries.get(client_id ?? '')
  if (retry_ms !== undefined) {
    pause(box, retry_ms)
    if (code === 'too_many') return box.listener.onSlow(retry_ms)
    // The server's trouble is said where the message waits until it is over.
    if (entry !== undefined) change(box, { ...entry, reason })
    return
  }
  if (entry === undefined) return
  box.underWay.delete(entry.room)
  // What it answers is gone: sent once more, it goes without the quotation.
  const reply = code === 'reply_missing' ? null : entry.reply
  // Kept too long, uploads are forgotten there; then they are sent again.
  const isGone = code === 'attachment_missing'
  const files = isGone ? entry.files.map((file) => ({ ...file, id: '' })) : entry.files
  fail(box, { ...entry, reply, files }, reason)
}

function change(box: Box, entry: OutboxEntry): void {
  keep(box, entry)
  box.listener.onChange(entry)
}

function fail(box: Box, entry: OutboxEntry, reason: string): void {
  change(box, { ...entry, state: 'failed', reason })
}

function filed(box: Box, clientId: string, key: string, id: string, reason?: string): void {
  const entry = box.entries.get(clientId)
  if (entry === undefined) return
  if (reason !== undefined) return fail(box, entry, reason)
  const files = entry.files.map((file) => (file.key === key ? { ...file, id } : file))
  keep(box, { ...entry, files })
  flush(box)
}

function pause(box: Box, retryMs: number): void {
  box.underWay.clear()
  box.pausedUntil = performance.now() + retryMs
  setTimeout(() => flush(box), retryMs + 1)
}

function retry(box: Box, clientId: string): void {
  const entry = box.entries.get(clientId)
  if (entry === undefined) return
  change(box, { ...entry, state: 'waiting', reason: '' })
  flush(box)
}

function discard(box: Box, clientId: string): void {
  const entry = box.entries.get(clientId)
  if (entry === undefined) return
  forget(box, entry)
  box.listener.onDiscard(entry)
  flush(box)
}

function sorted(entries: Map<string, OutboxEntry>): OutboxEntry[] {
  return [...entries.values()].sort((a, b) => a.at - b.at)
}

/** Another tab of mine may have had an answer, or a decision, for the same message. */
function watchOtherTabs({ prefix, entries, underWay, storage, listener }: Box): void {
  storage.watch((key, value) => {
    const entry = entries.get(key.slice(prefix.length))
    if (!key.startsWith(prefix) || value !== null || entry === undefined) return
    if (underWay.get(entry.room) === entry.clientId) return
    entries.delete(entry.clientId)
    listener.onSent(entry, null)
  })
}
