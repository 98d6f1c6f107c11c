import { expect, test } from 'bun:test'
import { ChatError } from '../../src/server/errors'
import {
  bucketsMax,
  chargeForChange,
  consumeForMessage,
  consumeForUser,
  createRateLimits,
  rates,
  usersPerAddress,
} from '../../src/server/rate-limits'
import { limits } from '../../src/shared/limits'

function createClock() {
  const clock = { ms: 0, read: () => clock.ms }
  return clock
}

/** 0 when it passes, else the milliseconds to wait. */
function waitOf(consume: () => void): number {
  try {
    consume()
    return 0
  } catch (problem) {
    if (problem instanceof ChatError) return problem.retryMs ?? 0
    throw problem
  }
}

/** Consumes for one key until it is refused; gives how often it passed. */
function countOf(consume: () => void): number {
  let count = 0
  while (waitOf(consume) === 0) count += 1
  return count
}

test('a burst passes, then one by one as time goes by', () => {
  const clock = createClock()
  const { consume } = createRateLimits(true, clock.read)
  const say = consume.bind(null, 'messages', 'ada', {})
  expect(countOf(say)).toBe(rates.messages.burst)
  const retryMs = waitOf(say)
  expect(retryMs).toBe(1_000 / rates.messages.perSecond)
  clock.ms += retryMs
  expect(countOf(say)).toBe(1)
  clock.ms += 3_600_000
  expect(countOf(say)).toBe(rates.messages.burst)
})

test('a refusal has the given code', () => {
  const { consume } = createRateLimits(true, createClock().read)
  countOf(() => consume('joins', 'here'))
  expect(() => consume('joins', 'here')).toThrow('too_many')
  expect(() => consume('joins', 'here', { code: 'joins_too_many' })).toThrow('joins_too_many')
})

test('one user’s haste costs another nothing, nor another limit', () => {
  const { consume } = createRateLimits(true, createClock().read)
  countOf(() => consume('messages', 'ada'))
  expect(waitOf(() => consume('messages', 'grace'))).toBe(0)
  expect(waitOf(() => consume('frames', 'ada'))).toBe(0)
})

test('retrying too early costs nothing: the wait stays as announced', () => {
  const clock = createClock()
  const { consume } = createRateLimits(true, clock.read)
  const join = (): void => consume('joins', 'here')
  countOf(join)
  const retryMs = waitOf(join)
  for (let n = 0; n < 100; n += 1) waitOf(join)
  clock.ms += retryMs
  expect(waitOf(join)).toBe(0)
})

test('many names of one address are together no faster than a hundred people', () => {
  const rateLimits = createRateLimits(true, createClock().read)
  const said = (id: number, address: string): number =>
    countOf(() => consumeForUser(rateLimits, 'messages', { user: { id }, address }))
  const all = Array.from({ length: 150 }, (_, id) => said(id, 'here'))
  expect(all.slice(0, usersPerAddress).every((n) => n === rates.messages.burst)).toBe(true)
  expect(all.slice(usersPerAddress).every((n) => n === 0)).toBe(true)
  expect(said(1_000, 'elsewhere')).toBe(rates.messages.burst)
})

test('a user who is too fast takes nothing from the others of the same address', () => {
  const rateLimits = createRateLimits(true, createClock().read)
  const say = (id: number): void =>
    consumeForUser(rateLimits, 'messages', { user: { id }, address: 'here' })
  for (let n = 0; n < 10_000; n += 1) waitOf(() => say(1))
  expect(waitOf(() => say(2))).toBe(0)
})

test('many new clients push out idle buckets, and memory stays bounded', () => {
  const clock = createClock()
  const { consume } = createRateLimits(true, clock.read)
  countOf(() => consume('messages', 'ada'))
  for (let n = 0; n < bucketsMax; n += 1) consume('frames', `stranger ${n}`)
  expect(waitOf(() => consume('messages', 'ada'))).toBe(0)
})

test('expensive work is charged afterwards, and a debt makes the wait longer', () => {
  const clock = createClock()
  const { consume, charge } = createRateLimits(true, clock.read)
  const ask = (): void => consume('requests', 'ada')
  countOf(ask)
  charge('requests', 'ada', rates.requests.perSecond)
  expect(waitOf(ask)).toBeGreaterThan(1_000)
  charge('requests', 'ada', 1e9)
  // No debt is larger than a burst.
  clock.ms += ((rates.requests.burst + 1) / rates.requests.perSecond) * 1_000
  expect(waitOf(ask)).toBe(0)
})

test('a long message costs as much as several, a short one as much as one', () => {
  const ada = { user: { id: 1 }, address: 'here' }
  const said = (content: string): number => {
    const rateLimits = createRateLimits(true, createClock().read)
    return countOf(() => consumeForMessage(rateLimits, ada, content))
  }
  expect(said('short')).toBe(rates.messages.burst)
  expect(said('x'.repeat(limits.messageUnitsMax))).toBe(4)
})

test('a change costs by the size of the message that is published again', () => {
  const ada = { user: { id: 1 }, address: 'here' }
  const changes = (units: number): number => {
    const rateLimits = createRateLimits(true, createClock().read)
    return countOf(() => {
      consumeForMessage(rateLimits, ada, 'edited')
      chargeForChange(rateLimits, ada, { content: 'edited', units })
    })
  }
  expect(changes(400)).toBe(rates.messages.burst)
  expect(changes(20_000)).toBeLessThanOrEqual(2)
  expect(changes(1e6)).toBe(1)
})

test('switched off, everything passes', () => {
  const { consume } = createRateLimits(false)
  for (let n = 0; n < 10_000; n += 1) expect(waitOf(() => consume('messages', 'ada'))).toBe(0)
})
