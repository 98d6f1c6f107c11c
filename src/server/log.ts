/**
 * The log: one line per event on standard error, made of an allow-list of fields, so that no
 * message text, name or token can ever stand in it. Values are escaped: a line stays a line.
 */

type Fields = {
  user?: number
  room?: number
  code?: string | number
  reference?: string
  size?: number
  ms?: number
  where?: string
  /** Name and place of an unexpected error; never its message, which may quote input. */
  fault?: string
}

export type Log = (event: string, fields?: Fields) => void

/** Makes a log that hands complete lines to `write` (default: standard error). */
export function createLog(write: (line: string) => void = (line) => console.error(line)): Log {
  return (event, fields = {}) => {
    const pairs = Object.entries(fields).map(([key, value]) => `${key}=${escaped(value)}`)
    write([new Date().toISOString(), event, ...pairs].join(' '))
  }
}

/** Printable ASCII only: whatever else stands there commands neither a terminal nor a reader. */
function escaped(value: string | number): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Reduces anything thrown to its kind and place, without the words it carries. */
export function faultOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown
  const code = 'code' in thrown && typeof thrown.code === 'string' ? ` ${thrown.code}` : ''
  // A message may have lines of its own, even such that look like places.
  const frames = (thrown.stack ?? '')
    .replace(thrown.message, '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
  return `${thrown.name}${code} ${frames
    .slice(0, 3)
    .map((frame) => frame.trim())
    .join(' < ')}`
}
