import type { Storage } from './storage'

/** A message of mine that the server has not answered yet, or refused. */
export type OutboxEntry = {
  clientId: string
  room: number
  /** Of a private message: the room it was written in, and to whom. */
  writtenIn: number | null
  to: string
  content: string
  /** The browser's clock in milliseconds; only for showing and for the order of sending. */
  at: number
  state: 'waiting' | 'failed'
  reason: string
}

/** Whatever stands in the storage is only believed when it has the shape of an entry. */
export function loadEntries(storage: Storage, prefix: string): OutboxEntry[] {
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
    typeof fields.get('to') === 'string' &&
    (fields.get('writtenIn') === null || Number.isSafeInteger(fields.get('writtenIn'))) &&
    Number.isFinite(fields.get('at')) &&
    (state === 'waiting' || state === 'failed') &&
    typeof fields.get('reason') === 'string'
  )
}
