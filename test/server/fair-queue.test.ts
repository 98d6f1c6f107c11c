import { expect, test } from 'bun:test'
import { createFairQueue } from '../../src/server/fair-queue'

const waits = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a client with a hundred requests does not delay a client with one', async () => {
  const inTurn = createFairQueue()
  const done: string[] = []
  const ask = (who: string): Promise<number> => inTurn(who, async () => done.push(who))
  await Promise.all([...Array.from({ length: 100 }, () => ask('greedy')), ask('modest')])
  expect(done.length).toBe(101)
  expect(done.indexOf('modest')).toBeLessThanOrEqual(1)
})

test('sockets and timers run between two requests', async () => {
  const inTurn = createFairQueue()
  let [done, atTimer] = [0, 0]
  const all = Array.from({ length: 50 }, () =>
    inTurn('one', async () => {
      done += 1
      Bun.sleepSync(1)
    }),
  )
  setTimeout(() => (atTimer = done), 1)
  await waits()
  await waits()
  expect(done).toBeLessThan(10)
  await Promise.all(all)
  expect(done).toBe(50)
  expect(atTimer).toBeLessThan(50)
})

test('a failure reaches its caller, and the queue goes on', async () => {
  const inTurn = createFairQueue()
  const failed = inTurn('one', () => Promise.reject(new Error('broken')))
  const thrown = inTurn('one', async () => {
    throw new Error('broken, too')
  })
  const fine = inTurn('one', async () => 'fine')
  expect(failed).rejects.toThrow('broken')
  expect(thrown).rejects.toThrow('broken, too')
  expect(await fine).toBe('fine')
})
