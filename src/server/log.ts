/**
 * The log: one line per event on standard error. Its fields are an allow-list, so that it never
 * holds message text, names or tokens. Values are escaped, so that an event stays one line.
 */

type Fields = {
  user?: number
  room?: number
  code?: string | number
  reference?: string
  size?: number
  ms?: number
  where?: string
  /** Name and stack of an unexpected error, never its message, which may quote input. */
  fault?: string
}

export type Log = (event: string, fields?: Fields) => void

/** Makes a log that passes complete lines to `write` (default: standard error). */
export function createLog(write: (line: string) => void = (line) => console.error(line)): Log {
  return (event, fields = {}) => {
    const pairs = Object.entries(fields).map(([key, value]) => `${key}=${escaped(value)}`)
    write([new Date().toISOString(), event, ...pairs].join(' '))
  }
}

/** Printable ASCII only: anything else could be a command to the terminal. */
function escaped(value: string | number): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Reduces a thrown value to its name, code and first three stack frames. */
export function faultOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown
  const code = 'code' in thrown && typeof thrown.code === 'string' ? ` ${thrown.code}` : ''
  // A message may contain lines that look like stack frames.
  const frames = (thrown.stack ?? '')
    .replace(thrown.message, '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
  return `${thrown.name}${code} ${frames
    .slice(0, 3)
    .map((frame) => frame.trim())
    .join(' < ')}`
}
