import { expect, test } from 'bun:test'
import { createConcurrencyLimit } from '../../src/server/concurrency'
import { ChatError } from '../../src/server/errors'
import { serverLimits } from '../../src/server/limits'

const limit = (all: number, clock?: () => number) =>
  createConcurrencyLimit({ perPerson: 2, all, retryMs: 5 }, clock)

type Limit = ReturnType<typeof limit>

/** How many of fifty people of an address get a place. */
function crowd({ take }: Limit, address: string, firstId: number): number {
  const codes = Array.from({ length: 50 }, (_, n) => codeOf(take, firstId + n, address))
  expect(codes.filter((code) => code !== null && code !== 'busy')).toEqual([])
  return codes.filter((code) => code === null).length
}

function codeOf(take: Limit['take'], id: number, address: string): string | null {
  try {
    take({ user: { id }, address })
    return null
  } catch (refusal) {
    if (refusal instanceof ChatError) return refusal.code
    throw refusal
  }
}

test('however many people an address has, others get a place, too', () => {
  const places = limit(200)
  expect(crowd(limit(6), 'school', 0)).toBe(3)
  for (let n = 0; n < 4; n += 1) crowd(places, `attack-${n}`, n * 100)
  expect(codeOf(places.take, 999, 'home')).toBeNull()
})

test('a person has a share of their own, and gets back what is released once', () => {
  const { take } = limit(8)
  const release = take({ user: { id: 1 }, address: 'a' })
  take({ user: { id: 1 }, address: 'b' })
  expect(codeOf(take, 1, 'c')).toBe('too_many')
  release()
  release()
  expect(codeOf(take, 1, 'a')).toBeNull()
  expect(codeOf(take, 1, 'a')).toBe('too_many')
})

test('places are wanted for a while after somebody got none', () => {
  let now = 0
  const places = limit(1, () => now)
  const release = places.take({ user: { id: 1 }, address: 'a' })
  expect(places.isWanted()).toBe(false)
  expect(codeOf(places.take, 2, 'b')).toBe('busy')
  expect(places.isWanted()).toBe(true)
  now = serverLimits.slowMs
  expect(places.isWanted()).toBe(false)
  release()
  expect(codeOf(places.take, 2, 'b')).toBeNull()
})
