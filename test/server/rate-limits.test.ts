import { expect, test } from 'bun:test'
import { createBudgets, spendFor, spendOnMessage } from '../../src/server/rate-limits'
import { serverLimits } from '../../src/server/limits'
import { limits } from '../../src/shared/limits'

function createClock() {
  const clock = { ms: 0, read: () => clock.ms }
  return clock
}

test('a burst passes, then one by one as time goes by', () => {
  const clock = createClock()
  const spend = createBudgets(true, clock.read)
  for (let n = 0; n < serverLimits.messagesBurst; n += 1) expect(spend('messages', 'ada')).toBe(0)
  const retryMs = spend('messages', 'ada')
  expect(retryMs).toBe(1_000 / serverLimits.messagesPerSecond)
  clock.ms += retryMs
  expect(spend('messages', 'ada')).toBe(0)
  expect(spend('messages', 'ada')).toBeGreaterThan(0)
  clock.ms += 3_600_000
  for (let n = 0; n < serverLimits.messagesBurst; n += 1) expect(spend('messages', 'ada')).toBe(0)
  expect(spend('messages', 'ada')).toBeGreaterThan(0)
})

test('one person’s haste costs another nothing, nor another kind of thing', () => {
  const spend = createBudgets(true, createClock().read)
  while (spend('messages', 'ada') === 0);
  expect(spend('messages', 'grace')).toBe(0)
  expect(spend('frames', 'ada')).toBe(0)
})

test('asking again too early costs nothing: the wait is as long as was said', () => {
  const clock = createClock()
  const spend = createBudgets(true, clock.read)
  while (spend('joins', 'here') === 0);
  const retryMs = spend('joins', 'here')
  for (let n = 0; n < 100; n += 1) spend('joins', 'here')
  clock.ms += retryMs
  expect(spend('joins', 'here')).toBe(0)
})

test('many names of one address are together no faster than a hundred people', () => {
  const spend = createBudgets(true, createClock().read)
  const said = (id: number, address: string): number => {
    let count = 0
    while (spendFor(spend, 'messages', { user: { id }, address }) === 0) count += 1
    return count
  }
  const all = Array.from({ length: 150 }, (_, id) => said(id, 'here'))
  expect(
    all.slice(0, serverLimits.peopleOfAddress).every((n) => n === serverLimits.messagesBurst),
  ).toBe(true)
  expect(all.slice(serverLimits.peopleOfAddress).every((n) => n === 0)).toBe(true)
  expect(said(1_000, 'elsewhere')).toBe(serverLimits.messagesBurst)
})

test('a person who is too fast takes nothing from the others of the same address', () => {
  const spend = createBudgets(true, createClock().read)
  for (let n = 0; n < 10_000; n += 1) {
    spendFor(spend, 'messages', { user: { id: 1 }, address: 'here' })
  }
  expect(spendFor(spend, 'messages', { user: { id: 2 }, address: 'here' })).toBe(0)
})

test('a crowd of strangers pushes out the idle, and memory stays bounded', () => {
  const clock = createClock()
  const spend = createBudgets(true, clock.read)
  while (spend('messages', 'ada') === 0);
  for (let n = 0; n < serverLimits.bucketsMax; n += 1) spend('frames', `stranger ${n}`)
  expect(spend('messages', 'ada')).toBe(0)
})

test('what was dear is paid for afterwards, and whoever owes waits longer', () => {
  const clock = createClock()
  const spend = createBudgets(true, clock.read)
  for (let n = 0; n < serverLimits.requestsBurst; n += 1) spend('requests', 'ada')
  expect(spend('requests', 'ada', serverLimits.requestsPerSecond)).toBe(0)
  expect(spend('requests', 'ada')).toBeGreaterThan(1_000)
  expect(spend('requests', 'ada', 1e9)).toBe(0)
  // Nobody owes more than a burst.
  clock.ms += ((serverLimits.requestsBurst + 1) / serverLimits.requestsPerSecond) * 1_000
  expect(spend('requests', 'ada')).toBe(0)
})

test('a long message costs as much as several, a short one as much as one', () => {
  const ada = { user: { id: 1 }, address: 'here' }
  const countOf = (content: string): number => {
    const spend = createBudgets(true, createClock().read)
    let count = 0
    while (spendOnMessage(spend, ada, content) === 0) count += 1
    return count
  }
  expect(countOf('short')).toBe(serverLimits.messagesBurst)
  expect(countOf('x'.repeat(limits.messageUnitsMax))).toBe(4)
})

test('switched off, everything passes', () => {
  const spend = createBudgets(false)
  for (let n = 0; n < 10_000; n += 1) expect(spend('messages', 'ada')).toBe(0)
})
