/** Part of a file, `end` not included. */
export type Range = { start: number; end: number }

/**
 * Reads a Range header for a file of this size. One range is given; several, or what is none, are
 * as good as nothing (null: send all); one that the file does not have is `unsatisfiable`.
 */
export function readRange(
  header: string | undefined,
  size: number,
): Range | 'unsatisfiable' | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return null
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return null
  return start >= size ? 'unsatisfiable' : { start, end }
}
