import { expect, test } from 'bun:test'
import { toEvent, toSummary } from '../../../src/chat/messages/events'
import { createRooms } from '../../../src/island/rooms/rooms'
import { createClock } from '../../../src/island/ui/clock'
import type { Message, Room, User } from '../../../src/store/store'
import { chooseSeed, createRandom } from '../../helpers/random'
import { openEngine } from '../../store/engine'
import { append, hash, join } from '../../store/people'
import { letIn, make } from '../../store/rooms'
import { documentForAll } from '../dom'
import { page } from '../page'

const clock = createClock(page)

documentForAll('<div id="rooms"></div><span id="calls"></span>')

/** A published row, as far as it is counted. */
function rowOf({ room, seq, sender, notifiedUserIds }: Message): HTMLElement {
  const row = document.createElement('article')
  const user = sender.id
  Object.assign(row.dataset, { room, seq, user, mentions: notifiedUserIds.join(' ') })
  return row
}

test('what is unread follows removals, by anybody, as the server counts it', async () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const { store, close } = await openEngine()
  const ada = await join(store, 'Ada', 1)
  const others = [await join(store, 'Bob', 2), await join(store, 'Cara', 3)]
  const bob = others[0] ?? ada
  const tea = await make(store, bob, 'Tea')
  for (const person of [ada, ...others.slice(1)]) await letIn(store, bob, tea, person)
  const talk = await store.rooms.direct(ada.id, bob.id, 1)
  const places = [1, tea.id, talk?.id ?? 0]
  const own = async (id: number): Promise<Room | null> => store.rooms.find(ada.id, id)
  const here = { ...page, user: { id: ada.id, nickname: 'Ada' } }
  let shown: unknown[] = []
  const rooms = createRooms(here, clock, (...all) => (shown = all))
  const hello = async (): Promise<void> => {
    const all = await Promise.all(places.map(own))
    const listed = all.filter((room) => room !== null)
    rooms.setAll(listed.map((room) => toSummary(room, { count: 0, checksum: 0 })))
  }
  await hello()
  const said: Message[] = []
  // A message may be overtaken by the removal of another one that was stored at the same time.
  const late: Message[] = []
  const deliver = (): void => late.splice(0).forEach((message) => rooms.count(rowOf(message)))
  const post = async (step: number): Promise<void> => {
    const room = places[random(3)] ?? 1
    const author: User | undefined = [ada, ...others][random(room === talk?.id ? 2 : 3)]
    const user = [0, ada.id, bob.id][random(4)]
    const mentions = user === undefined ? [] : [{ user, start: 0, length: 1 }]
    const before = said.filter((message) => message.room === room)
    const replyTo = random(3) === 0 ? (before[random(before.length)]?.seq ?? null) : null
    const fields = { room, mentions, replyTo, clientId: `m-${step}` }
    const outcome = await append(store, author ?? ada, fields)
    if (outcome.status !== 'accepted') return
    said.push(outcome.message)
    late.push(outcome.message)
    if (random(3) > 0) deliver()
  }
  const remove = async (): Promise<void> => {
    const [message] = said.splice(random(said.length), 1)
    if (message === undefined) return
    const { room, seq } = message
    const user = room === tea.id ? bob.id : message.sender.id
    const outcome = await store.messages.remove({ room, seq, user, at: 2 })
    if (outcome.status !== 'changed') throw new Error('who wrote it, or owns the room, may')
    const event = toEvent(outcome.message, seq)
    if (late.includes(message)) deliver()
    if (event.type === 'message.removed') rooms.countRemoved(event)
  }
  const read = async (): Promise<void> => {
    const room = places[random(3)] ?? 1
    const revision = (await own(room))?.revision ?? 0
    deliver()
    await store.rooms.markRead({ roomId: room, userId: ada.id }, random(revision + 1))
    const now = await own(room)
    if (now === null) return
    const { mentions, readSeq: seq, unread } = now
    rooms.setRead({ type: 'read', room, seq, unread, mentions })
  }
  // What is told of a room, such as its new setting, may have been read a while before.
  const waiting: Room[] = []
  const tell = async (): Promise<void> => {
    const room = random(2) === 0 ? await own(places[random(3)] ?? 1) : null
    if (room !== null) waiting.push(room)
    else for (const one of waiting.splice(0)) rooms.set(toSummary(one, { count: 0, checksum: 0 }))
  }
  for (let step = 0; step < 300; step += 1) {
    const dice = random(24)
    if (dice < 10) await post(step)
    else if (dice >= 20) await tell()
    else if (dice < 17) await remove()
    else if (dice < 19) await read()
    else {
      late.length = 0
      waiting.length = 0
      await hello()
    }
    if (late.length > 0) continue
    for (const id of places) {
      const { unread, mentions } = { unread: 0, mentions: 0, ...(await own(id)) }
      const counted = rooms.find(id)
      const found = { unread: counted?.unread, mentions: counted?.mentions }
      expect({ seed, step, id, ...found }).toEqual({ seed, step, id, unread, mentions })
    }
  }
  deliver()
  for (const message of said.splice(0)) {
    const { room, seq, sender } = message
    const outcome = await store.messages.remove({ room, seq, user: sender.id, at: 2 })
    const event = outcome.status === 'changed' ? toEvent(outcome.message, seq) : null
    if (event?.type === 'message.removed') rooms.countRemoved(event)
  }
  expect({ seed, shown }).toEqual({ seed, shown: [0, false] })
  expect(document.getElementById('calls')?.hidden).toBe(true)
  await close()
})

test('a room that is left takes its count with it', async () => {
  const { store, close } = await openEngine()
  const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
  const tea = await make(store, bob, 'Tea')
  await letIn(store, bob, tea, ada)
  let shown: unknown[] = []
  const here = { ...page, user: { id: ada.id, nickname: 'Ada' } }
  const rooms = createRooms(here, clock, (...all) => (shown = all))
  const mentions = [{ user: ada.id, start: 0, length: 1 }]
  await append(store, bob, { room: tea.id, mentions })
  const room = await store.rooms.find(ada.id, tea.id)
  if (room !== null) rooms.setAll([toSummary(room, { count: 0, checksum: 0 })])
  expect(shown).toEqual([1, true])
  rooms.forget(tea.id)
  expect(shown).toEqual([0, false])
  expect(await store.sessions.findUser(hash(1))).not.toBeNull()
  await close()
})
