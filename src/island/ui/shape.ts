/** The fields of an object that was stored as JSON; none when it is no object. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** Whether a stored value has the given fields, each of the given type. */
export function hasShape<Shape extends Record<string, 'string' | 'number' | 'boolean'>>(
  value: unknown,
  shape: Shape,
): value is {
  [Name in keyof Shape]: Shape[Name] extends 'string'
    ? string
    : Shape[Name] extends 'number'
      ? number
      : boolean
} {
  const fields = fieldsOf(value)
  return Object.entries(shape).every(([name, type]) => {
    const field = fields[name]
    return typeof field === type && (type !== 'number' || Number.isSafeInteger(field))
  })
}

const quotedShape = {
  room: 'number',
  seq: 'number',
  user: 'number',
  name: 'string',
  text: 'string',
} as const

/** A stored quote; null when the value is none. */
export function readQuoted(value: unknown) {
  if (!hasShape(value, quotedShape)) return null
  const { room, seq, user, name, text } = value
  return { room, seq, user, name, text }
}
