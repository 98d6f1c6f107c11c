import { SQL } from 'bun'
import { cpus } from 'node:os'
import { type Postgres, startPostgres } from '../helpers/postgres'
import { makeFolder } from '../helpers/folders'
import { type RunningServer, startServer } from '../helpers/server'
import { type Generator, settle, type Size, startGenerator } from './contenders'
import { insist } from './crews'
import { type Figure, printLines, printTable } from './figures'
import type { Talked } from './load/plan'
import { cpuMs } from './meter'
import { scenarios } from './talk'

/**
 * One node with SQLite beside one, two and three with PostgreSQL, all on this machine: what people
 * can say in a second, how late it comes at half of that, and who uses the cores meanwhile: what
 * uses a whole one, or that none is left, is what limits it.
 */
const rounds = 3
const warmSeconds = 1
const seconds = 3

/** The nodes of one server, and a generator that plays its people, connected. */
type Cluster = { nodes: RunningServer[]; generator: Generator }

/** Whose time on the machine's cores is counted; `idle`: nobody's. */
type Cores = Record<'nodes' | 'database' | 'generator' | 'idle', number>

type Round = { full: Talked; half: Talked; cores: Cores }

async function muster(size: Size, count: number, postgres: Postgres | null): Promise<Cluster> {
  const files = makeFolder()
  const url = await postgres?.create()
  const flags = url === undefined ? [] : ['--database', url, '--files', files]
  const nodes: RunningServer[] = []
  for (let n = 0; n < count; n += 1) nodes.push(await startServer({ flags, compiled: true }))
  const generator = startGenerator()
  const ports = nodes.map(({ port }) => port)
  const people = await settle(ports[0] ?? 0, size)
  const plan = { ...size, ...people, ports, speech: 'html', inFlight: 64 } as const
  await generator.ask({ do: 'connect', plan }, 'connected')
  return { nodes, generator }
}

async function measure(
  name: string,
  { nodes, generator }: Cluster,
  window: number,
  database: () => Promise<number>,
): Promise<Round> {
  const talk = async (rate: number | null, duration = seconds): Promise<Talked> => {
    const order = { do: 'talk', seconds: duration, rate, window } as const
    const report = await generator.ask(order, 'talked')
    insist(name, report)
    return report
  }
  const spent = async (): Promise<Cores> => ({
    nodes: nodes.reduce((sum, { pid }) => sum + cpuMs(pid), 0),
    database: await database(),
    generator: cpuMs(generator.pid),
    idle: cpus().reduce((sum, { times }) => sum + times.idle, 0),
  })
  await talk(null, warmSeconds)
  const before = await spent()
  const full = await talk(null)
  const after = await spent()
  const half = await talk(full.messages / full.seconds / 2)
  const used = (of: keyof Cores): number => (after[of] - before[of]) / full.seconds / 1_000
  const ours = { nodes: used('nodes'), database: used('database') }
  return { full, half, cores: { ...ours, generator: used('generator'), idle: used('idle') } }
}

function figuresOf(scenario: string, tallies: Map<string, Round[]>): Figure[] {
  const figure = (
    label: string,
    unit: string,
    value: (round: Round) => number,
    isRate = false,
  ): Figure => {
    const all = [...tallies].map(([name, tally]) => [name, tally.map(value)])
    return {
      ...{ bench: 'scale', scenario, figure: label, unit, isRate },
      rounds: Object.fromEntries(all),
    }
  }
  return [
    figure('messages per second', '1/s', ({ full }) => full.messages / full.seconds, true),
    figure('deliveries per second', '1/s', ({ full }) => full.deliveries / full.seconds, true),
    figure('delay p50 at half of it', 'ms', ({ half }) => half.p50Ms),
    figure('delay p95 at half of it', 'ms', ({ half }) => half.p95Ms),
    figure('used by the nodes', 'cores', ({ cores }) => cores.nodes),
    figure('used by PostgreSQL', 'cores', ({ cores }) => cores.database),
    figure('used by the generator', 'cores', ({ cores }) => cores.generator),
    figure('used by nobody', 'cores', ({ cores }) => cores.idle),
  ]
}

/** What the processes of the server have used so far, in milliseconds; the watcher is not asked. */
async function cpuOf(sql: SQL): Promise<number> {
  const all: { pid: number }[] = await sql.unsafe('SELECT pid FROM pg_stat_activity')
  return all.reduce((sum, { pid }) => sum + cpuMs(pid), 0)
}

async function compare(name: string, size: Size, window: number, postgres: Postgres) {
  await using sql = new SQL(postgres.url('postgres'), { max: 1 })
  const clusters = new Map<string, Cluster>()
  clusters.set('SQLite', await muster(size, 1, null))
  for (const count of [1, 2, 3])
    clusters.set(`${count} × PostgreSQL`, await muster(size, count, postgres))
  const tallies = new Map<string, Round[]>()
  // In turns, so that whatever else the machine does meets all of them alike.
  for (let round = 0; round < rounds; round += 1) {
    for (const [who, cluster] of clusters) {
      const database = who === 'SQLite' ? async () => 0 : () => cpuOf(sql)
      const found = await measure(`${who}, ${name}`, cluster, window, database)
      tallies.set(who, [...(tallies.get(who) ?? []), found])
    }
  }
  for (const { nodes, generator } of clusters.values()) {
    generator.end()
    await Promise.all(nodes.map((node) => node.dispose()))
  }
  return figuresOf(name, tallies)
}

if (import.meta.main) {
  // As somebody would run it who wants to keep what was said.
  const postgres = await startPostgres('fsync=on', 'shared_buffers=256MB')
  const figures: Figure[] = []
  for (const { name, size, window } of [scenarios.rooms, scenarios.thousand]) {
    const found = await compare(name, size, window, postgres)
    printLines(found)
    figures.push(...found)
  }
  printTable(figures)
  await postgres.stop()
  process.exit(0)
}
