import { afterEach, beforeEach, expect, jest, spyOn, test } from 'bun:test'
import { createRenewal, renewMs } from '../../../src/island/actions/renew'
import type { App } from '../../../src/island/app'
import { openStorage } from '../../../src/island/ui/storage'
import { chooseSeed, createRandom } from '../../helpers/random'
import { documentForAll } from '../dom'
import { page } from '../page'

documentForAll('<textarea id="content"></textarea><p id="toast"></p><p id="status"></p>')
beforeEach(() => {
  window.name = ''
  jest.useFakeTimers()
})
afterEach(() => void jest.useRealTimers())

const minuteMs = 60_000

/** A page of a build that hears of a build once it is connected; gives what it hears later. */
function openPage(build: string, heard: string): (build: string) => void {
  const app: Partial<App> = {
    page: { ...page, build },
    storage: openStorage(page),
    connection: { send: () => true } as unknown as App['connection'],
    timeline: { isFollowing: () => true } as unknown as App['timeline'],
  }
  const hear = createRenewal(app as App)
  hear(heard)
  return hear
}

/** What a page is and hears when it is opened or connected at a time. */
type Nodes = { build: (time: number) => string; heard: (time: number) => string }

/** Opens a page, and another whenever it reloads; connects each ten minutes. */
function browse(ms: number, { build, heard }: Nodes): { reloads: number[]; last: string } {
  const reloads: number[] = []
  let isReloading = false
  const reload = spyOn(location, 'reload').mockImplementation(() => void (isReloading = true))
  let last = build(0)
  let hear = openPage(last, heard(0))
  for (let time = 1_000; time < ms; time += 1_000) {
    jest.advanceTimersByTime(1_000)
    if (time % (10 * minuteMs) === 0) hear(heard(time))
    if (!isReloading) continue
    isReloading = false
    reloads.push(time)
    // Timers of a page end with it.
    jest.clearAllTimers()
    last = build(time)
    hear = openPage(last, heard(time))
  }
  reload.mockRestore()
  return { reloads, last }
}

test('a page of an older build renews itself soon, and is not renewed again', () => {
  const nodes = { build: (time: number) => (time === 0 ? 'old' : 'new'), heard: () => 'new' }
  const { reloads } = browse(10 * minuteMs, nodes)
  expect(reloads.length).toBe(1)
  expect(reloads[0]).toBeLessThanOrEqual(renewMs + 1_000)
})

test('between nodes of two builds a page renews at most once a minute, and comes right', () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  for (let n = 0; n < 20; n += 1) {
    window.name = ''
    const upgradedAt = random(20) * minuteMs
    const build = (time: number): string => (time < upgradedAt && random(2) === 0 ? 'old' : 'new')
    const { reloads, last } = browse(90 * minuteMs, { build, heard: build })
    const isSeldom = reloads.every((at, k) => k === 0 || at - (reloads[k - 1] ?? 0) >= minuteMs)
    expect({ seed, reloads, isSeldom, last }).toEqual({
      ...{ seed, reloads, isSeldom: true, last: 'new' },
    })
  }
})

test('where a cache keeps serving the old page, it is tried ever less often', () => {
  const { reloads } = browse(180 * minuteMs, { build: () => 'old', heard: () => 'new' })
  expect(reloads.length).toBeWithin(4, 12)
})

test('a page that finds its own build again stays', () => {
  const reload = spyOn(location, 'reload').mockImplementation(() => {})
  const hear = openPage('old', 'new')
  hear('old')
  jest.advanceTimersByTime(minuteMs)
  expect(reload).not.toHaveBeenCalled()
  hear('new')
  jest.advanceTimersByTime(minuteMs)
  expect(reload).toHaveBeenCalledTimes(1)
  reload.mockRestore()
})
