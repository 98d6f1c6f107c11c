import { afterAll, expect, setSystemTime, test } from 'bun:test'
import { createClock } from '../../../src/island/ui/clock'
import { aDay, dayIn } from '../../helpers/days'
import { chooseSeed, createRandom } from '../../helpers/random'
import { page } from '../page'

const zoneBefore = process.env.TZ
const dayMs = 86_400_000

afterAll(() => {
  setSystemTime()
  if (zoneBefore === undefined) delete process.env.TZ
  else process.env.TZ = zoneBefore
})

/** The machine sleeps, and wakes up at that moment, in that zone. */
function wakeUp(zone: string, now: number): void {
  process.env.TZ = zone
  setSystemTime(now)
}

test('labels are right after any sleep, on any day, in any zone', () => {
  const seed = chooseSeed()
  console.log(`labels: SEED=${seed}`)
  const random = createRandom(seed)
  wakeUp('UTC', Date.UTC(2026, 0, 1))
  const clock = createClock(page)
  let [key, isTold] = ['UTC 2026-01-01', false]
  clock.onChange(() => (isTold = true))
  for (let n = 0; n < 250; n += 1) {
    // Often only some time passes; else the machine is somewhere else, too.
    const { zone, day } = random(3) > 0 ? aDay(random) : { zone: process.env.TZ ?? '', day: '' }
    const start = day === '' ? Date.now() : Date.parse(`${day}T00:00Z`)
    const now = start + random(dayMs)
    wakeUp(zone, now)
    isTold = false
    clock.check()
    const today = dayIn(zone, now)
    const yesterday = Temporal.PlainDate.from(today).subtract({ days: 1 }).toString()
    const at = now - random(3 * dayMs)
    const label = { [today]: 'Today', [yesterday]: 'Yesterday' }[dayIn(zone, at)]
    const time = new Intl.DateTimeFormat('en', {
      ...({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const),
      timeZone: zone,
    })
    const shown = clock.dayLabel(at)
    expect({
      ...{ seed, zone, now, at, isTold, time: clock.time(at) },
      label: /^(Today|Yesterday)$/.test(shown) ? shown : undefined,
      isBriefTime: clock.brief(at) === clock.time(at),
    }).toEqual({
      ...{ seed, zone, now, at, isTold: `${zone} ${today}` !== key, time: time.format(at) },
      label,
      isBriefTime: label === 'Today',
    })
    key = `${zone} ${today}`
  }
})
