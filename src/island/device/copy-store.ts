import type { CopiedMessage } from './copied-message'
import { limits } from '../../shared/limits'
import { pack, unpack } from './copied-message'
import type { Storage } from '../ui/storage'

/** 80 % of what browsers give an origin (5.18 million characters, measured). */
export const historyUnitsMax = 4_144_000

/** What happened to one message: it is so now, or it is gone. */
export type Change =
  { kind: 'message'; message: CopiedMessage } | { kind: 'gone'; room: number; seq: number }

/** The messages of one person that this browser keeps, in chunks of a hundred places per key. */
export type CopyStore = {
  /** Merges changes of a room; false when the browser has no place even for these. */
  apply: (room: number, changes: Change[]) => boolean
  /** All that is kept of a room, oldest first; `newest` bounds it. */
  read: (room: number, newest?: number) => CopiedMessage[]
  find: (room: number, seq: number) => CopiedMessage | null
  rooms: () => number[]
  /** Up to which revision the copy of a room is true; null when there is none. */
  head: (room: number) => number | null
  setHead: (room: number, revision: number) => void
  forget: (room: number) => void
  /** Drops the oldest chunk of all rooms; false when there is none. */
  evict: () => boolean
  clear: () => void
  usage: () => { messages: number; units: number }
  /** Everything, by chunk, for searching: the same array as long as it has not changed. */
  chunks: () => CopiedMessage[][]
}

type Shelf = {
  storage: Storage
  prefix: string
  /** Characters of each key, and when its last message was said; null: another tab wrote it. */
  sizes: Map<string, number> | null
  parsed: Map<string, CopiedMessage[]>
}

/** Opens the copy of one person and one database; that of any other is thrown away. */
export function openCopyStore(storage: Storage, userId: number, epoch: string): CopyStore {
  const prefix = `history.${userId}.${epoch}.`
  for (const key of storage.keys('history.')) if (!key.startsWith(prefix)) storage.remove(key)
  const shelf: Shelf = { storage, prefix, sizes: null, parsed: new Map() }
  storage.watch((key) => {
    shelf.sizes = null
    shelf.parsed.delete(key)
  })
  return {
    apply: (room, changes) => apply(shelf, room, changes),
    read: (room, newest = Number.POSITIVE_INFINITY) => read(shelf, room, newest),
    find: (room, seq) => chunk(shelf, keyOf(shelf, room, seq)).find((it) => it.seq === seq) ?? null,
    rooms: () => [...new Set(storage.keys(prefix).map((key) => roomOf(shelf, key)))],
    head: (room) => {
      const head = storage.read(`${prefix}${room}.head`)
      return typeof head === 'number' && Number.isSafeInteger(head) ? head : null
    },
    setHead: (room, revision) => void write(shelf, `${prefix}${room}.head`, revision),
    forget: (room) => remove(shelf, storage.keys(`${prefix}${room}.`)),
    evict: () => evict(shelf),
    clear: () => remove(shelf, storage.keys(prefix)),
    usage: () => ({
      messages: chunkKeys(shelf).reduce((sum, key) => sum + chunk(shelf, key).length, 0),
      units: total(shelf),
    }),
    chunks: () => chunkKeys(shelf).map((key) => chunk(shelf, key)),
  }
}

function apply(shelf: Shelf, room: number, changes: Change[]): boolean {
  const byChunk = Map.groupBy(changes, (change) => {
    const seq = change.kind === 'message' ? change.message.seq : change.seq
    return keyOf(shelf, room, seq)
  })
  let isKept = true
  for (const [key, those] of byChunk) {
    const before = chunk(shelf, key)
    const after = merge(before, those)
    if (after === before) continue
    if (after.length === 0) remove(shelf, [key])
    else if (write(shelf, key, after.map(pack))) shelf.parsed.set(key, after)
    else isKept = false
  }
  while (total(shelf) > historyUnitsMax && evict(shelf));
  return isKept
}

function keyOf({ prefix }: Shelf, room: number, seq: number): string {
  return `${prefix}${room}.${Math.floor(seq / limits.historyChunkMessages)}`
}

/** The same array when nothing changed. */
function merge(before: CopiedMessage[], changes: Change[]): CopiedMessage[] {
  const bySeq = new Map(before.map((message) => [message.seq, message]))
  let isChanged = false
  for (const change of changes) {
    if (change.kind === 'gone') isChanged = bySeq.delete(change.seq) || isChanged
    else if ((bySeq.get(change.message.seq)?.revision ?? -1) < change.message.revision) {
      bySeq.set(change.message.seq, change.message)
      isChanged = true
    }
  }
  return isChanged ? [...bySeq.values()].sort((a, b) => a.seq - b.seq) : before
}

function read(shelf: Shelf, room: number, newest: number): CopiedMessage[] {
  const messages: CopiedMessage[][] = []
  let found = 0
  for (const key of roomChunks(shelf, room).reverse()) {
    if (found >= newest) break
    const part = chunk(shelf, key)
    messages.unshift(part)
    found += part.length
  }
  const all = messages.flat()
  return newest < all.length ? all.slice(-newest) : all
}

function chunk(shelf: Shelf, key: string): CopiedMessage[] {
  const known = shelf.parsed.get(key)
  if (known !== undefined) return known
  const messages = unpack(roomOf(shelf, key), shelf.storage.read(key))
  shelf.parsed.set(key, messages)
  return messages
}

function roomOf({ prefix }: Shelf, key: string): number {
  return Number(key.slice(prefix.length).split('.')[0])
}

function chunkKeys({ storage, prefix }: Shelf): string[] {
  return storage.keys(prefix).filter((key) => /^\d+\.\d+$/.test(key.slice(prefix.length)))
}

/** Oldest first. */
function roomChunks(shelf: Shelf, room: number): string[] {
  const number = (key: string): number => Number(key.split('.').at(-1))
  return chunkKeys(shelf)
    .filter((key) => roomOf(shelf, key) === room)
    .sort((a, b) => number(a) - number(b))
}

/** The storage makes room by `evict` when it is full, so false means that there is none at all. */
function write(shelf: Shelf, key: string, value: unknown): boolean {
  const isKept = shelf.storage.write(key, value)
  shelf.parsed.delete(key)
  if (isKept) shelf.sizes?.set(key, key.length + shelf.storage.size(key))
  return isKept
}

function remove({ parsed, sizes, storage }: Shelf, keys: string[]): void {
  for (const key of keys) {
    storage.remove(key)
    parsed.delete(key)
    sizes?.delete(key)
  }
}

function total(shelf: Shelf): number {
  const { prefix, storage } = shelf
  shelf.sizes ??= new Map(storage.keys(prefix).map((key) => [key, key.length + storage.size(key)]))
  return [...shelf.sizes.values()].reduce((sum, size) => sum + size, 0)
}

function evict(shelf: Shelf): boolean {
  let oldest: string | null = null
  let oldestAt = Number.POSITIVE_INFINITY
  for (const key of chunkKeys(shelf)) {
    const at = chunk(shelf, key).at(-1)?.at ?? 0
    if (at < oldestAt) [oldest, oldestAt] = [key, at]
  }
  if (oldest !== null) remove(shelf, [oldest])
  return oldest !== null
}
