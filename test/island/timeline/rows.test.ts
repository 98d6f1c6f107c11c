import { expect, test } from 'bun:test'
import { createClock } from '../../../src/island/ui/clock'
import { decorate, regroup, regroupAll } from '../../../src/island/timeline/rows'
import { rowsOf } from '../../../src/island/ui/rows'
import { documentForAll } from '../dom'
import { page } from '../page'

documentForAll('<div id="timeline"></div>')

const clock = createClock(page)
const minute = 60_000
const noon = new Date().setHours(12, 0, 0, 0)

/** A timeline of [author, time] as the browser decorates and groups it. */
function show(messages: [user: number, at: number][]) {
  const timeline = document.getElementById('timeline')
  if (timeline === null) throw new Error('no timeline')
  timeline.innerHTML = messages
    .map(
      ([user, at], index) =>
        `<article class="msg" data-seq="${index + 1}" data-user="${user}" data-at="${at}">
           <time></time></article>`,
    )
    .join('')
  decorate({ page, clock, muted: { decorate: () => {} }, hidden: new Set() }, timeline)
  regroupAll({ clock, fold: () => {} })
  const follows = (): boolean[] => rowsOf().map((row) => row.classList.contains('msg--follow'))
  const days = (): string[] =>
    [...timeline.querySelectorAll('.day')].map((day) => day.textContent ?? '')
  return { timeline, follows, days }
}

test('messages of one person within five minutes share a head', () => {
  const { follows, days } = show([
    [1, noon],
    [1, noon + 4 * minute],
    [1, noon + 9.5 * minute],
    [2, noon + 10 * minute],
    [1, noon + 10 * minute],
  ])
  expect(follows()).toEqual([false, true, false, false, false])
  expect(days()).toEqual(['Today'])
})

test('a new day gets a heading, and a row after it its own head', () => {
  const midnight = new Date(noon).setHours(0, 0, 0, 0)
  const lastYear = new Date(noon).setFullYear(new Date(noon).getFullYear() - 1)
  const { follows, days } = show([
    [1, lastYear],
    [1, midnight - minute],
    [1, midnight + minute],
  ])
  expect(days().slice(1)).toEqual(['Yesterday', 'Today'])
  expect(days()[0]).toContain(String(new Date(lastYear).getFullYear()))
  expect(follows()).toEqual([false, false, false])
})

test('a row between two others changes what follows on what', () => {
  const { follows } = show([
    [1, noon],
    [1, noon + minute],
  ])
  const [first] = rowsOf()
  first?.insertAdjacentHTML(
    'afterend',
    `<article class="msg" data-user="2" data-at="${noon + 30_000}"></article>`,
  )
  const between = rowsOf()[1]
  if (between !== undefined) regroup(clock, between)
  expect(follows()).toEqual([false, false, false])
})

test('my own rows are mine in my browser only, and times are in my own clock', () => {
  const { timeline } = show([
    [7, noon],
    [8, noon],
  ])
  expect(rowsOf().map((row) => row.classList.contains('msg--own'))).toEqual([true, false])
  expect(timeline.querySelector('time')?.textContent).toBe('12:00')
})
