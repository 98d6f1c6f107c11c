import { limits } from '../limits'
import type { Changes, Message } from '../store/store'
import type { Chat } from './chat'
import { type ChatEvent, toEvent } from './events'
import { recallRow } from './recall-row'

/** Where a returning reader stands: the database it knew and the last revision per room. */
export type Position = { epoch: string; rooms: Map<number, number> }

/** How a catch-up leaves the server: `drained` waits until the reader has taken what was sent. */
export type Outlet = {
  subprotocol: 'html' | 'json'
  send: (frame: string) => void
  drained: () => Promise<boolean>
}

/**
 * Tells a returning reader everything that changed in its rooms: new, edited and removed, a page
 * at a time so that a slow reader is never fed more than it takes. A room the person is not in
 * is skipped like one that does not exist; a position that is worthless is answered by `reload`.
 */
export async function catchUp(
  chat: Chat,
  userId: number,
  position: Position,
  outlet: Outlet,
): Promise<void> {
  for (const [roomId, after] of position.rooms) {
    const room = await chat.store.rooms.find(userId, roomId)
    if (room === null) continue
    if (isWorthless(chat, position.epoch, room.revision, after)) {
      outlet.send(JSON.stringify([{ type: 'reload', room: roomId } satisfies ChatEvent]))
      continue
    }
    let from = after
    let page: Changes
    do {
      page = await chat.store.messages.changesAfter(
        room,
        from,
        limits.catchUpRows,
        limits.catchUpUnitsMax,
      )
      sendPage(chat, outlet, roomId, after, page)
      from = page.revision
      // Asked again between two pages: who was put out meanwhile gets no more of it.
    } while (page.more && (await outlet.drained()) && (await isMember(chat, userId, roomId)))
  }
}

async function isMember(chat: Chat, userId: number, roomId: number): Promise<boolean> {
  return (await chat.store.rooms.find(userId, roomId)) !== null
}

/** Another database, a position from the future, or too far behind to be worth replaying. */
export function isWorthless(chat: Chat, epoch: string, head: number, after: number): boolean {
  return epoch !== chat.store.epoch || after > head || head - after > limits.catchUpRevisionsMax
}

function sendPage(chat: Chat, outlet: Outlet, room: number, after: number, page: Changes): void {
  const done: ChatEvent[] = page.more
    ? []
    : [{ type: 'caught_up', room, after, revision: page.revision }]
  if (outlet.subprotocol === 'json') {
    const events = page.messages.map((message) => toEvent(message, after))
    outlet.send(JSON.stringify([...events, ...done]))
    return
  }
  const isRemoved = (message: Message): boolean => message.deletedAt !== null
  const shown = page.messages.filter((message) => !isRemoved(message))
  const rows = shown.map((message) => recallRow(chat, message))
  if (rows.length > 0) outlet.send(rows.join(''))
  const removed = page.messages.filter(isRemoved).map((message) => toEvent(message, after))
  if (removed.length + done.length > 0) outlet.send(JSON.stringify([...removed, ...done]))
}
