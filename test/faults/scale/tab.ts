import { createPositions } from '../../../src/island/timeline/positions'
import type { ChatEvent } from '../../../src/shared/protocol'
import type { Address, Person } from '../../helpers/client'
import type { Heard } from '../../helpers/frames'
import { connect, type Connection, type Subprotocol } from './connection'
import { createOrder, type Order } from './order-of-arrival'

/** A message as a tab shows it; `content` is null where it was removed, and unknown in HTML. */
export type Shown = { id: string; revision: number; content: string | null | undefined }

/** A page, which keeps its place in each room as the browser does. */
export type Tab = Pick<Connection, 'isGreeted' | 'greetings' | 'isSignedOut' | 'send' | 'close'> & {
  user: () => number
  /** The messages of each room, by their places. */
  view: Map<number, Map<number, Shown>>
  /** Up to where a room is complete. */
  known: (room: number) => number
  /** Everything that had a place, in the order of arrival, where this is asked for. */
  arrivals: { at: number; room: number; revision: number }[]
  order: Order
  epochs: Set<string>
  onAnswer: (answer: ChatEvent & { type: 'accepted' | 'refused' }) => void
}

export function openTab(
  address: Address,
  person: Person,
  subprotocol: Subprotocol,
  keepsArrivals = false,
): Tab {
  const positions = createPositions((room, after) => {
    if (tab.send({ type: 'resume', epoch, rooms: { [room]: after } })) order.asked(room, after)
    else positions.interrupted()
  })
  const order = createOrder()
  const left = new Set<number>()
  let [epoch, user] = ['', 0]
  const learn = (item: Placed, at: number): void => {
    if (keepsArrivals) tab.arrivals.push({ at, ...item })
    show(tab.view.get(item.room), item)
    positions.heard(item.room, item.revision)
  }
  const compare = (room: number, revision: number): void => {
    if (!tab.view.has(room)) positions.set(room, 0)
    tab.view.set(room, tab.view.get(room) ?? new Map())
    positions.compare(room, revision)
  }
  const onHeard = (item: Heard, at: number): void => {
    order.heard(item)
    switch (item.type) {
      case 'hello':
        // What is shown is of another time: the page begins afresh.
        if (epoch !== item.epoch) tab.view.clear()
        ;[epoch, user] = [item.epoch, item.user.id]
        tab.epochs.add(epoch)
        return item.rooms.forEach(({ id, revision }) => compare(id, revision))
      case 'room.left':
        return void left.add(item.room)
      case 'room':
        // What was asked for meanwhile was not answered.
        if (left.delete(item.room.id)) positions.set(item.room.id, positions.known(item.room.id))
        return compare(item.room.id, item.room.revision)
      case 'caught_up':
        return positions.caughtUp(item.room, item.after, item.revision)
      case 'accepted':
      case 'refused':
        return tab.onAnswer(item)
    }
    if ('seq' in item && 'revision' in item) learn(item, at)
  }
  const connection = connect(address, person, subprotocol, {
    onOpening: order.connected,
    onHeard,
    onClosed: positions.interrupted,
  })
  const tab: Tab = {
    ...connection,
    ...{ view: new Map(), arrivals: [], order, epochs: new Set(), onAnswer() {} },
    user: () => user,
    known: positions.known,
  }
  return tab
}

type Placed = Exclude<Extract<Heard, { seq: number; revision: number }>, { type: 'accepted' }>

function show(view: Map<number, Shown> | undefined, item: Placed): void {
  const { seq, revision } = item
  const before = view?.get(seq)
  if (view === undefined || (before !== undefined && before.revision > revision)) return
  view.set(seq, { id: before?.id ?? idOf(item), revision, content: contentOf(item) })
}

function idOf(item: Placed): string {
  if (item.type === 'row') return item.id
  return 'client_id' in item ? `${item.sender.id}-${item.client_id}` : ''
}

function contentOf(item: Placed): Shown['content'] {
  if (item.type === 'message.removed') return null
  return item.type === 'message' || item.type === 'message.changed' ? item.content : undefined
}
