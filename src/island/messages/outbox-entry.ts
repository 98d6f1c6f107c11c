import type { OutboxEntry, OutboxFile } from '../app'
import { fieldsOf, hasShape, readQuoted } from '../ui/shape'
import type { Storage } from '../ui/storage'

/** The entries of an outbox. A stored value is used only when it has the shape of an entry. */
export function loadEntries(storage: Storage, prefix: string): OutboxEntry[] {
  return storage.keys(prefix).flatMap((key) => {
    const entry = readEntry(storage.read(key))
    if (entry !== null && key === prefix + entry.clientId) return [entry]
    storage.remove(key)
    return []
  })
}

const entryShape = {
  clientId: 'string',
  room: 'number',
  content: 'string',
  to: 'string',
  at: 'number',
  reason: 'string',
} as const

function readEntry(value: unknown): OutboxEntry | null {
  if (!hasShape(value, entryShape) || !/^[\w-]{1,64}$/.test(value.clientId)) return null
  const { clientId, room, content, to, at, reason } = value
  const { writtenIn, state, reply, files } = fieldsOf(value)
  if (state !== 'waiting' && state !== 'failed') return null
  if (writtenIn !== null && typeof writtenIn !== 'number') return null
  return {
    clientId,
    room,
    content,
    to,
    at,
    reason,
    state,
    writtenIn,
    reply: readQuoted(reply),
    files: Array.isArray(files) ? files.filter(isFile) : [],
  }
}

const fileShape = {
  key: 'string',
  id: 'string',
  name: 'string',
  type: 'string',
  size: 'number',
  description: 'string',
  isOriginal: 'boolean',
} as const

function isFile(value: unknown): value is OutboxFile {
  return hasShape(value, fileShape) && value.size > 0
}
