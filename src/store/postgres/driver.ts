import { once } from '../../shared/once'
import type { Answer, Call, Database, Statement, Work } from '../sql/database'
import { connect, type Connections, type Send } from './connections'
import { translate } from './dialect'
import { isCollision, isDoubled, isLost, isUnsent, sqlStateOf, toStorageFault } from './faults'

/** So many times the same is tried, when it fails for a reason that may pass. */
const attemptsMax = 3
const pauseMs = 20
/** Connections for reading, unless the address says another `max`; writes have one. */
const readersDefault = 4

/** No statement of a long read takes longer. */
const longStatementMsMax = 2_000

/** The lock of who writes: transactions have it alone, groups of messages together. */
export const writeLock = 0x63686174

export type Driver = Database & {
  /** The name of this process among those that use the database. */
  node: string
  /** One statement that may be sent again: what it has stored before, it finds. */
  group: <Values extends unknown[], Result>(
    work: (...values: Values) => Work<Result>,
  ) => (...values: Values) => Promise<{ result: Result; isAgain: boolean }>
  /** The connection that writes. */
  writer: Connections
  /** Reads of one moment that may take long. */
  readLong: Database['read']
  /** A transaction while others write, on a connection of its own. */
  beside: Database['transaction']
  close: () => Promise<void>
}

/** The statements of the store on PostgreSQL; an answer may take `msMax`, for the tests. */
export function createDriver(url: string, msMax?: number): Driver {
  const node = `chatroom_${crypto.getRandomValues(new Uint8Array(6)).toHex()}`
  const writer = connect(url, 1, { msMax, node })
  const readersMax = Number(new URL(url).searchParams.get('max') ?? readersDefault)
  const readers = connect(url, readersMax, { isReadOnly: true, msMax, node })
  const aside = connect(url, 1, { msMax, node })
  return {
    node,
    writer,
    query<Row, Values extends unknown[]>(sql: string): Statement<Row, Values> {
      const toSent = once(() => translate(sql))
      function* ask(given: Values): Work<Answer> {
        const { text, values } = toSent()(given)
        return yield { sql: text, values }
      }
      return {
        *get(...values: Values) {
          const { rows } = yield* ask(values)
          return (rows[0] as Row | undefined) ?? null
        },
        *all(...values: Values) {
          const { rows } = yield* ask(values)
          return rows as Row[]
        },
        *run(...values: Values) {
          const { changes } = yield* ask(values)
          return { changes }
        },
      }
    },
    group:
      (work) =>
      (...values) =>
        sendGroup(writer, () => work(...values)),
    afterCommit(then) {
      if (toFollow === null) throw new Error('it is no transaction')
      toFollow.push(then)
    },
    read: (work) => createRead(readers, work),
    readLong:
      (work) =>
      (...values) =>
        again(() => readWhole(readers, longSnapshot, work(...values)), isLost),
    write:
      (work) =>
      (...values) =>
        writeAlone(writer, () => work(...values)),
    transaction:
      (work) =>
      (...values) =>
        transact(writer, alone, () => work(...values)),
    beside:
      (work) =>
      (...values) =>
        transact(aside, [begin], () => work(...values)),
    async close() {
      await Promise.all([writer.close(), readers.close(), aside.close()])
    },
  }
}

/** What follows the transaction whose work goes on at this moment; work itself never waits. */
let toFollow: (() => void)[] | null = null

/** Runs the statements of some work; `following` gets what is to be done after a transaction. */
async function drive<Result>(
  work: Work<Result>,
  send: Send,
  following: (() => void)[] | null = null,
): Promise<Result> {
  const goOn = <Step>(next: () => Step): Step => {
    toFollow = following
    try {
      return next()
    } finally {
      toFollow = null
    }
  }
  let step = goOn(() => work.next())
  while (step.done !== true) {
    const answer = await send(step.value)
    step = goOn(() => work.next(answer))
  }
  return step.value
}

const snapshot = ['BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY']
const longSnapshot = [...snapshot, `SET LOCAL statement_timeout = ${longStatementMsMax}`]

/**
 * A single statement sees one moment by itself. Work that has asked for a second one before is a
 * transaction from its beginning; the first time, it begins again as one.
 */
function createRead<Values extends unknown[], Result>(
  readers: Connections,
  work: (...values: Values) => Work<Result>,
): (...values: Values) => Promise<Result> {
  let isLong = readers.isPooled
  const readOnce = async (values: Values): Promise<Result> => {
    if (!isLong) {
      const statements = work(...values)
      const first = statements.next()
      if (first.done === true) return first.value
      const second = statements.next(await readers.ask(first.value))
      if (second.done === true) return second.value
      isLong = true
    }
    return readWhole(readers, snapshot, work(...values))
  }
  return async (...values) => again(() => readOnce(values), isLost)
}

async function readWhole<Result>(
  readers: Connections,
  begin: string[],
  work: Work<Result>,
): Promise<Result> {
  return readers.hold(begin, async (send) => {
    const result = await drive(work, send)
    await send(commit)
    return result
  })
}

const commit: Call = { sql: 'COMMIT', values: [] }

const begin = 'BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE'

/** One transaction at a time, of all nodes. */
const alone = [begin, `SELECT pg_advisory_xact_lock(${writeLock})`]

/**
 * Each statement sees what is stored then, as in SQLite. Until COMMIT is sent nothing has happened,
 * so it may be tried again.
 */
async function transact<Result>(
  writer: Connections,
  begin: string[],
  work: () => Work<Result>,
): Promise<Result> {
  let isOpen = true
  const attempt = async () => {
    const following: (() => void)[] = []
    const result = await writer.hold(begin, async (send) => {
      const done = await drive(work(), send, following)
      isOpen = false
      await send(commit)
      return done
    })
    for (const then of following) then()
    return result
  }
  const mayRepeat = (fault: unknown): boolean => isCollision(fault) || (isOpen && isPassing(fault))
  return again(attempt, mayRepeat)
}

/** `isAgain`: it was sent before, and what became of that is not known. */
async function sendGroup<Result>(
  writer: Connections,
  work: () => Work<Result>,
): Promise<{ result: Result; isAgain: boolean }> {
  let isAgain = false
  const attempt = async (): Promise<Result> => {
    if (!writer.isPooled) return drive(work(), writer.ask)
    return writer.hold(['BEGIN ISOLATION LEVEL READ COMMITTED'], async (send) => {
      const found = await drive(work(), send)
      await send(commit)
      return found
    })
  }
  const result = await again(attempt, (fault) => {
    isAgain ||= isLost(fault)
    return isLost(fault) || isCollision(fault) || isDoubled(fault)
  })
  return { result, isAgain }
}

/** A statement that is its own transaction. Whether it was done is not known when it fails. */
async function writeAlone<Result>(writer: Connections, work: () => Work<Result>): Promise<Result> {
  if (writer.isPooled) return transact(writer, alone, work)
  return again(
    () => drive(work(), writer.ask),
    (fault) => isCollision(fault) || isUnsent(fault),
  )
}

/** Somebody else has the lock for too long, or the connection was lost. */
function isPassing(fault: unknown): boolean {
  return isLost(fault) || sqlStateOf(fault) === '55P03'
}

/** Tries something again while it fails for such a reason; throws what the store knows. */
async function again<Result>(
  attempt: () => Promise<Result>,
  mayRepeat: (fault: unknown) => boolean,
): Promise<Result> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt()
    } catch (fault) {
      if (attempts === attemptsMax || !mayRepeat(fault)) throw toStorageFault(fault)
      await Bun.sleep(attempts * pauseMs)
    }
  }
}
