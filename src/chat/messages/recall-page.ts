import { serverLimits } from '../../server/limits'
import { setNewest } from '../../shared/lru'
import type { Changes, Message, RoomHead } from '../../store/store'
import type { Chat } from '../chat'
import { toEvent } from './events'
import type { ChatEvent } from '../../shared/protocol'
import { recallRow } from './recall-row'

/** At most 16 MB. */
const pagesKeptMax = 32

/** Where a reader stood at first, how far it has come since, and what it speaks. */
export type Reading = { after: number; from: number; subprotocol: 'html' | 'json' }

/** What a reader is sent, up to which revision it knows the room then, and if there is more. */
export type Page = { frames: string[]; revision: number; more: boolean }

/**
 * The next page of what a reader missed, from memory when another was just sent the same: after an
 * interruption everybody comes back to one place. Known by the room's revision, which every change
 * of a message moves on; whoever asks must be in the room.
 */
export async function recallPage(chat: Chat, room: RoomHead, reading: Reading): Promise<Page> {
  const { after, from, subprotocol } = reading
  const key = `${chat.store.epoch} ${room.id} ${room.revision} ${after} ${from} ${subprotocol}`
  const known = pages.get(key)
  if (known !== undefined) return known
  const { catchUpRows, catchUpUnitsMax } = serverLimits
  const changes = await chat.store.messages.changesAfter(room, from, catchUpRows, catchUpUnitsMax)
  const { revision, more } = changes
  const page = { frames: framesOf(chat, room.id, reading, changes), revision, more }
  setNewest(pages, key, page, pagesKeptMax)
  return page
}

/** Somebody has another name or picture, which stands in rows that did not change. */
export function forgetPages(): void {
  pages.clear()
}

const pages = new Map<string, Page>()

function framesOf(chat: Chat, room: number, reading: Reading, changes: Changes): string[] {
  const { after, subprotocol } = reading
  const { messages, revision, more } = changes
  const done: ChatEvent[] = more ? [] : [{ type: 'caught_up', room, after, revision }]
  if (subprotocol === 'json') {
    return [JSON.stringify([...messages.map((message) => toEvent(message, after)), ...done])]
  }
  const isRemoved = (message: Message): boolean => message.deletedAt !== null
  const rows = messages.filter((each) => !isRemoved(each)).map((each) => recallRow(chat, each))
  const removed = messages.filter(isRemoved).map((each) => toEvent(each, after))
  const told = [...removed, ...done]
  const frames = rows.length > 0 ? [rows.join('')] : []
  return told.length > 0 ? [...frames, JSON.stringify(told)] : frames
}
