import { expect, test } from 'bun:test'
import { dayAt, parseZone, startOfDay } from '../../../src/chat/search/zone'
import { aDay, dayIn } from '../../helpers/days'
import { chooseSeed, createRandom } from '../../helpers/random'

function startIn(name: string, day: string): number | null {
  const zone = parseZone(name)
  return zone === null ? null : startOfDay(zone, day)
}

test('a day whose midnight is left out begins an hour later', () => {
  const starts = [
    ['America/Havana', '2026-03-08', '2026-03-08T05:00:00Z'],
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00Z'],
    ['Atlantic/Azores', '2026-03-29', '2026-03-29T01:00:00Z'],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z'],
  ] as const
  for (const [zone, day, start] of starts) expect(startIn(zone, day)).toBe(Date.parse(start))
})

test('days begin and end where clocks say so, in every zone and on every day', () => {
  const seed = chooseSeed()
  console.log(`days of zones: SEED=${seed}`)
  const random = createRandom(seed)
  for (let n = 0; n < 400; n += 1) {
    const { zone: name, day } = aDay(random)
    const zone = parseZone(name)
    const start = startIn(name, day)
    if (zone === null || start === null) throw new Error(`${name} ${day} is no day`)
    // Formatting is what people see on their clocks.
    const seen = { day: dayIn(name, start), isFirst: dayIn(name, start - 1) < day }
    expect({ seed, name, ...seen }).toEqual({ seed, name, day, isFirst: true })
    const at = start + random(86_400_000)
    expect({ seed, name, at, day: dayAt(zone, at) }).toEqual({
      seed,
      name,
      at,
      day: dayIn(name, at),
    })
  }
})

test('what is no day has no beginning', () => {
  for (const day of ['2026-02-30', '2026-13-01', 'today', '', '2026-1-1', '2026-03-08T00:00'])
    expect(startIn('Europe/Berlin', day)).toBeNull()
})
