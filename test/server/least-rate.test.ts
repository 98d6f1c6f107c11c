import { expect, test } from 'bun:test'
import { watchRate } from '../../src/server/least-rate'
import { serverLimits } from '../../src/server/limits'

const { slowMs, slowBytesPerSecond } = serverLimits

/** Whether a client that moves so many bytes a second, every so often, is ever slow. */
function isSlow(bytesPerSecond: number, everyMs: number, ourMs = 0): boolean {
  let now = 0
  let seen = false
  const watch = watchRate(() => now)
  while (now < slowMs * 4) {
    watch.wait()
    now += everyMs
    watch.moved((bytesPerSecond * everyMs) / 1_000)
    seen ||= watch.isSlow()
    now += ourMs
  }
  return seen
}

test('who moves too little over a span is slow, and who moves enough is not', () => {
  expect(isSlow(slowBytesPerSecond * 0.9, 100)).toBe(true)
  expect(isSlow(slowBytesPerSecond * 1.1, 100)).toBe(false)
  // A kernel that buffers much takes much, seldom.
  expect(isSlow(slowBytesPerSecond * 1.1, slowMs / 2)).toBe(false)
})

test('the time that the server itself takes does not count', () => {
  expect(isSlow(slowBytesPerSecond * 1.1, 100, 10_000)).toBe(false)
})

test('who takes nothing at all is slow when the span is over, not before', () => {
  let now = 0
  const watch = watchRate(() => now)
  watch.wait()
  now = slowMs - 1
  expect(watch.isSlow()).toBe(false)
  now = slowMs
  expect(watch.isSlow()).toBe(true)
})
