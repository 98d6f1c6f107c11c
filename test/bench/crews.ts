import {
  type Contender,
  type Generator,
  planFor,
  type Server,
  type Size,
  startContender,
  startGenerator,
} from './contenders'
import type { Faults } from './load/plan'

export type Crew = { contender: Contender; server: Server; generator: Generator }

/** A server with its people, and a generator that plays them, connected. */
export async function muster(contender: Contender, size: Size, compiled = true): Promise<Crew> {
  const server = await startContender(contender, compiled)
  const generator = startGenerator()
  const plan = await planFor(contender, server.port, size)
  await generator.ask({ do: 'connect', plan }, 'connected')
  return { contender, server, generator }
}

export async function dismiss({ server, generator }: Crew): Promise<void> {
  generator.end()
  await server.end()
}

/** A run with a fault is no measurement. */
export function insist(contender: string, faults: Faults): void {
  const { lost, doubled, reordered, strayed } = faults
  if (lost === 0 && doubled === 0 && reordered === 0 && strayed === 0) return
  const found = JSON.stringify({ lost, doubled, reordered, strayed })
  throw new Error(`${contender} did not deliver every message once and in order: ${found}`)
}
