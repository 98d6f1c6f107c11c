import { stampAhead } from '../../shared/export-text'

export type Zone = {
  name: string
  /** How far its clocks are ahead of UTC at that moment, in minutes. */
  offsetAt: (at: number) => number
}

const nameUnitsMax = 64

/** Reads `Europe/Berlin` or `+01:00`; null for anything else. */
export function parseZone(text: string): Zone | null {
  if (text.length > nameUnitsMax || !/^[\w+\-/:]+$/.test(text)) return null
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone: text, timeZoneName: 'longOffset' })
    return { name: text, offsetAt: createOffsets(format) }
  } catch {
    return null
  }
}

export const utc: Zone = { name: 'UTC', offsetAt: () => 0 }

/** The moment at which a day such as `2026-11-23` begins there; null for anything else. */
export function startOfDay({ name }: Zone, day: string): number | null {
  // Where clocks are put forward at midnight, a day begins later.
  return parseDay(day)?.toZonedDateTime(name).epochMilliseconds ?? null
}

/** Another day, so many days later. */
export function shiftDay(day: string, daysLater: number): string {
  return parseDay(day)?.add({ days: daysLater }).toString() ?? day
}

function parseDay(day: string): Temporal.PlainDate | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null
  try {
    return Temporal.PlainDate.from(day)
  } catch {
    return null
  }
}

/** The day there, as `2026-11-23`, shifted by so many days. */
export function dayAt(zone: Zone, at: number, daysLater = 0): string {
  const local = at + zone.offsetAt(at) * 60_000 + daysLater * 86_400_000
  return new Date(local).toISOString().slice(0, 10)
}

/** Clocks change at full quarter hours; formatting for each message would dominate an export. */
const quarterMs = 900_000

function createOffsets(format: Intl.DateTimeFormat): (at: number) => number {
  let [quarter, minutes] = [Number.NaN, 0]
  return (at) => {
    const asked = Math.floor(at / quarterMs)
    if (asked !== quarter) [quarter, minutes] = [asked, readOffset(format, asked * quarterMs)]
    return minutes
  }
}

function readOffset(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name)
  if (match === null) return 0
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]))
}

/** A moment there: `2026-11-23 09:17:05 +0100`. */
export function stamp(zone: Zone, at: number): string {
  return stampAhead(at, zone.offsetAt(at))
}
