import { liveRow } from '../../../views/messages/live-row'
import { serverLimits } from '../../server/limits'
import { setNewest } from '../../shared/lru'
import type { ChatEvent } from '../../shared/protocol'
import type { Message, RoomHead } from '../../store/store'
import type { Chat } from '../chat'
import { toEvent } from './events'

/** At most 16 MB. */
const pagesKeptMax = 32

/** The revision at which a reader left, the one it has reached since, and its subprotocol. */
type Reading = { after: number; from: number; subprotocol: 'html' | 'json' }

/** The frames to send, the revision that the reader has then, and whether there is more. */
export type Page = { frames: string[]; revision: number; more: boolean }

/**
 * The next page of changes that a reader missed, which must be a member of the room. It is kept in
 * memory, because after an interruption all readers come back to the same place. The room's
 * revision is part of the key, and each change of a message increments it.
 */
export async function recallPage(chat: Chat, room: RoomHead, reading: Reading): Promise<Page> {
  const { after, from, subprotocol } = reading
  const key = `${chat.store.epoch} ${room.id} ${room.revision} ${after} ${from} ${subprotocol}`
  const known = pages.get(key)
  if (known !== undefined) return known
  const page = await readPage(chat, room, reading)
  setNewest(pages, key, page, pagesKeptMax)
  return page
}

const pages = new Map<string, Page>()

/** After a change of a name or picture, which is part of rows whose revision stays the same. */
export function forgetPages(): void {
  pages.clear()
}

/** The same page, read from the store. */
export async function readPage(chat: Chat, room: RoomHead, reading: Reading): Promise<Page> {
  const { after, from, subprotocol } = reading
  const { catchUpRows, catchUpUnitsMax } = serverLimits
  const changes = await chat.store.messages.changesAfter(room, from, catchUpRows, catchUpUnitsMax)
  const { messages, revision, more } = changes
  const isRow = ({ deletedAt, system }: Message): boolean =>
    subprotocol === 'html' && deletedAt === null && system === null
  const rows = messages.filter(isRow).map((message) => liveRow(message, chat.paths))
  const events = messages.filter((each) => !isRow(each)).map((each) => toEvent(each, after))
  if (!more) events.push({ type: 'caught_up', room: room.id, after, revision } satisfies ChatEvent)
  const frames = [rows.join(''), events.length > 0 ? JSON.stringify(events) : '']
  return { frames: frames.filter((frame) => frame !== ''), revision, more }
}
