import { parseArgs } from 'node:util'
import { createRandom } from '../bench/corpus'
import { history, type Person, signIn } from '../helpers/client'
import { residentBytes } from '../helpers/process'
import { type RunningServer, startServer } from '../helpers/server'
import { createListener, type Listener } from './listener'
import { countDifferences, dropAtRandom } from './order'
import { above, type Figures, unlike } from './promise'
import { type Doings, live } from './soak-guest'

type Size = { minutes: number; guests: number; seed: number; tempo: number }

/**
 * A long day: guests join, talk, send files, leave and die, while four people listen through cuts.
 * The memory of the server is looked at every ten seconds; afterwards what the four know is
 * compared with the history. `bun run test:faults soak [--minutes 30] [--guests 200] [--tempo 1]`
 */
async function soak({ minutes, guests, seed, tempo }: Size): Promise<Figures> {
  await using server = await startServer()
  const doings: Doings = {
    joined: 0,
    said: 0,
    uploaded: 0,
    loggedOut: 0,
    died: 0,
    errors: new Map(),
  }
  const people: Person[] = []
  for (const name of ['Ada', 'Grace', '梅', 'Борис']) people.push(await signIn(server, name))
  const listeners = people.map((person, n) =>
    createListener(server, person, n % 2 === 0 ? 'chatroom.json' : 'chatroom.html'),
  )
  const dropping = dropAtRandom(listeners, [20_000, 60_000])
  const endsAt = performance.now() + minutes * 60_000
  const lives = Array.from({ length: guests }, (_, n) =>
    live({
      server,
      name: `Guest ${n}x`,
      doings,
      random: createRandom(seed + n),
      tempo,
      isOver: () => performance.now() > endsAt,
    }),
  )
  const samples = await watchMemory(server, endsAt, doings)
  await Promise.all(lives)
  dropping.stop()
  const compared = await compare(server, people[0], listeners)
  for (const [what, times] of doings.errors) console.error(`  ${times} × ${what}`)
  const { errors, ...done } = doings
  return {
    minutes,
    guests,
    tempo,
    ...done,
    errors: [...errors.values()].reduce((sum, times) => sum + times, 0),
    faults: server.log().match(/ (fault|uncaught|unhandled) /g)?.length ?? 0,
    ...slopes(samples),
    ...compared,
  }
}

/** What of a soak is not as it has to be. */
function broken(figures: Figures): string[] {
  const order = { differing: 0, missing: 0, contradictions: 0, gaps: 0 }
  return [
    ...unlike(figures, { errors: 0, faults: 0, ...order }),
    ...above(figures, { grownMb: grownMbMax }),
  ]
}

/**
 * What the second half may seem to grow by: the collector's teeth are ten megabytes high, and where
 * they begin and end is chance. The longer the soak, the smaller the slope that is seen.
 */
const grownMbMax = 24

type Sample = { minute: number; kb: number }

async function watchMemory(
  server: RunningServer,
  endsAt: number,
  doings: Doings,
): Promise<Sample[]> {
  const samples: Sample[] = []
  const startedAt = performance.now()
  while (performance.now() < endsAt) {
    const kb = Math.round((await residentBytes(server.pid)) / 1024)
    const minute = (performance.now() - startedAt) / 60_000
    samples.push({ minute, kb })
    if (samples.length % 6 === 1) {
      const { said, died, errors } = doings
      const line = { minute: Math.round(minute), rssKb: kb, said, died, errors: errors.size }
      console.log(JSON.stringify(line))
    }
    await Bun.sleep(Math.min(10_000, Math.max(0, endsAt - performance.now())))
  }
  return samples
}

/** By least squares, over the second half: until then caches fill. */
function slopes(samples: Sample[]): Figures {
  const half = samples.slice(Math.floor(samples.length / 2))
  const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length
  const [minute, kb] = [mean(half.map((one) => one.minute)), mean(half.map((one) => one.kb))]
  const over = half.reduce((sum, one) => sum + (one.minute - minute) * (one.kb - kb), 0)
  const under = half.reduce((sum, one) => sum + (one.minute - minute) ** 2, 0)
  const slope = Math.round(over / under)
  return {
    rssKbFirst: samples[0]?.kb ?? 0,
    rssKbHalf: half[0]?.kb ?? 0,
    rssKbLast: half.at(-1)?.kb ?? 0,
    slopeKbPerMinute: slope,
    grownMb: Math.round((slope * ((half.at(-1)?.minute ?? 0) - (half[0]?.minute ?? 0))) / 1024),
  }
}

/** T3 for the four who listened all the time. */
async function compare(
  server: RunningServer,
  reader: Person | undefined,
  listeners: Listener[],
): Promise<Figures> {
  if (reader === undefined) throw new Error('Somebody has to read')
  const stored = await history(server, reader, 1)
  const last = stored.at(-1)
  await Promise.all(listeners.map((one) => one.until(last?.revision ?? 0)))
  const idOf = new Map(
    stored.map(({ seq, sender, client_id }) => [seq, `${sender.id}-${client_id}`]),
  )
  const known = listeners.map(({ knowledge }) => knowledge)
  for (const listener of listeners) listener.close()
  return {
    messages: stored.length,
    ...countDifferences(idOf, known),
    missing: known.reduce((sum, knowledge) => sum + idOf.size - knowledge.size, 0),
    contradictions: listeners.reduce((sum, one) => sum + one.contradictions(), 0),
    gaps: stored.filter(({ seq }, index) => seq !== index + 1).length,
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      guests: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      tempo: { type: 'string', default: '1' },
    },
  })
  const figures = await soak({
    minutes: Number(values.minutes),
    guests: Number(values.guests),
    seed: Number(values.seed),
    tempo: Number(values.tempo),
  })
  const sentences = broken(figures)
  console.log(JSON.stringify({ soak: sentences.length === 0, ...figures, broken: sentences }))
  process.exit(sentences.length === 0 ? 0 : 1)
}
