import { SQL } from 'bun'
import type { Answer, Call } from '../sql/database'
import { isLate, within } from './faults'

/** Our tables and functions are in a schema of their own, before those of PostgreSQL. */
export const searchPath = 'chatroom, pg_catalog'

/**
 * The statements are written for SQLite, which walks from index to index. Each is planned once, in
 * that way, also while the server does not know yet how much is in the tables.
 */
const planning = {
  plan_cache_mode: 'force_generic_plan',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_bitmapscan: 'off',
  enable_seqscan: 'off',
  jit: 'off',
}

/** No answer by then: the line is dead, whatever TCP thinks of it. */
const answerMsMax = 5_000
/**
 * The server ends a statement before we give it up, and a transaction whose node was stopped before
 * those who wait for it give up.
 */
const settingsFor = (msMax: number) => ({
  search_path: searchPath,
  ...planning,
  // What was acknowledged is on the disk, and where a standby must have it, there.
  synchronous_commit: 'on',
  default_transaction_isolation: 'read committed',
  statement_timeout: Math.round(msMax * 0.8),
  lock_timeout: Math.round(msMax * 0.6),
  idle_in_transaction_session_timeout: Math.round(msMax * 0.4),
})
/** For a connection that nobody else uses, which may be in use for long. */
const turnMsMax = 10_000

export type Send = (call: Call) => Promise<Answer>

type Hold = <Result>(begin: string[], work: (send: Send) => Promise<Result>) => Promise<Result>

/** A few connections to the server; new ones when they are lost. */
export type Connections = {
  /** One statement on any of them. */
  ask: Send
  /** A transaction on one of them, which is taken back when `work` throws. */
  hold: Hold
  /** Whether each statement must be in a transaction, as a pool in between knows nothing else. */
  isPooled: boolean
  close: () => Promise<void>
}

type Options = { isReadOnly?: boolean; msMax: number | undefined; node: string }

export function connect(url: string, max: number, options: Options): Connections {
  const { isReadOnly = false, msMax = answerMsMax, node } = options
  const isPooled = new URL(url).searchParams.get('prepare') === 'false'
  const settings = { ...settingsFor(msMax), application_name: node }
  const local = Object.entries(settings).map(
    ([name, value]) => `SELECT set_config('${name}', '${value}', TRUE)`,
  )
  const connection = isReadOnly ? { ...settings, default_transaction_read_only: 'on' } : settings
  const shared = { url, max, connectionTimeout: Math.ceil(msMax / 1000), prepare: !isPooled }
  // A pool in between refuses settings of a connection.
  const open = (): SQL => new SQL(isPooled ? shared : { ...shared, connection })
  let sql = open()
  /** Drops all connections: a query that is not answered cannot be taken back. */
  const renew = (broken: SQL): void => {
    if (sql === broken) sql = open()
    void broken.close({ timeout: 0 })
  }
  const orRenew = async <Value>(used: SQL, ms: number, answer: Promise<Value>): Promise<Value> => {
    try {
      return await within(ms, answer)
    } catch (fault) {
      if (isLate(fault)) renew(used)
      throw fault
    }
  }
  return {
    isPooled,
    async ask({ sql: text, values }) {
      const used = sql
      return toAnswer(await orRenew(used, msMax, used.unsafe(text, values).execute()))
    },
    async hold(begin, work) {
      const used = sql
      const signal = AbortSignal.timeout(turnMsMax)
      const connection = await orRenew(used, turnMsMax + msMax, used.reserve({ signal }))
      const send: Send = async ({ sql: text, values }) =>
        toAnswer(await orRenew(used, msMax, connection.unsafe(text, values).execute()))
      const [first = 'BEGIN', ...others] = begin
      const all = isPooled ? [first, ...local, ...others] : begin
      try {
        // The work follows without a wait: if this fails, the work does, and this says why.
        const begun = connection.unsafe(all.join('; ')).simple().execute()
        const [begin, done] = await Promise.allSettled([orRenew(used, msMax, begun), work(send)])
        if (begin.status === 'rejected') throw begin.reason
        if (done.status === 'rejected') throw done.reason
        return done.value
      } catch (fault) {
        await send({ sql: 'ROLLBACK', values: [] }).catch(() => {})
        throw fault
      } finally {
        connection.release()
      }
    },
    close: () => sql.close({ timeout: 1 }),
  }
}

/** The types whose values are other ones in SQLite, by their numbers in PostgreSQL. */
const readers = new Map<number, (value: unknown) => unknown>([
  [16, Number],
  [20, Number],
  [1700, Number],
  [17, (value) => (value instanceof Uint8Array ? new Uint8Array(value) : value)],
])

type Result = Record<string, unknown>[] & { count: number; columns: Column[] }
type Column = { name: string; type: number }

/** Rows as SQLite gives them. */
function toAnswer(result: Result): Answer {
  const { columns, count } = result
  const read = columns.flatMap(({ name, type }) => {
    const reader = readers.get(type)
    return reader === undefined ? [] : [{ name, reader }]
  })
  for (const row of result) {
    for (const { name, reader } of read) {
      const value = row[name]
      if (value !== null) row[name] = reader(value)
    }
  }
  return { rows: result, changes: count }
}
