/** A time zone, as whoever asks for something has it. */
export type Zone = {
  name: string
  /** How far its clocks are ahead of UTC at that moment, in minutes. */
  offsetAt: (at: number) => number
}

/** Reads `Europe/Berlin` or `+01:00`; null for what is no zone. */
export function parseZone(text: string): Zone | null {
  if (text.length > nameUnitsMax || !/^[\w+\-/:]+$/.test(text)) return null
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone: text, timeZoneName: 'longOffset' })
    return { name: text, offsetAt: createOffsets(format) }
  } catch {
    return null
  }
}

const nameUnitsMax = 64

export const utc: Zone = { name: 'UTC', offsetAt: () => 0 }

/** A day of the calendar, `2026-11-23`, and the moment at which it begins there; null: no day. */
export function startOfDay(zone: Zone, day: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // February has no thirtieth, whatever some parsers make of it.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return null
  // Twice: the first guess may stand on the other side of a change of clocks.
  const guess = midnight - zone.offsetAt(midnight) * 60_000
  return midnight - zone.offsetAt(guess) * 60_000
}

/** The day of the calendar there, `2026-11-23`, so many days later or earlier. */
export function dayAt(zone: Zone, at: number, daysLater = 0): string {
  const local = at + zone.offsetAt(at) * 60_000 + daysLater * 86_400_000
  return new Date(local).toISOString().slice(0, 10)
}

/** Clocks change at full quarters; asking for each message would take most of the time. */
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

/** A moment as clocks show it there: `2026-11-23 09:17:05 +0100`. */
export function stamp(zone: Zone, at: number): string {
  const offset = zone.offsetAt(at)
  const local = new Date(at + offset * 60_000).toISOString()
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
  const digits = String(hours * 100 + minutes).padStart(4, '0')
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${offset < 0 ? '-' : '+'}${digits}`
}
