import type { Page } from './page'

export type Clock = ReturnType<typeof createClock>

/**
 * Times in the page's language and the zone of the machine. Formatters keep the zone in which they
 * were made, and labels the day: `check` makes both anew when the day or the zone is another one.
 */
export function createClock({ language, words }: Pick<Page, 'language' | 'words'>) {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options)
  const makeFormats = () => ({
    time: format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    date: format({ day: 'numeric', month: 'short' }),
    full: format({ dateStyle: 'full', timeStyle: 'medium' }),
    day: format({ weekday: 'long', day: 'numeric', month: 'long' }),
    dayOfYear: format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
  })
  const dayKey = (at: number): string => new Date(at).toDateString()
  /** The first moment of a day, also of one whose midnight is left out. */
  const startOfDay = (daysFromToday: number): number => {
    const now = new Date()
    return new Date(now.getFullYear(), now.getMonth(), now.getDate() + daysFromToday).getTime()
  }
  const keyNow = (): string =>
    `${dayKey(Date.now())} ${new Intl.DateTimeFormat().resolvedOptions().timeZone}`
  let formats = makeFormats()
  let key = keyNow()
  const listeners: (() => void)[] = []
  return {
    time: (at: number): string => formats.time.format(at),
    /** For a list: the time of today, or the date. */
    brief: (at: number): string => (at >= startOfDay(0) ? formats.time : formats.date).format(at),
    /** Tuesday, 24 November 2026, 09:14:05 */
    full: (at: number): string => formats.full.format(at),
    dayKey,
    /** The day and the zone that labels are made for. */
    key: (): string => key,
    /** Calls back when all labels have to be made anew. */
    onChange: (listener: () => void): void => void listeners.push(listener),
    check(): void {
      if (key === keyNow()) return
      key = keyNow()
      formats = makeFormats()
      for (const listener of listeners) listener()
    },
    dayLabel(at: number): string {
      if (dayKey(at) === dayKey(Date.now())) return words.today
      if (dayKey(at) === dayKey(startOfDay(-1))) return words.yesterday
      const isThisYear = new Date(at).getFullYear() === new Date().getFullYear()
      return (isThisYear ? formats.day : formats.dayOfYear).format(at)
    },
  }
}
