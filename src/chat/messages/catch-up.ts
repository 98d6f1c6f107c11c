import type { Chat } from '../chat'
import type { ChatEvent } from '../../shared/protocol'
import { type Page, recallPage } from './recall-page'

/** Further behind than this, a fresh page is cheaper than a replay. */
const catchUpRevisionsMax = 5_000

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
    const room = await chat.store.rooms.stand(userId, roomId)
    if (room === null) continue
    if (isWorthless(chat, position.epoch, room.revision, after)) {
      outlet.send(JSON.stringify([{ type: 'reload', room: roomId } satisfies ChatEvent]))
      continue
    }
    let page: Page = { frames: [], revision: after, more: true }
    do {
      const { subprotocol } = outlet
      page = await recallPage(chat, room, { after, from: page.revision, subprotocol })
      for (const frame of page.frames) outlet.send(frame)
      // Asked again between two pages: who was put out meanwhile gets no more of it.
    } while (page.more && (await outlet.drained()) && (await isMember(chat, userId, roomId)))
  }
}

async function isMember(chat: Chat, userId: number, roomId: number): Promise<boolean> {
  return (await chat.store.rooms.stand(userId, roomId)) !== null
}

/** Another database, a position from the future, or too far behind to be worth replaying. */
export function isWorthless(chat: Chat, epoch: string, head: number, after: number): boolean {
  return epoch !== chat.store.epoch || after > head || head - after > catchUpRevisionsMax
}
