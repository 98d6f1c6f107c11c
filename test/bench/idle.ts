import {
  type Contender,
  contenders,
  planFor,
  type Server,
  startContender,
  startGenerator,
} from './contenders'
import type { Figure } from './figures'
import { cpuMs, memoryBytes } from './meter'

const connections = 10_000
/** Files that a process holds besides its connections. */
const otherFiles = 200
const rounds = 3

type Round = { bytes: number; perSecond: number; cpuUs: number }

/** Ten thousand who only listen: what each holds of memory, and how fast they come in. */
export async function* benchIdle(): AsyncGenerator<Figure[]> {
  const count = Math.min(connections, (await filesMax()) - otherFiles)
  const tallies = new Map<Contender, Round[]>()
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of contenders) {
      const tally = tallies.get(contender) ?? []
      tallies.set(contender, [...tally, await measure(contender, count)])
    }
  }
  const figure = (
    label: string,
    unit: string,
    value: (round: Round) => number,
    isRate = false,
  ): Figure => ({
    bench: 'idle',
    scenario: `${count.toLocaleString('en')} connections`,
    figure: label,
    unit,
    isRate,
    rounds: Object.fromEntries([...tallies].map(([who, tally]) => [who, tally.map(value)])),
  })
  yield [
    figure('memory per connection', 'B', ({ bytes }) => bytes),
    figure('accepted per second', '1/s', ({ perSecond }) => perSecond, true),
    figure('CPU to accept one', 'µs', ({ cpuUs }) => cpuUs),
  ]
}

/** What a child of ours may open; Bun raises the soft limit to the hard one by itself. */
async function filesMax(): Promise<number> {
  const said = await Bun.$`ulimit -Hn`.nothrow().text()
  return Number(said) || Number.POSITIVE_INFINITY
}

async function measure(contender: Contender, count: number): Promise<Round> {
  const server = await startContender(contender)
  const generator = startGenerator()
  const plan = await planFor(contender, server.port, { connections: count, rooms: 1, senders: 0 })
  const before = { bytes: await settled(server), cpuMs: cpuMs(server.pid) }
  const { seconds } = await generator.ask({ do: 'connect', plan }, 'connected')
  const cpuUs = ((cpuMs(server.pid) - before.cpuMs) * 1_000) / count
  const bytes = ((await settled(server)) - before.bytes) / count
  generator.end()
  await server.end()
  return { bytes, perSecond: count / seconds, cpuUs }
}

/** Memory after a pause, in which what was only needed for a moment is given back. */
async function settled({ pid }: Server): Promise<number> {
  await Bun.sleep(2_000)
  return memoryBytes(pid)
}
