import { markFolder } from '../files'
import { failWith, type Problem } from '../problem'
import type { Work } from '../sql/database'
import { bringNamesUpToDate } from '../sql/name-rules'
import { createFirstRoom, createParts, type StoreOptions } from '../sql/parts'
import { readSetting, writeSetting } from '../sql/settings'
import type { Store } from '../store'
import { createAppending } from './append'
import { createAssets } from './assets'
import { openBus } from './bus'
import { createDriver, type Driver } from './driver'
import { sentenceFor } from './faults'
import { migrate } from './migrations'
import { createNodeStore } from './nodes'
import { createLongReads } from './search'
import { bringIndexUpToDate, createSearchIndex, keepIndexing } from './search-index'

type Options = StoreOptions & {
  url: string
  /** Where the files are, to be marked at the first start; null when that is no folder. */
  filesFolder: string | null
  /** The operator accepts that acknowledged messages may be lost. */
  acceptsLoss?: boolean
  /** The longest that messages wait for the index. */
  indexPauseMsMax?: number
  /** Told of what keeps messages out of the index; searches scan them meanwhile. */
  onIndexFault?: (fault: unknown) => void
}

/**
 * Opens a database on PostgreSQL and brings it up to date, or gives the reason why not: out of
 * reach, too old, made by a newer version, or set up so that it may lose what it has acknowledged.
 */
export async function openPostgres(options: Options): Promise<Store | Problem> {
  const driver = createDriver(options.url)
  try {
    await refuseUnfit(driver, options.acceptsLoss === true)
    await migrate(options.url)
    // Outside of the transaction, which may be tried again: the folder keeps the mark.
    const id = crypto.getRandomValues(new Uint8Array(16)).toHex()
    await driver.transaction(() => setUp(driver, options, id))()
    return await createStore(driver, options)
  } catch (fault) {
    await driver.close()
    return { problem: sentenceFor(fault, options.url) }
  }
}

/** What a new database gets; another node may be as new. */
function* setUp(db: Driver, options: Options, id: string): Work<void> {
  yield* createFirstRoom(db, options)
  yield* bringNamesUpToDate(db, options.names)
  yield* bringIndexUpToDate(db)
  if ((yield* readSetting(db, 'files')) !== null) return
  if (options.filesFolder !== null) markFolder(options.filesFolder, id)
  yield* writeSetting(db, 'files', id)
}

async function createStore(driver: Driver, options: Options): Promise<Store> {
  const setting = driver.read((key: string) => readSetting(driver, key))
  const append = createAppending(driver, options.roomLimits)
  const index = createSearchIndex(driver)
  const indexing = keepIndexing(index, options.indexPauseMsMax, options.onIndexFault)
  const findEpoch = createEpoch(driver)
  let epoch = await findEpoch()
  const readEpoch = async (): Promise<string> => (epoch = await findEpoch())
  const onNewEpoch = (next: string): void => void (epoch = next + epoch.slice(next.length))
  const bus = openBus(options.url, driver.node, driver.writer.isPooled)
  return {
    get epoch() {
      return epoch
    },
    instance: (await setting('instance')) ?? '',
    filesId: (await setting('files')) ?? '',
    ...createParts(driver, options, { append, index, onNewEpoch }),
    ...createLongReads(driver),
    assets: createAssets(driver),
    // The disk is the database server's.
    space: async () => ({ free: Number.MAX_SAFE_INTEGER, total: Number.MAX_SAFE_INTEGER }),
    nodes: createNodeStore(driver, bus, { readEpoch, isPooled: driver.writer.isPooled }),
    async close() {
      await bus.close()
      await indexing.stop()
      await driver.close()
    },
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

/** Throws a sentence for a server that the statements do not work with, or that may lose data. */
export async function refuseUnfit({ query, read }: Driver, acceptsLoss: boolean): Promise<void> {
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
  if (acceptsLoss) return
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

/** Random, and the timeline of the server: a standby that took over begins another one. */
function createEpoch({ query, read }: Driver): () => Promise<string> {
  const find = query<{ epoch: string }, []>(
    `SELECT value || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS epoch
     FROM settings WHERE key = 'epoch'`,
  )
  const readEpoch = read(() => find.get())
  return async () => (await readEpoch())?.epoch ?? ''
}
