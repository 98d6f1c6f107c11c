import type { Quoted } from '../timeline/quotes'
import type { Storage } from '../ui/storage'

/** A file of such a message; the bytes are kept elsewhere under its key. */
export type OutboxFile = {
  key: string
  /** What the server calls it; empty until all of it is there. */
  id: string
  name: string
  type: string
  size: number
  description: string
  /** Of a picture: as it is, not made smaller. */
  isOriginal: boolean
}

/** A message of mine that the server has not answered yet, or refused. */
export type OutboxEntry = {
  clientId: string
  room: number
  /** Of a private message: the room it was written in, and to whom. */
  writtenIn: number | null
  to: string
  content: string
  /** What it answers. */
  reply: Quoted | null
  files: OutboxFile[]
  /** The browser's clock in milliseconds; only for showing and for the order of sending. */
  at: number
  state: 'waiting' | 'failed'
  reason: string
}

/** Whatever stands in the storage is only believed when it has the shape of an entry. */
export function loadEntries(storage: Storage, prefix: string): OutboxEntry[] {
  return storage.keys(prefix).flatMap((key) => {
    const entry = readEntry(storage.read(key))
    if (entry !== null && key === prefix + entry.clientId) return [entry]
    storage.remove(key)
    return []
  })
}

function readEntry(value: unknown): OutboxEntry | null {
  const fields = fieldsOf(value)
  const [clientId, content, to, reason] = ['clientId', 'content', 'to', 'reason'].map((name) => {
    const text = fields.get(name)
    return typeof text === 'string' ? text : null
  })
  const [room, at] = [fields.get('room'), fields.get('at')]
  const writtenIn = fields.get('writtenIn')
  const state = fields.get('state')
  if (clientId == null || content == null || to == null || reason == null) return null
  if (!/^[\w-]{1,64}$/.test(clientId) || !isPlace(room) || !Number.isFinite(at)) return null
  if (writtenIn !== null && !isPlace(writtenIn)) return null
  if (state !== 'waiting' && state !== 'failed') return null
  const reply = readQuoted(fields.get('reply'))
  const files = readFiles(fields.get('files'))
  return { clientId, room, writtenIn, to, content, files, reply, at: Number(at), state, reason }
}

function readFiles(value: unknown): OutboxFile[] {
  return Array.isArray(value) ? value.filter(isFile) : []
}

function isFile(value: unknown): value is OutboxFile {
  const fields = fieldsOf(value)
  const texts = ['key', 'id', 'name', 'type', 'description'].map((name) => fields.get(name))
  return texts.every((text) => typeof text === 'string') && Number(fields.get('size')) > 0
}

/** What is answered, out of anything that was stored; null when it is nothing of the kind. */
export function readQuoted(value: unknown): Quoted | null {
  const fields = fieldsOf(value)
  const [room, seq, user] = [fields.get('room'), fields.get('seq'), fields.get('user')]
  const [name, text] = [fields.get('name'), fields.get('text')]
  if (!isPlace(room) || !isPlace(seq) || !isPlace(user)) return null
  return typeof name === 'string' && typeof text === 'string'
    ? { room, seq, user, name, text }
    : null
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value)
}

/** What was stored, by its keys; nothing of what is no object. */
export function fieldsOf(value: unknown): Map<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
}
