import { expect, test } from 'bun:test'
import { watchClock } from '../../../src/chat/messages/clock-jumps'
import { openEngine } from '../../store/engine'
import { find } from '../../store/finding'
import { append, join, roomOf } from '../../store/people'

const minute = 60_000
const day = 24 * 60 * minute
const today = Date.UTC(2027, 3, 5, 12)

/** A server whose clock stands at `now`, and whose machine runs by itself. */
async function begin(now: number, earlier: number[] = []) {
  const engine = await openEngine(10)
  const ada = await join(engine.store, 'Ada', 1)
  const clock = { now, runs: 0 }
  let count = 0
  const say = async (): Promise<void> => {
    count += 1
    const fields = { clientId: `m-${count}`, content: `word ${count}`, createdAt: clock.now }
    await append(engine.store, ada, fields)
  }
  for (clock.now of earlier) await say()
  clock.now = now
  const chat = { now: () => clock.now, store: engine.store, log: () => {} }
  const { look, stop } = watchClock(chat, () => clock.runs)
  const pass = async (ms: number, jumpMs = 0): Promise<void> => {
    clock.runs += ms
    clock.now += ms + jumpMs
    await look()
  }
  const times = async (): Promise<number[]> =>
    (await engine.store.messages.before(await roomOf(engine.store, ada), null, 99)).map(
      ({ createdAt }) => createdAt,
    )
  const close = async (): Promise<void> => {
    stop()
    await engine.close()
  }
  return { engine, ada, clock, say, pass, times, close }
}

test('what was said at the time of 1970 is corrected when the clock is set', async () => {
  const { engine, ada, say, pass, times, close } = await begin(1_000, [today - day])
  const { epoch } = engine.store
  await say()
  await pass(10 * minute)
  await say()
  await engine.indexed()
  await pass(2_000, today)
  const at = today + 10 * minute + 3_000
  expect(await times()).toEqual([today - day, at - 10 * minute - 2_000, at - 2_000])
  // Pages and copies of the old times are void.
  expect(engine.store.epoch).not.toBe(epoch)
  const found = await find(engine.store, ada, { since: today, until: today + day })
  expect(found.hits.length).toBe(2)
  expect((await find(engine.store, ada, { until: day })).hits).toEqual([])
  await pass(2_000)
  expect((await times()).length).toBe(3)
  await close()
})

test('a clock behind what is stored is corrected in several steps', async () => {
  const { say, pass, times, close } = await begin(today - 40 * day, [today])
  await say()
  await pass(2_000, 10 * day)
  await say()
  await pass(2_000, 31 * day)
  expect(await times()).toEqual([today, today + day, today + day + 2_000])
  await close()
})

test('what lies in the future is corrected when the clock goes back', async () => {
  const { say, pass, times, close } = await begin(today + 365 * day, [today - day])
  await say()
  await pass(minute)
  await say()
  await pass(2_000, -365 * day)
  expect(await times()).toEqual([today - day, today, today + minute])
  await close()
})

test('a clock that was right is believed, and sleep is no jump', async () => {
  const { say, pass, times, close } = await begin(today, [today - day])
  await say()
  await pass(8 * 60 * minute)
  await say()
  await pass(2_000, day)
  await say()
  await pass(2_000, 30_000)
  const second = today + 8 * 60 * minute
  expect(await times()).toEqual([today - day, today, second, second + 2_000 + day])
  await close()
})
