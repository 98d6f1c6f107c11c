import type { MessageIndex } from '../search/search-index'
import { failWith, type Problem, sentenceOf } from '../problem'
import { createExports } from '../sql/export'
import { bringNamesUpToDate } from '../sql/name-rules'
import { createFirstRoom, createParts, type StoreOptions } from '../sql/parts'
import { readSetting } from '../sql/settings'
import type { Store } from '../store'
import { createAppending } from './append'
import { createDriver, type Driver } from './driver'
import { migrate } from './migrations'
import { createSearch } from './search'

type Options = StoreOptions & {
  url: string
  /** The operator accepts that acknowledged messages may be lost. */
  mayLose?: boolean
}

/**
 * Opens a database on PostgreSQL and brings it up to date, or gives the reason why not: out of
 * reach, too old, made by a newer version, or set up so that it may lose what it has acknowledged.
 */
export async function openPostgres(options: Options): Promise<Store | Problem> {
  const driver = createDriver(options.url)
  try {
    await refuseUnfit(driver, options.mayLose === true)
    await migrate(options.url)
    await driver.transaction(function* () {
      yield* bringNamesUpToDate(driver, options.names)
      yield* createFirstRoom(driver, options)
    })()
    return await createStore(driver, options)
  } catch (fault) {
    await driver.close()
    const { host, pathname } = new URL(options.url)
    return { problem: sentenceOf(fault, `I cannot use the database ${host}${pathname}`) }
  }
}

type Server = {
  version: number
  encoding: string
  isStandby: 0 | 1
  isSynced: 0 | 1
  standbys: number
  names: string
}

async function refuseUnfit({ query, read }: Driver, mayLose: boolean): Promise<void> {
  const find = query<Server, []>(
    `SELECT current_setting('server_version_num')::integer AS version,
       current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS isStandby,
       current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on' AS isSynced,
       current_setting('synchronous_standby_names') AS names,
       (SELECT count(*) FROM pg_stat_replication)
         + (SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'physical') AS standbys`,
  )
  const server = await read(() => find.get())()
  if (server === null) return
  const { version, encoding, isStandby, isSynced, standbys, names } = server
  if (version < 160_000) failWith('PostgreSQL 16 or newer is needed.')
  if (encoding !== 'UTF8') failWith(`The database has the encoding ${encoding}; UTF8 is needed.`)
  if (isStandby === 1) failWith('The server is a standby, which nobody can write to.')
  if (mayLose) return
  if (standbys > 0 && names === '') {
    failWith(
      'PostgreSQL has a standby that does not confirm what it got: if it took over, messages ' +
        'that people saw as sent would be lost. Please set synchronous_standby_names.',
    )
  }
  if (isSynced === 0) {
    failWith('PostgreSQL runs with fsync or full_page_writes off: a power cut would lose messages.')
  }
}

/** What the database knows of itself; the epoch has the timeline of the server, too. */
type Marks = { epoch: string; instance: string; files: string }

async function createStore(driver: Driver, options: Options): Promise<Store> {
  const readMarks = createReadMarks(driver)
  let { epoch, instance, files } = await readMarks()
  const append = createAppending(driver, options.roomLimits)
  const onNewEpoch = (next: string): void => void (epoch = next + epoch.slice(next.length))
  const exportPage = driver.read(createExports(driver))
  return {
    get epoch() {
      return epoch
    },
    instance,
    filesId: files,
    ...createParts(driver, options, { append, index: noIndex, onNewEpoch }),
    search: createSearch(driver),
    readOn: async ({ id: room, revision: upTo }, { id: user }, after, limit) =>
      exportPage({ room, user, after, upTo, limit }),
    // It is on a disk of another machine, which is watched there.
    space: async () => ({ free: Infinity, total: Infinity }),
    close: () => driver.close(),
  }
}

/** A search looks through the messages as they are. */
const noIndex: MessageIndex = { *remove() {}, *add() {}, *shrink() {} }

/** A standby that took over begins another timeline, so that each page starts afresh. */
function createReadMarks(driver: Driver): () => Promise<Marks> {
  const findTimeline = driver.query<{ timeline: string }, []>(
    'SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline',
  )
  return driver.read(function* () {
    const { timeline = '' } = (yield* findTimeline.get()) ?? {}
    return {
      epoch: `${(yield* readSetting(driver, 'epoch')) ?? ''}${timeline}`,
      instance: (yield* readSetting(driver, 'instance')) ?? '',
      files: (yield* readSetting(driver, 'files')) ?? '',
    }
  })
}
