/** The fields of an object that was stored as JSON; none when it is no object. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

type Types = { string: string; number: number; boolean: boolean }
type Shape = Record<string, keyof Types>
export type Shaped<Fields extends Shape> = { -readonly [Name in keyof Fields]: Types[Fields[Name]] }

/** Whether a stored value has the given fields, each of the given type. */
export function hasShape<Fields extends Shape>(
  value: unknown,
  shape: Fields,
): value is Shaped<Fields> {
  const fields = fieldsOf(value)
  return Object.entries(shape).every(([name, type]) => {
    const field = fields[name]
    return typeof field === type && (type !== 'number' || Number.isSafeInteger(field))
  })
}

/** What a reply quotes: whose message, the beginning of its text, and its place. */
export type Quoted = NonNullable<ReturnType<typeof readQuoted>>

export function readQuoted(value: unknown) {
  const place = { room: 'number', seq: 'number', user: 'number' } as const
  if (!hasShape(value, { ...place, name: 'string', text: 'string' })) return null
  const { room, seq, user, name, text } = value
  return { room, seq, user, name, text }
}
