import { waitUntil } from '../../helpers/wait'
import type { Node, Room, Scene } from './scene'

/** Something that breaks for a while, and is whole again. */
export type Break = { name: string; run: (scene: Scene) => Promise<void> }

type Lengths = {
  listeningMs: number
  restarts: number
  /** How many nodes are killed, one after another. */
  kills: number
  /** Between the end of a node, or of the database, and the next start. */
  awayMs: number
  stoppedMs: number
  holeMs: number
}

export function breaksOf({
  listeningMs,
  restarts,
  kills,
  awayMs,
  stoppedMs,
  holeMs,
}: Lengths): Break[] {
  return [
    { name: 'listening', run: (scene) => cutListening(scene, listeningMs) },
    { name: 'database', run: (scene) => restartDatabase(scene, restarts, awayMs) },
    ...[0, 1, 2].slice(0, kills).map((n) => ({
      name: `node ${n + 1}`,
      run: (scene: Scene) => kill(at(scene, n), awayMs),
    })),
    { name: 'stopped', run: (scene) => stop(at(scene, 1), stoppedMs) },
    { name: 'hole', run: (scene) => swallow(at(scene, 2), holeMs) },
  ]
}

function at({ nodes }: Scene, n: number): Node {
  const node = nodes[n]
  if (node === undefined) throw new Error('There is no such node')
  return node
}

/** Nobody hears of anything; whoever looks, sees it. */
async function cutListening({ nodes }: Scene, ms: number): Promise<void> {
  for (const { line } of nodes) line.refuseListening(true)
  await Bun.sleep(ms)
  for (const { line } of nodes) line.refuseListening(false)
}

async function restartDatabase({ postgres }: Scene, times: number, awayMs: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    if (n > 0) await Bun.sleep(awayMs)
    await postgres.restart()
  }
}

async function kill({ server }: Node, awayMs: number): Promise<void> {
  await server.kill()
  await Bun.sleep(awayMs)
  await server.restart()
}

async function stop({ server }: Node, ms: number): Promise<void> {
  process.kill(server.pid, 'SIGSTOP')
  await Bun.sleep(ms)
  process.kill(server.pid, 'SIGCONT')
}

async function swallow({ line }: Node, ms: number): Promise<void> {
  line.swallow()
  await Bun.sleep(ms)
  line.open()
}

/**
 * Waits until everybody can talk again: each person was told that something is stored which they
 * said since, and all tabs of the room show it. Gives the milliseconds.
 */
export async function untilResumed({ rooms }: Scene): Promise<number> {
  const since = performance.now()
  const isHeard = ({ id, host, others }: Room): boolean => {
    const people = [host, ...others]
    const tabs = people.flatMap((one) => one.tabs)
    const isShown = (seq: number): boolean => tabs.every(({ view }) => view.get(id)?.has(seq))
    return people.every(({ said }) =>
      said.some(({ acknowledgedAt, seq }) => acknowledgedAt > since && isShown(seq)),
    )
  }
  await waitUntil(() => rooms.every(isHeard), 'everybody to be heard', resumedMsMax)
  return Math.round(performance.now() - since)
}

const resumedMsMax = 60_000
