import type { ChatEvent } from '../../shared/protocol'
import { limits } from '../../shared/limits'
import { fieldsOf, hasShape } from '../ui/shape'
import type { Storage } from '../ui/storage'

/** 80 % of what browsers give an origin (5.18 million characters, measured). */
export const copyUnitsMax = 4_144_000
/** Messages per storage key: adding one rewrites a chunk, about a third of a millisecond. */
const chunkMessages = 100

/** A message in the device copy; `text` as it was typed. `replyTo`: 0 when it is no reply. */
export type CopiedMessage = {
  room: number
  seq: number
  revision: number
  user: number
  name: string
  at: number
  text: string
  clientId: string
  isEdited: boolean
  replyTo: number
  files: { name: string; url: string }[]
}

/** The present state of a message; null when it is deleted. */
export type Change = { seq: number; message: CopiedMessage | null }

export type CopyStore = ReturnType<typeof openCopyStore>

type State = {
  storage: Storage
  prefix: string
  /** Characters of all keys and values; null after another tab has written. */
  units: number | null
  /** Stored once per person, so that all their messages follow a change of name. */
  names: Record<string, unknown> | null
  parsed: Map<string, CopiedMessage[]>
}

/** Opens the copy of one person and one database, a hundred places per key; others are deleted. */
export function openCopyStore(storage: Storage, userId: number, epoch: string) {
  const prefix = `history.${userId}.${epoch}.`
  for (const key of storage.keys('history.')) if (!key.startsWith(prefix)) storage.remove(key)
  const state: State = { storage, prefix, units: null, names: null, parsed: new Map() }
  storage.watch((key) => {
    state.units = null
    state.parsed.delete(key)
    if (key !== `${prefix}names`) return
    state.names = null
    state.parsed.clear()
  })
  return {
    /** Merges changes of a room, as far as the browser has space. */
    apply: (room: number, changes: Change[]) => apply(state, room, changes),
    /** The newest `count` messages of a room, oldest first. */
    read: (room: number, count = Number.POSITIVE_INFINITY) => read(state, room, count),
    find: (room: number, seq: number) =>
      chunk(state, keyOf(state, room, seq)).find((message) => message.seq === seq) ?? null,
    rename(user: number, name: string) {
      if (user in namesOf(state)) learnNames(state, [{ user, name }])
    },
    rooms: () =>
      [...new Set(storage.keys(prefix).map((key) => roomOf(state, key)))].filter(Boolean),
    /** Up to which revision the copy of a room is complete; null when there is none. */
    head(room: number) {
      const head = storage.read(`${prefix}${room}.head`)
      return typeof head === 'number' && Number.isSafeInteger(head) ? head : null
    },
    /** False when the browser stores nothing. */
    setHead: (room: number, revision: number) => write(state, `${prefix}${room}.head`, revision),
    forget: (room: number) => remove(state, storage.keys(`${prefix}${room}.`)),
    /** Drops the oldest chunk of all rooms; false when there is none. */
    evict: () => evict(state),
    clear() {
      state.names = null
      remove(state, storage.keys(prefix))
    },
    usage() {
      const messages = chunkKeys(state).reduce((sum, key) => sum + chunk(state, key).length, 0)
      return { messages, units: total(state) }
    },
    /** Everything by chunk, for the search: the same array as long as it has not changed. */
    chunks: () => chunkKeys(state).map((key) => chunk(state, key)),
  }
}

/** The change that an event of the server tells; null for an event about no message. */
export function changeOf(event: ChatEvent): Change | null {
  if (event.type === 'message.removed') return { seq: event.seq, message: null }
  if (event.type !== 'message' && event.type !== 'message.changed') return null
  const { room, seq, revision, sender, content } = event
  const message = {
    room,
    seq,
    revision,
    user: sender.id,
    name: sender.nickname,
    at: Date.parse(event.timestamp),
    text: content,
    clientId: event.client_id,
    isEdited: event.edited !== null,
    replyTo: event.reply_to ?? 0,
    files: event.attachments.map(({ name, url }) => ({ name, url })),
  }
  return { seq, message }
}

/** The beginning of a message, on one line, as a reply quotes it. */
export function excerptOf({ text }: CopiedMessage): string {
  return Array.from(text.replace(/\s+/gu, ' ')).slice(0, limits.quoteLettersMax).join('')
}

function apply(state: State, room: number, changes: Change[]): void {
  learnNames(
    state,
    changes.flatMap(({ message }) => message ?? []),
  )
  for (const [key, those] of Map.groupBy(changes, ({ seq }) => keyOf(state, room, seq))) {
    // Another tab may have written it, and its event may not have arrived here yet.
    state.parsed.delete(key)
    const bySeq = new Map(chunk(state, key).map((message) => [message.seq, message]))
    const news = those.filter(({ seq, message }) => {
      const known = bySeq.get(seq)?.revision ?? -1
      return message === null ? known >= 0 : known < message.revision
    })
    if (news.length === 0) continue
    for (const { seq, message } of news) {
      if (message === null) bySeq.delete(seq)
      else bySeq.set(seq, message)
    }
    const after = [...bySeq.values()].sort((a, b) => a.seq - b.seq)
    if (after.length === 0) remove(state, [key])
    else if (write(state, key, after.map(pack))) state.parsed.set(key, after)
  }
  while (total(state) > copyUnitsMax && evict(state));
}

function read(state: State, room: number, count: number): CopiedMessage[] {
  let newest: CopiedMessage[] = []
  const keys = chunkKeys(state).filter((key) => roomOf(state, key) === room)
  for (const key of keys.sort((a, b) => chunkOf(b) - chunkOf(a))) {
    if (newest.length >= count) break
    newest = [...chunk(state, key), ...newest]
  }
  return newest.slice(Math.max(0, newest.length - count))
}

function chunk(state: State, key: string): CopiedMessage[] {
  const known = state.parsed.get(key)
  if (known !== undefined) return known
  const stored = state.storage.read(key)
  const messages = (Array.isArray(stored) ? stored.slice(0, chunkMessages) : []).flatMap(
    (values: unknown) => unpack(state, roomOf(state, key), values) ?? [],
  )
  state.parsed.set(key, messages)
  return messages
}

function keyOf({ prefix }: State, room: number, seq: number): string {
  return `${prefix}${room}.${Math.floor(seq / chunkMessages)}`
}

function chunkOf(key: string): number {
  return Number(key.split('.').at(-1))
}

/** Not a number for a key that is of no room. */
function roomOf({ prefix }: State, key: string): number {
  return Number(key.slice(prefix.length).split('.')[0])
}

function chunkKeys({ storage, prefix }: State): string[] {
  return storage.keys(prefix).filter((key) => /^\d+\.\d+$/.test(key.slice(prefix.length)))
}

/** The storage makes space by `evict` when it is full, so false means that there is none at all. */
function write(state: State, key: string, value: unknown): boolean {
  remove(state, [key])
  const isKept = state.storage.write(key, value)
  if (state.units !== null && isKept) state.units += key.length + state.storage.size(key)
  return isKept
}

function remove(state: State, keys: string[]): void {
  for (const key of keys) {
    const size = state.storage.size(key)
    if (state.units !== null && size > 0) state.units -= key.length + size
    state.storage.remove(key)
    state.parsed.delete(key)
  }
}

function total(state: State): number {
  const { prefix, storage } = state
  state.units ??= storage.keys(prefix).reduce((sum, key) => sum + key.length + storage.size(key), 0)
  return state.units
}

function evict(state: State): boolean {
  const times = chunkKeys(state).map((key) => ({ key, at: chunk(state, key).at(-1)?.at ?? 0 }))
  const [oldest] = times.sort((a, b) => a.at - b.at)
  if (oldest !== undefined) remove(state, [oldest.key])
  return oldest !== undefined
}

function namesOf(state: State): Record<string, unknown> {
  state.names ??= fieldsOf(state.storage.read(`${state.prefix}names`))
  return state.names
}

function learnNames(state: State, people: { user: number; name: string }[]): void {
  const known = namesOf(state)
  const changed = people.filter(({ user, name }) => known[user] !== name)
  if (changed.length === 0) return
  state.names = { ...known, ...Object.fromEntries(changed.map(({ user, name }) => [user, name])) }
  write(state, `${state.prefix}names`, state.names)
  state.parsed.clear()
}

/** In the storage a message is a list without the names of its fields; the last three are rare. */
export function pack(message: CopiedMessage): unknown[] {
  const { seq, revision, user, at, text, clientId, isEdited, replyTo, files } = message
  const packed = [seq, revision, user, at, text, clientId]
  const isPlain = !isEdited && replyTo === 0 && files.length === 0
  return isPlain ? packed : [...packed, isEdited, replyTo, files]
}

const messageShape = {
  seq: 'number',
  revision: 'number',
  user: 'number',
  name: 'string',
  at: 'number',
  text: 'string',
  clientId: 'string',
  isEdited: 'boolean',
  replyTo: 'number',
} as const

/** A stored message is only believed when it has the right shape. */
function unpack(state: State, room: number, values: unknown): CopiedMessage | null {
  const fields: unknown[] = Array.isArray(values) ? values : []
  const [seq, revision, user, at, text, clientId, isEdited = false, replyTo = 0, files] = fields
  const name = namesOf(state)[Number(user)] ?? ''
  const message = { seq, revision, user, name, at, text, clientId, isEdited, replyTo }
  if (!hasShape(message, messageShape)) return null
  if (message.text.length > limits.messageUnitsMax) return null
  if (!/^[\w-]{1,64}$/.test(message.clientId)) return null
  return { ...message, room, files: Array.isArray(files) ? files.filter(isFile) : [] }
}

function isFile(file: unknown): file is CopiedMessage['files'][number] {
  const isWhole = hasShape(file, { name: 'string', url: 'string' })
  return isWhole && URL.canParse(file.url, location.href)
}

/** Messages of any room that contain every one of the words, newest first. */
export function findIn(chunks: CopiedMessage[][], words: string, hitsMax: number): CopiedMessage[] {
  const wanted = fold(words)
    .split(/\s+/u)
    .filter((word) => word !== '')
  if (wanted.length === 0) return []
  return chunks
    .flatMap((chunk) => {
      const folded = foldedOf(chunk)
      return chunk.filter((_, n) => wanted.every((word) => folded[n]?.includes(word)))
    })
    .sort((a, b) => b.at - a.at)
    .slice(0, hitsMax)
}

/** A chunk is a new array whenever it has changed. */
const known = new WeakMap<CopiedMessage[], string[]>()

function foldedOf(chunk: CopiedMessage[]): string[] {
  const before = known.get(chunk)
  if (before !== undefined) return before
  const folded = chunk.map(({ text, files }) =>
    fold(files.length === 0 ? text : `${text}\n${files.map(({ name }) => name).join('\n')}`),
  )
  known.set(chunk, folded)
  return folded
}

/** Case, accents and width make no difference; most texts have none of the last two. */
function fold(text: string): string {
  const lower = text.toLowerCase()
  return /^[\x00-\x7f\u3000-\u303f\u4e00-\u9fff]*$/u.test(lower)
    ? lower
    : lower.normalize('NFKD').replace(/\p{M}/gu, '')
}
