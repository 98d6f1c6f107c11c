import { fold } from '../../shared/fold'
import { failWith, type Problem, sentenceOf } from '../problem'
import { createDriver, type Driver } from './driver'
import { migrate } from './migrations'

type Options = {
  url: string
  /** The room everybody joins, asked for when the database is new. */
  firstRoom: () => { name: string; folded: string; skeleton: string }
  now: () => number
  /** The operator accepts that acknowledged messages may be lost. */
  mayLose?: boolean
}

type Opened = {
  driver: Driver
  /** Random, and the timeline of the server: a standby that took over begins another one. */
  epoch: () => Promise<string>
}

/**
 * Opens a database on PostgreSQL and brings it up to date, or gives the reason why not: out of
 * reach, too old, made by a newer version, or set up so that it may lose what it has acknowledged.
 */
export async function openPostgres(options: Options): Promise<Opened | Problem> {
  const driver = createDriver(options.url)
  try {
    await refuseUnfit(driver, options.mayLose === true)
    await migrate(options.url)
    await createFirstRoom(driver, options)
    return { driver, epoch: createEpoch(driver) }
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

async function createFirstRoom(driver: Driver, { firstRoom, now }: Options): Promise<void> {
  const isAny = driver.query<unknown, []>('SELECT 1 FROM rooms LIMIT 1')
  const add = driver.query<never, [Record<string, string | number>]>(
    `INSERT INTO rooms (kind, name, name_folded, name_skeleton, name_sought, created_at, active_at)
     VALUES ('open', $name, $folded, $skeleton, $sought, $createdAt, $createdAt)`,
  )
  if ((await driver.read(() => isAny.get())()) !== null) return
  // Another node may be as new.
  await driver.transaction(function* () {
    if ((yield* isAny.get()) !== null) return
    const first = firstRoom()
    yield* add.run({ ...first, sought: fold(first.name), createdAt: now() })
  })()
}

function createEpoch({ query, read }: Driver): () => Promise<string> {
  const find = query<{ epoch: string }, []>(
    `SELECT value || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS epoch
     FROM settings WHERE key = 'epoch'`,
  )
  const readEpoch = read(() => find.get())
  return async () => (await readEpoch())?.epoch ?? ''
}
