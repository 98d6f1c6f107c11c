import { afterEach, beforeEach, expect, jest, test } from 'bun:test'
import { createPresence, type Presence } from '../../../src/chat/people/presence'
import { newsBytesMax, newsBytesPerSecond } from '../../../src/chat/people/presence-news'
import { createAwake } from '../../../src/server/awake'
import { addWeight, presenceWeight } from '../../../src/shared/presence'
import type { ChatEvent, PresenceState } from '../../../src/shared/protocol'
import type { User } from '../../../src/store/store'
import { chooseSeed, createRandom } from '../../helpers/random'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

const house = 1
const small = [2, 3, 4]
/** More people than a page lists, and a private conversation of each with the next. */
const people = 70
const pairOf = (id: number): number => 100 + id

/** A page of somebody: what it shows of each room whose people are all listed. */
type Page = {
  lists: Map<number, Map<number, PresenceState>>
  house: { count: number; checksum: number }
  bytes: number
  pairBytes: number
  /** How often it was told of one of thousands. */
  strangers: number
  openedAt: number
}

type World = {
  presence: Presence
  members: Map<number, Set<number>>
  pages: Map<number, Page>
  sockets: Map<number, boolean[]>
  now: () => number
  pass: (ms: number) => void
}

function createWorld(): World {
  let time = 0
  const clock = (): number => time
  const pages = new Map<number, Page>()
  const members = new Map<number, Set<number>>([[house, new Set()]])
  for (const room of small) members.set(room, new Set())
  for (let id = 1; id <= people; id += 1) {
    members.get(house)?.add(id)
    if (id <= 12) members.get(small[id % small.length] ?? 0)?.add(id)
    if (id < people) members.set(pairOf(id), new Set([id, id + 1]))
  }
  const presence: Presence = createPresence(
    (audience, { json }) => {
      if (typeof audience !== 'object' || !('user' in audience)) throw new Error('a reader')
      const page = pages.get(audience.user)
      if (page !== undefined) hear(world, audience.user, page, json())
    },
    { clock, waits: createAwake(clock) },
  )
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 100) {
      time += 100
      jest.advanceTimersByTime(100)
    }
  }
  const world = { presence, members, pages, sockets: new Map(), now: clock, pass }
  return world
}

const roomsOf = ({ members }: World, id: number): number[] =>
  [...members].flatMap(([room, all]) => (all.has(id) ? [room] : []))

/** The states of all members, as a page that is fetched now shows them. */
function listNow({ members, presence }: World, room: number): Map<number, PresenceState> {
  return new Map(Array.from(members.get(room) ?? [], (id) => [id, presence.stateOf(id)]))
}

function checksumOf(list: Map<number, PresenceState>): number {
  return [...list].reduce((sum, [id, state]) => addWeight(sum, presenceWeight(id, state)), 0)
}

/** What the script of a page does: a list that is not right is fetched, but never one of two. */
function hear(world: World, reader: number, page: Page, text: string): void {
  page.bytes += text.length
  const events: ChatEvent[] = JSON.parse(text)
  for (const event of events) {
    if (event.type === 'presence') {
      const shared = roomsOf(world, reader).filter((room) =>
        world.members.get(room)?.has(event.user),
      )
      expect(shared).not.toBeEmpty()
      if (Math.abs(event.user - reader) <= 1) page.pairBytes += JSON.stringify(event).length + 1
      if (event.user >= 1_000) page.strangers += 1
      for (const list of page.lists.values())
        if (list.has(event.user)) list.set(event.user, event.state)
    } else if (event.type === 'online') {
      for (const [room, [count, checksum]] of Object.entries(event.rooms))
        hearCount(world, { reader, page }, Number(room), { count, checksum })
    }
  }
}

function hearCount(
  world: World,
  { reader, page }: { reader: number; page: Page },
  room: number,
  now: { count: number; checksum: number },
): void {
  expect(world.members.get(room)?.has(reader)).toBe(true)
  const list = page.lists.get(room)
  if (room === house) page.house = now
  else if (room < 100 && list !== undefined && checksumOf(list) !== now.checksum)
    page.lists.set(room, listNow(world, room))
}

function userOf(id: number): User {
  return { id, nickname: `P${id}`, avatar: 'letter', mark: null }
}

/** Opens another tab of somebody; the first shows what is true then. */
function arrive(world: World, id: number): void {
  const { pages, presence, sockets } = world
  presence.arrive(userOf(id), roomsOf(world, id))
  const tabs = [...(sockets.get(id) ?? []), false]
  sockets.set(id, tabs)
  if (tabs.length > 1) return
  const rooms = roomsOf(world, id).filter((room) => room !== house)
  const lists = new Map(rooms.map((room) => [room, listNow(world, room)]))
  const page = { lists, house: presence.onlineIn(house), bytes: 0, pairBytes: 0, strangers: 0 }
  pages.set(id, { ...page, openedAt: world.now() })
}

function leave({ pages, presence, sockets }: World, id: number): void {
  const tabs = sockets.get(id) ?? []
  const isAway = tabs.pop()
  if (isAway !== undefined) presence.leave(id, isAway)
  if (tabs.length === 0) pages.delete(id)
}

function setAway({ presence, sockets }: World, id: number): void {
  const tabs = sockets.get(id) ?? []
  const isAway = tabs.pop()
  if (isAway === undefined) return
  presence.setAway(id, !isAway)
  tabs.push(!isAway)
}

/** Joins a small room or leaves it; the pages hear of that by events of the room. */
function changeRoom(world: World, id: number, room: number): void {
  const { members, pages, presence } = world
  const all = members.get(room) ?? new Set()
  if (all.delete(id)) {
    presence.exit(id, room)
    pages.get(id)?.lists.delete(room)
    for (const { lists } of pages.values()) lists.get(room)?.delete(id)
  } else {
    all.add(id)
    presence.enter(id, room)
    pages.get(id)?.lists.set(room, listNow(world, room))
    for (const { lists } of pages.values()) lists.get(room)?.set(id, presence.stateOf(id))
  }
}

function act(world: World, random: (below: number) => number): void {
  const id = 1 + random(people)
  const tabs = world.sockets.get(id)?.length ?? 0
  switch (random(6)) {
    case 0:
    case 1:
      return tabs < 3 ? arrive(world, id) : leave(world, id)
    case 2:
      return leave(world, id)
    case 3:
      return setAway(world, id)
    case 4:
      return changeRoom(world, 1 + (id % 12), small[random(small.length)] ?? 2)
    default:
      return world.pass([0, 300, 2_000, 11_000][random(4)] ?? 0)
  }
}

function expectTruth(world: World, seed: number): void {
  for (const room of world.members.keys()) {
    const [checksum, wanted] = [world.presence.onlineIn(room).checksum, listNow(world, room)]
    expect({ seed, room, checksum }).toEqual({ seed, room, checksum: checksumOf(wanted) })
  }
  for (const [id, page] of world.pages) {
    expect({ seed, id, ...page.house }).toEqual({ seed, id, ...world.presence.onlineIn(house) })
    for (const [room, list] of page.lists) {
      const [shown, wanted] = [list, listNow(world, room)].map((one) => [...one].sort())
      expect({ seed, id, room, shown }).toEqual({ seed, id, room, shown: wanted ?? [] })
    }
    const seconds = (world.now() - page.openedAt) / 1_000
    const allowed = newsBytesMax + newsBytesPerSecond * (seconds + 1) + page.pairBytes
    expect({ seed, id, isWithin: page.bytes <= allowed }).toEqual({ seed, id, isWithin: true })
  }
}

test('whatever people do, every page comes to show who is online, within its bytes', () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const world = createWorld()
  for (let round = 0; round < 12; round += 1) {
    for (let step = 0; step < 60; step += 1) act(world, random)
    world.pass(120_000)
    expectTruth(world, seed)
  }
})

/** Puts the first 40 into one more room, and gives what makes all but two of them restless. */
function createRestless(world: World): () => void {
  const room = 90
  world.members.set(room, new Set(Array.from({ length: 40 }, (_, n) => n + 1)))
  for (let id = 3; id <= 40; id += 1) arrive(world, id)
  return () => {
    for (let id = 3; id <= 40; id += 1) setAway(world, id)
  }
}

test('the other person of a conversation is right at once, however many others come', () => {
  const world = createWorld()
  const disturb = createRestless(world)
  arrive(world, 1)
  for (let round = 0; round < 40; round += 1) {
    disturb()
    if (world.sockets.get(2)?.length) setAway(world, 2)
    else arrive(world, 2)
    world.pass(1_000)
    expect(world.pages.get(1)?.lists.get(pairOf(1))?.get(2)).toBe(world.presence.stateOf(2))
  }
})

test('thousands who come cost a page a few bytes, and it has the number within seconds', () => {
  const world = createWorld()
  const disturb = createRestless(world)
  const common = Array.from({ length: 8 }, (_, n) => 20 + n)
  for (const room of common) world.members.set(room, new Set([1]))
  arrive(world, 1)
  const page = world.pages.get(1)
  const guests = 4_000
  for (let n = 0; n < guests; n += 1) {
    const id = 1_000 + n
    for (const room of [house, ...common]) world.members.get(room)?.add(id)
    world.presence.arrive(userOf(id), [house, ...common])
    if (n % 10 === 0) world.pass(100)
    if (n % 50 === 0) disturb()
  }
  expect(page?.bytes).toBeWithin(100, 10 * 1024)
  // Those who came while few were there; the others are only counted.
  expect(page?.strangers).toBeLessThan(30)
  expect(page?.house.count).toBeGreaterThan(guests * 0.8)
  world.pass(10_000)
  expect(page?.house.count).toBe(world.presence.onlineIn(house).count)
  const before = page?.strangers
  world.presence.setAway(1_000, true)
  world.pass(10_000)
  expect(page?.strangers).toBe(before)
  expect(page?.house).toEqual(world.presence.onlineIn(house))
})

test('somebody who is put out of a room hears nothing of it any more', () => {
  const world = createWorld()
  arrive(world, 1)
  arrive(world, 4)
  const room = small.find((one) => world.members.get(one)?.has(4)) ?? 0
  if (!world.members.get(room)?.has(1)) changeRoom(world, 1, room)
  world.pass(1_000)
  const before = world.pages.get(1)?.bytes ?? 0
  setAway(world, 4)
  changeRoom(world, 1, room)
  world.pass(200)
  expect(world.pages.get(1)?.bytes).toBe(before)
  // `hear` refuses what is told of the room.
  world.pass(60_000)
})
