import { codeOf, sentenceOf } from '../problem'

/** What PostgreSQL or the line to it answered instead of rows. */

/** The five signs of an error that the server sent; empty for any other fault. */
export function sqlStateOf(fault: unknown): string {
  if (!(fault instanceof Error) || !('code' in fault) || !('errno' in fault)) return ''
  return fault.code === 'ERR_POSTGRES_SERVER_ERROR' ? String(fault.errno) : ''
}

/** Whether the connection is gone; what it was asked may have happened or not. */
export function isLost(fault: unknown): boolean {
  const state = sqlStateOf(fault)
  // 25P03: the transaction was idle for too long, as the process was stopped.
  if (state !== '') return /^(08|57P|25P03|25P04|53300)/.test(state)
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : ''
  return /^(ERR_POSTGRES_(CONNECTION|IDLE|LIFETIME|QUERY_CANCELLED)|ECONN|EPIPE)/.test(code)
}

/** Whether the statement was not looked at: the connection was gone before, or there was none. */
export function isUnsent(fault: unknown): boolean {
  const isRefused = fault instanceof Error && 'code' in fault && /_REFUSED$/.test(`${fault.code}`)
  return isRefused || /^(57P0|53300)/.test(sqlStateOf(fault))
}

/** Whether the same would have worked alone: a deadlock, or two at once. */
export function isCollision(fault: unknown): boolean {
  return /^(40001|40P01)$/.test(sqlStateOf(fault))
}

/** Whether two wrote the same unique value at once. */
export function isDoubled(fault: unknown): boolean {
  return sqlStateOf(fault) === '23505'
}

const late = 'the database did not answer in time'

export function isLate(fault: unknown): boolean {
  return fault instanceof Error && fault.message === late
}

/** Whether a statement took longer than it may; of what the store knows. */
export function isOverdue(fault: unknown): boolean {
  return fault instanceof Error && sqlStateOf(fault.cause) === '57014'
}

/** Rejects when there is no answer in time. */
export async function within<Value>(ms: number, answer: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(late)), ms)
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** The same fault as `storageReasonOf` knows it; any other one as it is. */
export function toStorageFault(fault: unknown): unknown {
  const state = sqlStateOf(fault)
  const code = codes.find(([states]) => states.test(state))?.[1]
  const found = code ?? (isLost(fault) || isLate(fault) ? 'DATABASE_AWAY' : null)
  if (found === null) return fault
  const why = fault instanceof Error ? fault.message : String(fault)
  return Object.assign(new Error(`${found}: ${why}`, { cause: fault }), { code: found })
}

const codes: [states: RegExp, code: string][] = [
  // Too long a statement, or too long a wait for somebody else's.
  [/^(57014|55P03|40001|40P01)$/, 'DATABASE_AWAY'],
  [/^(53100)$/, 'DATABASE_FULL'],
  [/^(25006)$/, 'DATABASE_READ_ONLY'],
  [/^(53...|58...|XX...)$/, 'DATABASE_FAILED'],
]

/** The address without the password. */
export function nameOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/** Why a database cannot be used, as a sentence for the operator, without the password. */
export function sentenceFor(fault: unknown, url: string): string {
  const what = `I cannot use the database ${nameOf(url)}`
  const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault
  const state = sqlStateOf(cause)
  const why = reasons.find(([states]) => states.test(state))?.[1]
  if (why !== undefined) return `${what}: ${why}.`
  if (isLost(cause) || isLate(cause)) {
    return `${what}: nothing answers there, or not any more (${state || codeOf(cause)}).`
  }
  return state === '' ? sentenceOf(cause, what) : `${what} (${state}).`
}

const reasons: [states: RegExp, why: string][] = [
  [/^28...$/, 'PostgreSQL refuses the name or the password, or this machine (pg_hba.conf)'],
  [/^3D000$/, 'PostgreSQL has no database of this name'],
  [/^53100$/, 'its disk is full'],
  [/^42501$/, 'its owner has to be the role that uses it, which has not enough rights'],
]
