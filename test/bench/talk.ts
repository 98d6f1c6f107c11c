import { type Contender, contenders, type Size } from './contenders'
import { type Crew, dismiss, insist, muster } from './crews'
import type { Figure } from './figures'
import type { Talked } from './load/plan'
import { cpuMs } from './meter'

type Scenario = {
  name: string
  size: Size
  /** Messages a second in all; null: as fast as each answers, and then at half of that. */
  rate: number | null
  window: number
}

export const scenarios = {
  hundred: {
    name: '1 × 100',
    size: { connections: 100, rooms: 1, senders: 10 },
    rate: null,
    window: 20,
  },
  thousand: {
    name: '1 × 1,000',
    size: { connections: 1_000, rooms: 1, senders: 10 },
    rate: null,
    window: 20,
  },
  rooms: {
    name: '100 × 10 all talking',
    size: { connections: 1_000, rooms: 100, senders: 1_000 },
    rate: null,
    window: 2,
  },
  readers: {
    name: '1,000 readers',
    size: { connections: 1_000, rooms: 1, senders: 10 },
    rate: 10,
    window: 0,
  },
} satisfies Record<string, Scenario>

const rounds = 3
/** A second at full speed, or at a pace at which nothing is left to do afterwards. */
const warmSeconds = 1
const warmRate = 100
const seconds = 3

/** Rooms full of people who talk: what each message costs, and how late it comes. */
export async function* benchTalk(scenario: Scenario): AsyncGenerator<Figure[]> {
  const crews = await Promise.all(contenders.map((contender) => muster(contender, scenario.size)))
  const tallies = new Map(contenders.map((contender): [Contender, Tally] => [contender, []]))
  // In turns, so that whatever else the machine does meets all of them alike.
  for (let round = 0; round < rounds; round += 1) {
    for (const crew of crews) {
      tallies.get(crew.contender)?.push(await measure(crew, scenario, round === 0))
    }
  }
  for (const crew of crews) await dismiss(crew)
  yield figuresOf(scenario, tallies)
}

type Round = { full: Metered; half: Metered | null }
type Tally = Round[]
type Metered = Talked & { cpuMs: number }

async function measure(crew: Crew, { rate, window }: Scenario, isFirst: boolean): Promise<Round> {
  const pace = rate === null ? null : warmRate
  if (isFirst) await run(crew, { seconds: warmSeconds, rate: pace, window })
  const full = await run(crew, { seconds, rate, window })
  if (rate !== null) return { full, half: null }
  const half = await run(crew, { seconds, rate: full.messages / full.seconds / 2, window })
  return { full, half }
}

async function run(
  { contender, server, generator }: Crew,
  order: { seconds: number; rate: number | null; window: number },
): Promise<Metered> {
  const before = cpuMs(server.pid)
  const report = await generator.ask({ do: 'talk', ...order }, 'talked')
  const spent = cpuMs(server.pid) - before
  insist(contender, report)
  return { ...report, cpuMs: spent }
}

function figuresOf({ name, rate }: Scenario, tallies: Map<Contender, Tally>): Figure[] {
  const figure = (
    label: string,
    unit: string,
    value: (round: Round) => number,
    isRate = false,
  ): Figure => ({
    bench: 'talk',
    scenario: name,
    figure: label,
    unit,
    isRate,
    rounds: Object.fromEntries([...tallies].map(([who, tally]) => [who, tally.map(value)])),
  })
  const paced = (round: Round): Metered => round.half ?? round.full
  const at = rate === null ? 'at half of it' : `at ${rate}/s`
  const always = [
    figure(`delay p50 ${at}`, 'ms', (round) => paced(round).p50Ms),
    figure(`delay p99 ${at}`, 'ms', (round) => paced(round).p99Ms),
    figure('bytes per delivery', 'B', ({ full }) => full.bytes / full.deliveries),
  ]
  const cost = (run: Metered): number => (run.cpuMs * 1_000) / run.deliveries
  if (rate !== null) return [figure('CPU per delivery', 'µs', ({ full }) => cost(full)), ...always]
  return [
    figure('deliveries per second', '1/s', ({ full }) => full.deliveries / full.seconds, true),
    figure('CPU per delivery', 'µs', ({ full }) => cost(full)),
    figure('CPU per delivery at half of it', 'µs', (round) => cost(paced(round))),
    ...always,
  ]
}
