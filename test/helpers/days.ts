const zones = Intl.supportedValuesOf('timeZone')
const hourMs = 3_600_000

/** A zone, and a day there between 2015 and 2040; half of them are days on which clocks change. */
export function aDay(random: (below: number) => number): { zone: string; day: string } {
  const zone = zones[random(zones.length)] ?? 'UTC'
  const at = Date.UTC(2015, 0, 1) + random(25 * 365 * 24) * hourMs
  const then = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  const change = random(2) > 0 ? then.getTimeZoneTransition('next') : null
  return { zone, day: dayIn(zone, (change ?? then).epochMilliseconds) }
}

/** The day that a calendar on the wall shows there, as `2026-11-28`. */
export function dayIn(timeZone: string, at: number): string {
  return new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short' }).format(at)
}
