import { describe, expect, test } from 'bun:test'
import { createDelays } from './load/delays'
import { createStreams, marked } from './load/streams'
import { dismiss, muster } from './crews'

/** The benchmarks measure nothing here: only that what they would measure is right. */
describe('a crowd of five in two rooms', () => {
  const size = { connections: 5, rooms: 2, senders: 5 }
  const clean = { lost: 0, doubled: 0, reordered: 0, strayed: 0 }

  for (const contender of ['html', 'json', 'floor'] as const) {
    test(`hears everything once and in order: ${contender}`, async () => {
      const crew = await muster(contender, size, false)
      const talk = { do: 'talk' as const, seconds: 0.2 }
      const free = await crew.generator.ask({ ...talk, rate: null, window: 3 }, 'talked')
      expect(free).toMatchObject(clean)
      expect(free.messages).toBeGreaterThan(0)
      const paced = await crew.generator.ask({ ...talk, rate: 100, window: 0 }, 'talked')
      expect(paced).toMatchObject(clean)
      // Rooms of three and of two: each message reaches all who are in its room.
      expect(paced.deliveries).toBeGreaterThan(2 * paced.messages)
      await dismiss(crew)
    })
  }

  test('misses nothing while it was away, without anything twice', async () => {
    const crew = await muster('html', { ...size, rooms: 1 }, false)
    const back = await crew.generator.ask({ do: 'storm', missed: 7 }, 'stormed')
    expect(back).toMatchObject({ ...clean, replayed: 4 * 7 })
    await dismiss(crew)
  })
})

describe('the check of a stream', () => {
  const say = (sender: number, n: number): Buffer => {
    return Buffer.from(`<p>${marked({ sender, n, at: 0 }, 'text')}</p>`)
  }

  test('sees what is lost, comes twice, comes late, or comes to the wrong room', () => {
    const streams = createStreams(4, 4, (n) => n % 2)
    for (const reader of [0, 2]) for (const n of [1, 2]) streams.hear(reader, say(0, n))
    expect(streams.faults(4)).toEqual({ lost: 0, doubled: 0, reordered: 0, strayed: 0 })
    streams.hear(0, say(0, 2))
    expect(streams.faults(4).doubled).toBe(1)
    streams.hear(0, say(0, 4))
    expect(streams.faults(6).lost).toBe(1)
    streams.hear(0, say(0, 3))
    expect(streams.faults(6)).toMatchObject({ lost: 0, reordered: 1 })
    streams.hear(1, say(0, 5))
    expect(streams.faults(6).strayed).toBe(1)
  })

  test('takes apart several messages of one frame, for one reader like for the next', () => {
    const streams = createStreams(2, 1, () => 0)
    const frame = Buffer.concat([say(0, 1), say(0, 2)])
    expect(streams.hear(0, frame)).toHaveLength(2)
    expect(streams.hear(1, Buffer.from(frame))).toHaveLength(2)
    expect(streams.faults(4)).toEqual({ lost: 0, doubled: 0, reordered: 0, strayed: 0 })
  })
})

test('delays are counted to a part in 32', () => {
  const delays = createDelays()
  for (let micros = 1; micros <= 10_000; micros += 1) delays.add(micros)
  expect(delays.quantileMs(0.5)).toBeWithin(4.9, 5.3)
  expect(delays.quantileMs(0.99)).toBeWithin(9.8, 10.4)
})
