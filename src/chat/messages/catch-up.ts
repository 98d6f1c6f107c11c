import type { Chat } from '../chat'
import type { ChatEvent } from '../../shared/protocol'
import { type Page, recallPage } from './recall-page'

/** Further behind than this, a fresh page is cheaper than a replay. */
const catchUpRevisionsMax = 5_000

/** What a reconnecting client knows: the last revision per room. */
type Position = { epoch: string; rooms: Map<number, number> }

/** Where the frames go; `drained` resolves to whether the reader took what was sent. */
type Outlet = {
  subprotocol: 'html' | 'json'
  send: (frame: string) => void
  drained: () => Promise<boolean>
}

/**
 * Sends a reconnecting client all changes of its rooms, a page at a time so that a slow reader
 * never has much waiting. Rooms the user is not in are skipped; an obsolete position gets `reload`.
 */
export async function catchUp(
  chat: Chat,
  userId: number,
  position: Position,
  outlet: Outlet,
): Promise<void> {
  for (const [roomId, after] of position.rooms) {
    const room = await chat.store.rooms.head(userId, roomId)
    if (room === null) continue
    if (isObsolete(chat, position.epoch, room.revision, after)) {
      outlet.send(JSON.stringify([{ type: 'reload', room: roomId } satisfies ChatEvent]))
      continue
    }
    let page: Page = { frames: [], revision: after, more: true }
    do {
      const { subprotocol } = outlet
      page = await recallPage(chat, room, { after, from: page.revision, subprotocol })
      for (const frame of page.frames) outlet.send(frame)
    } while (page.more && (await outlet.drained()) && (await isMember(chat, userId, roomId)))
  }
}

async function isMember(chat: Chat, userId: number, roomId: number): Promise<boolean> {
  return (await chat.store.rooms.head(userId, roomId)) !== null
}

/** Whether it is from another database, from the future, or too far behind to be replayed. */
export function isObsolete(chat: Chat, epoch: string, head: number, after: number): boolean {
  return epoch !== chat.store.epoch || after > head || head - after > catchUpRevisionsMax
}
