import type { ChatEvent } from '../../src/shared/protocol'

/** A message as it stands in an HTML frame; `id` is made of author and client id: `7-abc`. */
export type Row = { type: 'row'; room: number; seq: number; revision: number; id: string }
export type Heard = ChatEvent | Row

/** A frame as what it tells: events, or the rows of an HTML frame. */
export function readFrame(text: string): Heard[] {
  if (text.startsWith('<')) return readRows(text)
  const events: unknown = JSON.parse(text)
  if (!Array.isArray(events) || !events.every(isChatEvent)) {
    throw new Error(`The server sent a frame that is no list of events: ${text.slice(0, 200)}`)
  }
  return events
}

function readRows(html: string): Row[] {
  return [...html.matchAll(/<article\b[^>]*>/g)].map(([tag]) => {
    const id = attribute(tag, 'id').replace(/^message-/, '')
    // One of plain words says its place in short.
    const live = / data-live=(\d+)\/(\d+)\//.exec(tag)?.slice(1).map(Number)
    const [room, seq] =
      live ?? ['data-room', 'data-seq'].map((name) => Number(attribute(tag, name)))
    if (room === undefined || seq === undefined) throw new Error(`A row has no place: ${tag}`)
    const revision = Number(/ data-revision="?(\d+)/.exec(tag)?.[1] ?? seq)
    return { type: 'row', room, seq, revision, id }
  })
}

function attribute(tag: string, name: string): string {
  const value = new RegExp(` ${name}="?([^" >]*)`).exec(tag)?.[1]
  if (value === undefined) throw new Error(`A row has no ${name}: ${tag}`)
  return value
}

/** Whether something parsed is an event at all. */
export function isChatEvent(value: unknown): value is ChatEvent {
  return typeof value === 'object' && value !== null && 'type' in value
}
