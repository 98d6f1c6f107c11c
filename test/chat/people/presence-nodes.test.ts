import { afterEach, beforeEach, expect, jest, test } from 'bun:test'
import { createPresence, type Presence } from '../../../src/chat/people/presence'
import { createAwake } from '../../../src/server/awake'
import { addWeight, presenceWeight } from '../../../src/shared/presence'
import type { ChatEvent, PresenceState } from '../../../src/shared/protocol'
import type { User } from '../../../src/store/store'
import { createMemoryBuses, type Fate, type MemoryBus } from '../../helpers/memory-bus'
import { chooseSeed, createRandom } from '../../helpers/random'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

type Node = { bus: MemoryBus; presence: Presence; told: Map<number, ChatEvent[]> }
type Tab = { node: Node; isAway: boolean }

/** Nodes of one server, and what is true of its people. */
type World = {
  nodes: Node[]
  members: Map<number, Set<number>>
  tabs: Map<number, Tab[]>
  start: (name: string) => Node
  pass: (ms: number) => void
}

function createWorld(fate: () => Fate): World {
  let time = 0
  const clock = (): number => time
  const join = createMemoryBuses(fate)
  const nodes: Node[] = []
  return {
    nodes,
    members: new Map(),
    tabs: new Map(),
    start(name) {
      const bus = join(name)
      const told: Node['told'] = new Map()
      const presence = createPresence(
        (audience, { json }) => {
          if (typeof audience !== 'object' || !('user' in audience)) throw new Error('a reader')
          const events: ChatEvent[] = JSON.parse(json())
          told.set(audience.user, [...(told.get(audience.user) ?? []), ...events])
        },
        { clock, waits: createAwake(clock), bus },
      )
      const node = { bus, presence, told }
      nodes.push(node)
      return node
    },
    pass(ms) {
      for (let left = ms; left > 0; left -= 50) {
        time += 50
        jest.advanceTimersByTime(50)
      }
    },
  }
}

function userOf(id: number): User {
  return { id, nickname: `"\\测 ${id}"`, avatar: 'letter', mark: null }
}

const roomsOf = ({ members }: World, id: number): number[] =>
  [...members].flatMap(([room, all]) => (all.has(id) ? [room] : []))

function open(world: World, id: number, node: Node): void {
  node.presence.arrive(userOf(id), roomsOf(world, id))
  world.tabs.set(id, [...(world.tabs.get(id) ?? []), { node, isAway: false }])
}

function close({ tabs }: World, id: number): void {
  const tab = tabs.get(id)?.pop()
  tab?.node.presence.leave(id, tab.isAway)
}

/** Ends a node as a crash does, or as an operator does: its tabs are closed. */
function end(world: World, node: Node, how: 'crash' | 'stop'): void {
  for (const [id, tabs] of world.tabs) {
    world.tabs.set(
      id,
      tabs.filter((tab) => tab.node !== node),
    )
    for (const tab of tabs)
      if (how === 'stop' && tab.node === node) node.presence.leave(id, tab.isAway)
  }
  if (how === 'crash') node.bus.setUp(false)
  node.presence.close()
  void node.bus.close()
  world.nodes.splice(world.nodes.indexOf(node), 1)
}

function changeRoom({ members, nodes }: World, id: number, room: number): void {
  const all = members.get(room) ?? new Set()
  members.set(room, all)
  const isOut = all.delete(id)
  if (!isOut) all.add(id)
  for (const { presence } of nodes) presence[isOut ? 'exit' : 'enter'](id, room)
}

/** Has left for good. */
function forget({ tabs, nodes }: World, id: number): void {
  for (const { node, isAway } of tabs.get(id) ?? []) node.presence.leave(id, isAway)
  for (const { presence } of nodes) presence.forget(id)
  tabs.delete(id)
}

const people = 30
const rooms = 8

function act(world: World, random: (below: number) => number, mayCut: boolean): void {
  const { nodes, tabs } = world
  const id = 1 + random(people)
  const node = nodes[random(nodes.length)]
  if (node === undefined) throw new Error('a node runs')
  switch (random(16)) {
    case 0:
      if (!mayCut) return
      if (random(3) > 0) return node.bus.setUp(!node.bus.isUp())
      end(world, node, random(2) === 0 ? 'crash' : 'stop')
      return void world.start(random(2) === 0 ? node.bus.node : `node ${random(1e9)}`)
    case 1:
      return random(4) === 0 ? forget(world, id) : changeRoom(world, id, 1 + random(rooms))
    case 2:
    case 3:
      return changeRoom(world, id, 1 + random(rooms))
    case 4:
    case 5:
    case 6:
      return close(world, id)
    case 7:
    case 8: {
      const tab = tabs.get(id)?.at(-1)
      if (tab === undefined) return
      tab.isAway = !tab.isAway
      return tab.node.presence.setAway(id, tab.isAway)
    }
    case 9:
    case 10:
      return world.pass([50, 150, 1_000, 9_000][random(4)] ?? 0)
    default:
      return open(world, id, node)
  }
}

function stateOf({ tabs }: World, id: number): PresenceState {
  const all = tabs.get(id) ?? []
  if (all.length === 0) return 'offline'
  return all.every(({ isAway }) => isAway) ? 'away' : 'online'
}

/** Compares every node with what is true. */
function expectTruth(world: World, about: object): void {
  const ids = Array.from({ length: people }, (_, n) => n + 1)
  const truth = {
    states: ids.map((id) => stateOf(world, id)),
    all: ids.filter((id) => stateOf(world, id) !== 'offline').length,
    rooms: [...world.members].map(([room, members]) => {
      const online = [...members].filter((id) => stateOf(world, id) !== 'offline')
      const checksum = online.reduce(
        (sum, id) => addWeight(sum, presenceWeight(id, stateOf(world, id))),
        0,
      )
      return { room, count: online.length, checksum, ids: online.toSorted((a, b) => a - b) }
    }),
  }
  for (const { presence } of world.nodes) {
    const known = {
      states: ids.map(presence.stateOf),
      all: presence.countAll(),
      rooms: [...world.members.keys()].map((room) => ({
        room,
        ...presence.onlineIn(room),
        ids: presence.idsIn(room).toSorted((a, b) => a - b),
      })),
    }
    expect({ ...about, known }).toEqual({ ...about, known: truth })
  }
}

test('however messages are lost and nodes end, all nodes come to know who is online', () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  let isWhole = true
  const world = createWorld(() => (isWhole ? 10 : random(5) === 0 ? 'lost' : random(400)))
  for (let n = 0; n < 3 + random(3); n += 1) world.start(`node ${n}`)
  for (let round = 0; round < 8; round += 1) {
    isWhole = false
    for (let step = 0; step < 120; step += 1) act(world, random, round % 2 === 1)
    isWhole = true
    for (const { bus } of world.nodes) if (!bus.isUp()) bus.setUp(true)
    world.pass(30_000)
    expectTruth(world, { seed, round })
  }
})

test('a change that was lost is made good without another', () => {
  let isLost = false
  const world = createWorld(() => (isLost ? 'lost' : 10))
  const [a, b] = [world.start('a'), world.start('b')]
  for (const id of [1, 2, 3]) changeRoom(world, id, 1)
  open(world, 1, a)
  open(world, 2, b)
  world.pass(5_000)
  isLost = true
  open(world, 3, a)
  world.pass(150)
  isLost = false
  world.pass(3_000)
  expectTruth(world, {})
})

test('3,000 people, and one in 3,000 rooms, are known everywhere within 0.3 s', () => {
  const world = createWorld(() => 5)
  const nodes = ['a', 'b', 'c'].map(world.start)
  world.members.set(1, new Set(Array.from({ length: 3_000 }, (_, n) => n + 1)))
  for (let room = 2; room <= 3_001; room += 1) world.members.set(room, new Set([1]))
  world.pass(2_500)
  const all = roomsOf(world, 1)
  nodes[0]?.presence.arrive(userOf(1), all)
  for (let id = 2; id <= 3_000; id += 1) nodes[id % 3]?.presence.arrive(userOf(id), [1])
  world.pass(300)
  const [first, ...others] = nodes.map(({ presence }) => presence)
  if (first === undefined) throw new Error('a node runs')
  expect(first.onlineIn(1).count).toBe(3_000)
  for (const other of others) {
    for (const room of all) expect(other.onlineIn(room)).toEqual(first.onlineIn(room))
    const wanted = { hosts: new Set<number>(), after: null, limit: 60, reader: userOf(1) }
    expect(other.peopleIn(1, wanted)).toEqual(first.peopleIn(1, wanted))
  }
})

/** What somebody was told of another, in order. */
const toldOf = (node: Node, reader: number, id: number): PresenceState[] =>
  (node.told.get(reader) ?? []).flatMap((event) =>
    event.type === 'presence' && event.user === id ? [event.state] : [],
  )

test('whose node ends and who comes back elsewhere is never told to be offline', () => {
  for (const how of ['crash', 'stop'] as const) {
    for (const sinceBeat of [100, 1_000, 1_900]) {
      const world = createWorld(() => 10)
      const [a, b] = [world.start('a'), world.start('b')]
      for (const id of [1, 2, 3]) changeRoom(world, id, 1)
      open(world, 1, b)
      open(world, 2, a)
      open(world, 3, a)
      world.pass(4_000 + sinceBeat)
      end(world, a, how)
      world.pass(9_900)
      open(world, 2, b)
      world.pass(60_000)
      expect({ how, told: toldOf(b, 1, 2) }).not.toEqual({
        how,
        told: expect.arrayContaining(['offline']),
      })
      // Who does not come back is.
      expect(toldOf(b, 1, 3).at(-1)).toBe('offline')
      expectTruth(world, { how, sinceBeat })
    }
  }
})

test('somebody is told of people at another node in their own rooms only', () => {
  const world = createWorld(() => 10)
  const [a, b] = [world.start('a'), world.start('b')]
  for (const id of [1, 2]) changeRoom(world, id, 1)
  open(world, 1, a)
  open(world, 1, b)
  open(world, 2, b)
  world.pass(3_000)
  expect(toldOf(a, 1, 2)).toEqual(['online'])
  // The other node of the reader has not heard yet that they left the room.
  a.presence.exit(1, 1)
  const before = a.told.get(1)?.length
  b.presence.setAway(2, true)
  world.pass(3_000)
  expect(a.presence.stateOf(2)).toBe('away')
  expect(a.told.get(1)?.length).toBe(before)
})
