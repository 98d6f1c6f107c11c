import { type Contender, contenders } from './contenders'
import { type Crew, dismiss, insist, muster } from './crews'
import type { Figure } from './figures'
import { cpuMs } from './meter'

const size = { connections: 1_000, rooms: 1, senders: 10 }
const rounds = 3
const missed = 50

type Round = { seconds: number; cpuMs: number }

/**
 * The server, or the network, was away for a moment: a thousand come back at once. Ours tell each
 * what it missed, which is checked; the others only connect again.
 */
export async function* benchStorm(): AsyncGenerator<Figure[]> {
  const tallies = new Map<Contender, Round[]>()
  const crews = await Promise.all(contenders.map((contender) => muster(contender, size)))
  for (let round = 0; round < rounds; round += 1) {
    for (const crew of crews) {
      const tally = tallies.get(crew.contender) ?? []
      tallies.set(crew.contender, [...tally, await measure(crew)])
    }
  }
  for (const crew of crews) await dismiss(crew)
  const figure = (label: string, unit: string, value: (round: Round) => number): Figure => ({
    bench: 'storm',
    scenario: `1,000 come back at once, ${missed} messages behind`,
    figure: label,
    unit,
    rounds: Object.fromEntries([...tallies].map(([who, tally]) => [who, tally.map(value)])),
  })
  yield [
    figure('until all are there', 'ms', ({ seconds }) => seconds * 1_000),
    figure('CPU per connection', 'µs', (round) => round.cpuMs),
  ]
}

async function measure({ contender, server, generator }: Crew): Promise<Round> {
  const before = cpuMs(server.pid)
  const report = await generator.ask({ do: 'storm', missed }, 'stormed')
  insist(contender, report)
  return { seconds: report.seconds, cpuMs: cpuMs(server.pid) - before }
}
