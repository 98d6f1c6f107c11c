import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { FaultTest, Figures } from './promise'
import { promises } from './promises'

/** What came of one promise. */
export type Outcome = { figures: Figures; broken: string[]; seconds: number }

/** Flags that say how a promise is tried; main.ts hands them on. */
export const howFlags = {
  small: { type: 'boolean', default: false },
  seed: { type: 'string' },
  control: { type: 'boolean', default: true },
} as const

/** A run that has not ended by then never will. */
const minutesMax = 40

/** Tries one promise in a process of its own: whatever it does, the next one begins afresh. */
export async function tryAlone(id: string, flags: string[]): Promise<Outcome> {
  let outcome: Outcome | null = null
  const startedAt = performance.now()
  const child = Bun.spawn([process.execPath, import.meta.path, id, ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: (message: Outcome) => void (outcome = message),
  })
  const last = setTimeout(() => child.kill('SIGKILL'), (minutesMax + 1) * 60_000)
  const code = await child.exited
  clearTimeout(last)
  const seconds = secondsSince(startedAt)
  return outcome ?? { figures: {}, broken: [`The run ended with ${code}, no figures.`], seconds }
}

/** Runs the soak, which is no promise of its own; gives its exit code. */
export async function soakAlone(flags: string[]): Promise<number> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'soak.ts'), ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return child.exited
}

if (import.meta.main) {
  // Servers and browsers that this process started end with it.
  setTimeout(() => process.exit(124), minutesMax * 60_000)
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: howFlags,
    allowNegative: true,
  })
  const promise = promises.find(({ id }) => id === positionals[0])
  if (promise === undefined) throw new Error(`No promise is called ${positionals[0]}`)
  const startedAt = performance.now()
  const size = seeded(values.small ? promise.small : promise.full, values.seed)
  const figures = await promise.run(size)
  const broken = promise.broken(figures, size)
  const seconds = secondsSince(startedAt)
  if (values.control) broken.push(...(await plantFault(promise, figures)))
  process.send?.({ figures, broken, seconds } satisfies Outcome)
  process.exit(0)
}

function seeded(size: unknown, seed: string | undefined): unknown {
  const takesSeed = typeof size === 'object' && size !== null && 'seed' in size
  return takesSeed && seed !== undefined ? { ...size, seed: Number(seed) } : size
}

/** An instrument that cannot fail proves nothing: notes what it says of a planted fault. */
async function plantFault(promise: FaultTest<unknown>, figures: Figures): Promise<string[]> {
  const all = [await promise.control()].flat()
  const seen = all.map((one) => promise.broken(one, promise.small)[0] ?? 'not seen')
  figures.plantedFault = seen.join(' ')
  return seen.includes('not seen') ? ['The instrument did not see the planted fault.'] : []
}

function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 100) / 10
}
