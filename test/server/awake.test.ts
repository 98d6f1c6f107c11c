import { expect, test } from 'bun:test'
import { createAwake } from '../../src/server/awake'
import { createConnections, type Socket } from '../../src/socket/connections'
import { waitUntil } from '../helpers/wait'

const minute = 60_000

test('time in which the process was stopped is nobody’s silence', () => {
  let now = 1_000
  const { since } = createAwake(() => now)
  now += 3_000
  expect(since(2_000)).toBe(2_000)
  now += 90_000
  expect(since(2_000)).toBe(0)
  now += 4_000
  expect(since(2_000)).toBe(4_000)
  // What began after waking counts from its own beginning.
  expect(since(now - 1_000)).toBe(1_000)
})

test('a wait that ends while the process is stopped begins again', async () => {
  let now = 0
  let ends = 0
  let looks = 0
  const awake = createAwake(() => {
    looks += 1
    return now
  })
  awake.after(20, () => (ends += 1))
  now = minute
  const before = looks
  await waitUntil(() => looks > before, 'the timer')
  expect(ends).toBe(0)
  now += 20
  await waitUntil(() => ends === 1, 'the end')
})

test('a wait that was ended never calls', async () => {
  let ends = 0
  const awake = createAwake()
  awake.after(1, () => (ends += 1))()
  awake.after(5, () => (ends += 10))
  await waitUntil(() => ends > 0, 'the other one')
  expect(ends).toBe(10)
})

test('a late sweep cuts nobody and gives everybody a fresh interval', () => {
  let now = 0
  const connections = createConnections(
    undefined,
    createAwake(() => now),
  )
  const done: string[] = []
  for (let user = 1; user <= 24; user += 1) {
    const visitor = { user: { id: user }, address: '' }
    const data = { visitor, rooms: new Set<number>(), heardAt: -40_000 }
    const act = { terminate: () => done.push('cut'), ping: () => done.push('ping') }
    connections.add({ data, ...act } as unknown as Socket)
  }
  now = 90_000
  connections.sweep()
  expect(done).toEqual([])
  for (; now < 90_000 + 43_000; now += 4_000) connections.sweep()
  expect(new Set(done)).toEqual(new Set(['ping']))
  for (; now < 90_000 + 50_000; now += 4_000) connections.sweep()
  expect(done.filter((what) => what === 'cut').length).toBe(24)
})
