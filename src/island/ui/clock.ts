import type { Page } from './page'

/** Times as the reader's own clock and calendar show them, with formatters made once. */
export type Clock = {
  /** 09:14 */
  time: (at: number) => string
  /** Tuesday, 24 November 2026, 09:14:05 */
  full: (at: number) => string
  /** The same for all moments of one local day. */
  dayKey: (at: number) => string
  /** Today, Yesterday, or the date. */
  dayLabel: (at: number) => string
  /** Calls back at each local midnight, when Today becomes Yesterday. */
  onMidnight: (callback: () => void) => void
}

/** Makes the clock of a page in its language and the browser's time zone. */
export function createClock(page: Page): Clock {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(page.language, options)
  const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const full = format({ dateStyle: 'full', timeStyle: 'medium' })
  const day = format({ weekday: 'long', day: 'numeric', month: 'long' })
  const dayOfYear = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  const onMidnight = (callback: () => void): void => {
    const now = new Date()
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1)
    setTimeout(
      () => {
        callback()
        onMidnight(callback)
      },
      midnight.getTime() - now.getTime() + 1_000,
    )
  }
  const dayKey = (at: number): string => {
    const date = new Date(at)
    return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`
  }
  return {
    time: (at) => time.format(at),
    full: (at) => full.format(at),
    dayKey,
    onMidnight,
    dayLabel(at) {
      const now = new Date()
      const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
      if (dayKey(at) === dayKey(now.getTime())) return page.words.today
      if (dayKey(at) === dayKey(yesterday.getTime())) return page.words.yesterday
      return new Date(at).getFullYear() === now.getFullYear()
        ? day.format(at)
        : dayOfYear.format(at)
    },
  }
}
