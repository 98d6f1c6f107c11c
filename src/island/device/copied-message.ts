import { revisionOf } from '../ui/rows'
import type { MessageEvent } from '../../shared/protocol'
import { limits } from '../../shared/limits'
import { sourceOf } from './source-text'

/** A message in the device copy: text only. */
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
  files: { name: string; url: string }[]
  reply: { name: string; text: string } | null
}

/** Takes a row of the server; gives what is kept of it, null for one that is not sent yet. */
export function readRow(row: HTMLElement): CopiedMessage | null {
  const { room, seq, user, at, edited } = row.dataset
  const body = row.querySelector('.msg__body')
  if (!(Number(seq) > 0)) return null
  return {
    room: Number(room),
    seq: Number(seq),
    revision: revisionOf(row),
    user: Number(user),
    name: row.querySelector('.msg__meta bdi')?.textContent ?? '',
    at: Number(at),
    text: body === null ? '' : sourceOf(body),
    clientId: row.id.replace(/^message-\d+-/, ''),
    isEdited: edited !== undefined,
    files: [...row.querySelectorAll('.files a[href]')].map(readFile),
    reply: readReply(row.querySelector('a.quote')),
  }
}

/** A picture or a card, as views/messages/attachments.tsx makes them. */
function readFile(link: Element): { name: string; url: string } {
  const name = link.getAttribute('data-name') ?? link.getAttribute('download') ?? ''
  return { name, url: link.getAttribute('href') ?? '' }
}

function readReply(quote: Element | null): CopiedMessage['reply'] {
  if (quote === null) return null
  const [name, text] = ['bdi', 'span'].map((part) => quote.querySelector(part)?.textContent ?? '')
  return { name: name ?? '', text: text ?? '' }
}

/** The same of an event, as catching up brings it; `answered` is what it answers, if it is kept. */
export function readEvent(event: MessageEvent, answered: CopiedMessage | null): CopiedMessage {
  const { room, seq, revision, sender, content } = event
  return {
    room,
    seq,
    revision,
    user: sender.id,
    name: sender.nickname,
    at: Date.parse(event.timestamp),
    text: content,
    clientId: event.client_id,
    isEdited: event.edited !== null,
    files: event.attachments.map(({ name, url }) => ({ name, url })),
    reply: answered === null ? null : { name: answered.name, text: answered.text },
  }
}

/** In the storage a message is a list, without the names of its fields. */
export function pack(message: CopiedMessage): unknown[] {
  const { seq, revision, user, name, at, text, clientId, isEdited, files, reply } = message
  const packed = [seq, revision, user, name, at, text, clientId]
  const more = [isEdited ? 1 : 0, files.flatMap(({ name, url }) => [name, url])]
  if (reply !== null) return [...packed, ...more, [reply.name, reply.text]]
  return isEdited || files.length > 0 ? [...packed, ...more] : packed
}

/** Reads a chunk. Whatever stands in the storage is only believed when it has the right shape. */
export function unpack(room: number, value: unknown): CopiedMessage[] {
  if (!Array.isArray(value)) return []
  return value
    .slice(0, limits.historyChunkMessages)
    .flatMap((packed: unknown) => readPacked(room, packed) ?? [])
}

function readPacked(room: number, packed: unknown): CopiedMessage | null {
  if (!Array.isArray(packed)) return null
  const fields: unknown[] = packed
  const [seq, revision, user, name, at, text, clientId, edited, files, reply] = fields
  if (!isCount(seq) || !isCount(revision) || !isCount(user) || !isCount(at)) return null
  if (!isText(name) || !isText(text) || !isText(clientId)) return null
  if (!/^[\w-]{1,64}$/.test(clientId)) return null
  const quoted = texts(reply)
  return {
    room,
    seq,
    revision,
    user,
    name,
    at,
    text,
    clientId,
    isEdited: edited === 1,
    files: pairs(texts(files)).map(([name, url]) => ({ name, url })),
    reply: pairs(quoted).map(([name, text]) => ({ name, text }))[0] ?? null,
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

/** With the marks that reading it back from the page may add, a text is at most twice as long. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= limits.messageUnitsMax * 2
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(isText) : []
}

function pairs(values: string[]): [string, string][] {
  return values.flatMap((value, n): [string, string][] =>
    n % 2 === 1 ? [[values[n - 1] ?? '', value]] : [],
  )
}
