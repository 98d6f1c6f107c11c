import type { Page } from './page'

export type Clock = ReturnType<typeof createClock>

/** Times in the page's language and the browser's time zone, with formatters made once. */
export function createClock({ language, words }: Pick<Page, 'language' | 'words'>) {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options)
  const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const date = format({ day: 'numeric', month: 'short' })
  const full = format({ dateStyle: 'full', timeStyle: 'medium' })
  const day = format({ weekday: 'long', day: 'numeric', month: 'long' })
  const dayOfYear = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  const dayKey = (at: number): string => new Date(at).toDateString()
  const midnight = (daysFromToday: number): number => {
    const now = new Date()
    return new Date(now.getFullYear(), now.getMonth(), now.getDate() + daysFromToday).getTime()
  }
  /** Calls back at each local midnight, when Today becomes Yesterday. */
  const onMidnight = (callback: () => void): void => {
    const turn = (): void => {
      callback()
      onMidnight(callback)
    }
    setTimeout(turn, midnight(1) - Date.now() + 1_000)
  }
  return {
    time: (at: number): string => time.format(at),
    /** For a list: the time of today, or the date. */
    brief: (at: number): string => (at >= midnight(0) ? time : date).format(at),
    /** Tuesday, 24 November 2026, 09:14:05 */
    full: (at: number): string => full.format(at),
    dayKey,
    onMidnight,
    dayLabel(at: number): string {
      if (dayKey(at) === dayKey(Date.now())) return words.today
      if (dayKey(at) === dayKey(midnight(-1))) return words.yesterday
      const isThisYear = new Date(at).getFullYear() === new Date().getFullYear()
      return (isThisYear ? day : dayOfYear).format(at)
    },
  }
}
