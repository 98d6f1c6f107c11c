import {
  type ChatEvent,
  lineKinds,
  type Named,
  type SystemEvent,
  type SystemLine,
} from '../../shared/protocol'
import { fold } from '../../shared/fold'
import { limits } from '../../shared/limits'
import { hideSpoilers } from '../../shared/markup/excerpt'
import type { Told } from '../../shared/system-lines'
import { fill } from '../../shared/text'
import type { Page } from '../ui/page'
import { fieldsOf, hasShape } from '../ui/shape'
import type { Storage } from '../ui/storage'

/** 80 % of what browsers give an origin (5.18 million characters, measured). */
export const copyUnitsMax = 4_144_000
/** Messages per storage key: adding one rewrites a chunk, about a third of a millisecond. */
const chunkMessages = 100

/**
 * A message in the device copy, or a system line; `text` as it was typed. `replyTo`: 0 when it is
 * no reply.
 */
export type CopiedMessage = NonNullable<ReturnType<typeof unpack>>

export type Change = { seq: number; message: CopiedMessage | null }

export type CopyStore = ReturnType<typeof openCopyStore>

/** Opens the copy of one person and one database, a hundred places per key; others are deleted. */
export function openCopyStore(storage: Storage, userId: number, epoch: string) {
  const prefix = `history.${userId}.${epoch}.`
  for (const key of storage.keys('history.')) if (!key.startsWith(prefix)) storage.remove(key)
  const { keys, learnNames, names, parse, read, remove, roomOf, total, write } = openChunks(
    storage,
    prefix,
  )
  const keyOf = (room: number, seq: number) => `${prefix}${room}.${Math.floor(seq / chunkMessages)}`
  const chunkOf = (key: string): number => Number(key.split('.').at(-1))
  const evict = (): boolean => {
    const times = keys().map((key) => ({ key, at: read(key).at(-1)?.at ?? 0 }))
    const [oldest] = times.sort((a, b) => a.at - b.at)
    if (oldest !== undefined) remove([oldest.key])
    return oldest !== undefined
  }
  return {
    apply(room: number, changes: Change[]) {
      learnNames(changes.flatMap(({ message }) => (message === null ? [] : authorsOf(message))))
      for (const [key, those] of Map.groupBy(changes, ({ seq }) => keyOf(room, seq))) {
        // Another tab may have written it, and its event may not have arrived here yet.
        const after = merge(parse(key), those)
        if (after?.length === 0) remove([key])
        else if (after !== null) write(key, after.map(pack))
      }
      while (total() > copyUnitsMax && evict());
    },
    read(room: number, count = Number.POSITIVE_INFINITY) {
      let newest: CopiedMessage[] = []
      const ofRoom = keys().filter((key) => roomOf(key) === room)
      for (const key of ofRoom.sort((a, b) => chunkOf(b) - chunkOf(a))) {
        if (newest.length < count) newest = [...read(key), ...newest]
      }
      return newest.slice(-count)
    },
    find: (room: number, seq: number) =>
      read(keyOf(room, seq)).find((message) => message.seq === seq) ?? null,
    rename(user: number, name: string, hasLeft: boolean) {
      if (user in names()) learnNames([{ user, name, hasLeft }])
    },
    ...roomNames(storage, `${prefix}rooms`),
    rooms: () => [...new Set(storage.keys(prefix).map(roomOf))].filter(Boolean),
    head(room: number) {
      const head = storage.read(`${prefix}${room}.head`)
      return typeof head === 'number' && Number.isSafeInteger(head) ? head : null
    },
    setHead: (room: number, revision: number) => write(`${prefix}${room}.head`, revision),
    forget: (room: number) => remove(storage.keys(`${prefix}${room}.`)),
    evict,
    clear: () => remove(storage.keys(prefix)),
    usage: () => ({
      messages: keys()
        .flatMap(read)
        .filter(({ system }) => system === null).length,
      units: total(),
    }),
    /** Everything by chunk, for the search: the same array as long as it has not changed. */
    chunks: () => keys().map(read),
  }
}

/** What the kept rooms are called, for a page that has nothing of the server. */
function roomNames(storage: Storage, key: string) {
  const shape = { id: 'number', kind: 'string', name: 'string' } as const
  return {
    nameRooms(rooms: NamedRoom[]): void {
      const named = rooms.map(({ id, kind, name }) => ({ id, kind, name }))
      if (named.length > 0) storage.write(key, named)
    },
    roomsKept(): NamedRoom[] {
      const stored = storage.read(key)
      return Array.isArray(stored) ? stored.filter((room) => hasShape(room, shape)) : []
    },
  }
}

type NamedRoom = { id: number; name: string; kind: string }

/** The copy that this browser has, whosever it is; null when there is none. */
export function findCopy(storage: Storage): CopyStore | null {
  const [, user, epoch] = /^history\.(\d+)\.(\w+)\./.exec(storage.keys('history.')[0] ?? '') ?? []
  return user === undefined || epoch === undefined
    ? null
    : openCopyStore(storage, Number(user), epoch)
}

function openChunks(storage: Storage, prefix: string) {
  const parsed = new Map<string, CopiedMessage[]>()
  const namesKey = `${prefix}names`
  let known: Record<string, unknown> | null = null
  /** Characters of all values; NaN after another tab has written one. */
  let units = Number.NaN
  const drop = (key: string): void => {
    parsed.delete(key)
    if (key !== namesKey) return
    known = null
    parsed.clear()
  }
  storage.watch((key) => {
    if (!key.startsWith(prefix)) return
    units = Number.NaN
    drop(key)
  })
  const names = () => (known ??= fieldsOf(storage.read(namesKey)))
  const roomOf = (key: string): number => Number(key.slice(prefix.length).split('.')[0])
  const parse = (key: string): CopiedMessage[] => {
    const stored = storage.read(key)
    const lists: unknown[] = Array.isArray(stored) ? stored.slice(0, chunkMessages) : []
    const messages = lists.flatMap((list) => unpack(roomOf(key), names(), list) ?? [])
    parsed.set(key, messages)
    return messages
  }
  const remove = (removed: string[]): void => {
    for (const key of removed) {
      units -= storage.size(key)
      storage.remove(key)
      drop(key)
    }
  }
  return {
    keys: () => storage.keys(prefix).filter((key) => /^\d+\.\d+$/.test(key.slice(prefix.length))),
    roomOf,
    parse,
    read: (key: string) => parsed.get(key) ?? parse(key),
    remove,
    write(key: string, value: unknown) {
      remove([key])
      const isKept = storage.write(key, value)
      units += storage.size(key)
      return isKept
    },
    total: () => (units ||= storage.keys(prefix).reduce((sum, key) => sum + storage.size(key), 0)),
    names,
    /** A name is stored once per person, for all their messages; in a list once they have left. */
    learnNames(people: Author[]) {
      if (people.every((person) => isKnown(names(), person))) return
      const entries = people.map(({ user, name, hasLeft }) => [user, hasLeft ? [name] : name])
      known = { ...names(), ...Object.fromEntries(entries) }
      parsed.clear()
      storage.write(namesKey, known)
      units = Number.NaN
    },
  }
}

/** The messages of a chunk after some changes; null when all of them are known already. */
function merge(chunk: CopiedMessage[], changes: Change[]): CopiedMessage[] | null {
  const bySeq = new Map(chunk.map((message) => [message.seq, message]))
  const news = changes.filter(({ seq, message }) => {
    const known = bySeq.get(seq)?.revision ?? -1
    return message === null ? known >= 0 : known < message.revision
  })
  for (const { seq, message } of news) {
    if (message === null) bySeq.delete(seq)
    else bySeq.set(seq, message)
  }
  return news.length === 0 ? null : [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}

/** The change that an event of the server tells; null for an event about no message. */
export function changeOf(event: ChatEvent): Change | null {
  if (event.type === 'message.removed') return { seq: event.seq, message: null }
  if (event.type === 'system') return lineChangeOf(event)
  if (event.type !== 'message' && event.type !== 'message.changed') return null
  const { room, seq, revision, content: text, client_id: clientId } = event
  const { id: user, nickname: name, mark } = event.sender
  const hasLeft = mark === 'left'
  const at = Date.parse(event.timestamp)
  const isEdited = event.edited !== null
  const replyTo = event.reply_to ?? 0
  const files = event.attachments.map(({ name, url }) => ({ name, url }))
  const author = { user, name, hasLeft }
  const place = { room, seq, revision }
  const said = { at, text, clientId, isEdited, replyTo, files, system: null }
  return { seq, message: { ...place, ...author, ...said } }
}

function lineChangeOf(event: SystemEvent): Change {
  const { room, seq, revision, sender, kind, people, count, from, to } = event
  const author = { user: sender.id, name: sender.nickname, hasLeft: sender.mark === 'left' }
  const said = { text: '', clientId: '-', isEdited: false, replyTo: 0, files: [] }
  const at = Date.parse(event.timestamp)
  const system = { kind, people, count, from, to }
  return { seq, message: { room, seq, revision, ...author, at, ...said, system } }
}

/** Everybody whom a message names. */
function authorsOf({ system, user, name, hasLeft }: CopiedMessage): Author[] {
  const people = system === null ? [] : peopleOf(system)
  const named = people.map(({ id, nickname, mark }) => {
    return { user: id, name: nickname, hasLeft: mark === 'left' }
  })
  return [{ user, name, hasLeft }, ...named]
}

/** What a system line tells; null for a message. */
export function toldOf({ system, user, name, hasLeft }: CopiedMessage): Told | null {
  if (system === null) return null
  const author = { id: user, nickname: name, mark: hasLeft ? ('left' as const) : null }
  return { line: system, author }
}

/** The text of a message, without what is hidden in it, and the names of its files. */
export function linesOf({ text, files }: CopiedMessage): string[] {
  return [hideSpoilers(text), ...files.map(({ name }) => name)].filter(Boolean)
}

/** The beginning of a message, on one line, as a reply quotes it. */
export function excerptOf({ text }: CopiedMessage): string {
  return Array.from(hideSpoilers(text).replace(/\s+/gu, ' '))
    .slice(0, limits.quoteLettersMax)
    .join('')
}

const numbers = { seq: 'number', revision: 'number', user: 'number', at: 'number' } as const
const texts = { name: 'string', text: 'string', clientId: 'string' } as const
const flags = { isEdited: 'boolean', hasLeft: 'boolean' } as const
const shape = { ...numbers, ...texts, ...flags, replyTo: 'number' } as const

/**
 * In the storage a message is a list without the names of its fields; the last three are rare. A
 * system line has one more list instead.
 */
export function pack(message: CopiedMessage): unknown[] {
  const { seq, revision, user, at, text, clientId, isEdited, replyTo, files, system } = message
  const packed = [seq, revision, user, at, text, clientId]
  if (system !== null) return [...packed, packLine(system)]
  const isPlain = !isEdited && replyTo === 0 && files.length === 0
  return isPlain ? packed : [...packed, isEdited, replyTo, files]
}

function unpack(room: number, names: Record<string, unknown>, values: unknown) {
  const fields: unknown[] = Array.isArray(values) ? values : []
  const [seq, revision, user, at, text, clientId, seventh = false, replyTo = 0, files] = fields
  const [isEdited, packed] = Array.isArray(seventh) ? [false, seventh] : [seventh, null]
  const author = { user, ...readName(names[Number(user)]) }
  const message = { seq, revision, ...author, at, text, clientId, isEdited, replyTo }
  if (!hasShape(message, shape) || message.text.length > limits.messageUnitsMax) return null
  if (!/^[\w-]{1,64}$/.test(message.clientId)) return null
  const system = packed === null ? null : unpackLine(packed, (id) => namedIn(names, id))
  if (packed !== null && system === null) return null
  return { ...message, room, files: Array.isArray(files) ? files.filter(isFile) : [], system }
}

type Author = Pick<CopiedMessage, 'user' | 'name' | 'hasLeft'>

function isKnown(names: Record<string, unknown>, { user, name, hasLeft }: Author): boolean {
  const kept = readName(names[user])
  return kept.name === name && kept.hasLeft === hasLeft
}

function readName(stored: unknown): { name: unknown; hasLeft: boolean } {
  const hasLeft = Array.isArray(stored)
  return { name: (hasLeft ? stored[0] : stored) ?? '', hasLeft }
}

/** In the storage people are ids: their names are stored once, for all messages. */
function packLine({ kind, people, count, from, to }: SystemLine): unknown[] {
  return [kind, people.map(({ id, by }) => (by === null ? [id] : [id, by.id])), count, from, to]
}

/** A line as it was packed; null for anything else. */
function unpackLine(packed: unknown[], named: (id: number) => Named): SystemLine | null {
  const [kindRead, pairs, count, from, to] = packed
  const kind = lineKinds.find((one) => one === kindRead)
  const isWhole = kind !== undefined && typeof from === 'string' && typeof to === 'string'
  if (!isWhole || typeof count !== 'number' || !Array.isArray(pairs)) return null
  const people = pairs.flatMap((pair: unknown) => {
    const [id, by]: unknown[] = Array.isArray(pair) ? pair : []
    if (typeof id !== 'number') return []
    return [{ ...named(id), by: typeof by === 'number' ? named(by) : null }]
  })
  return { kind, people, count, from, to }
}

/** Everybody whom a line names. */
function peopleOf({ people }: SystemLine): Named[] {
  return people.flatMap(({ by, ...person }) => (by === null ? [person] : [person, by]))
}

function namedIn(names: Record<string, unknown>, id: number): Named {
  const { name, hasLeft } = readName(names[id])
  return { id, nickname: typeof name === 'string' ? name : '', mark: hasLeft ? 'left' : null }
}

/** The author's name, for text: "Mei (left)". */
export function authorOf({ words }: Page, { hasLeft, name }: CopiedMessage): string {
  return hasLeft ? fill(words.nameLeft, { nickname: name }) : name
}

function isFile(file: unknown): file is { name: string; url: string } {
  const isWhole = hasShape(file, { name: 'string', url: 'string' })
  return isWhole && URL.canParse(file.url, location.href)
}

/** Messages of any room that contain every one of the words, newest first. */
export function findIn(chunks: CopiedMessage[][], words: string, hitsMax: number): CopiedMessage[] {
  const wanted = fold(words).split(/\s+/u).filter(Boolean)
  if (wanted.length === 0) return []
  return chunks
    .flatMap((chunk) => {
      const texts = foldedOf(chunk)
      return chunk.filter((_, n) => wanted.every((word) => texts[n]?.includes(word)))
    })
    .sort((a, b) => b.at - a.at)
    .slice(0, hitsMax)
}

const folded = new WeakMap<CopiedMessage[], string[]>()

function foldedOf(chunk: CopiedMessage[]): string[] {
  const texts = folded.get(chunk) ?? chunk.map((message) => fold(linesOf(message).join('\n')))
  folded.set(chunk, texts)
  return texts
}
