import { join } from 'node:path'
import { signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/rooms'
import { startServer } from '../helpers/server'
import type { Order, Plan, Report, Speech } from './load/plan'

/** A server under measurement, in a process of its own. */
export type Server = { pid: number; port: number; end: () => Promise<void> }

/** What is compared in one run. */
export const speeches = { floor: 'text', seed: 'seed', html: 'html', json: 'json' } as const
export type Contender = keyof typeof speeches
const all: Contender[] = ['floor', 'seed', 'html', 'json']
const chosen = process.argv
  .find((word) => word.startsWith('--only='))
  ?.slice(7)
  .split(',')
export const contenders = all.filter((name) => chosen?.includes(name) ?? true)

export function isOurs(contender: Contender): boolean {
  return contender === 'html' || contender === 'json'
}

/** Starts one of them and waits until it listens. */
export async function startContender(contender: Contender, compiled = true): Promise<Server> {
  if (!isOurs(contender)) return startPlain(commandOf(contender))
  const server = await startServer({ compiled })
  return { pid: server.pid, port: server.port, end: server.dispose }
}

/** How one that is not ours is started. */
export function commandOf(contender: Contender): string[] {
  const folder = join(import.meta.dir, 'servers')
  if (contender === 'floor') return [process.execPath, join(folder, 'floor.ts')]
  const node = Bun.which('node')
  if (node === null) throw new Error('The seed is a Node program: install Node, or name others.')
  return [node, join(folder, 'seed.mjs')]
}

async function startPlain(command: string[]): Promise<Server> {
  const child = Bun.spawn(command, { stdout: 'pipe', stderr: 'inherit', stdin: 'ignore' })
  running.add(child)
  const { value } = await child.stdout.getReader().read()
  const port = Number(/port (\d+)/.exec(new TextDecoder().decode(value))?.[1])
  const end = async (): Promise<void> => {
    child.kill('SIGKILL')
    await child.exited
  }
  return { pid: child.pid, port, end }
}

const running = new Set<Bun.Subprocess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export type Size = { connections: number; rooms: number; senders: number; inFlight?: number }

/** Brings the people of a scenario into a server; others know no people. */
export async function planFor(contender: Contender, port: number, size: Size): Promise<Plan> {
  const speech: Speech = speeches[contender]
  const plan = {
    inFlight: 64,
    ...size,
    ports: [port],
    speech,
    cookies: [],
    rooms: numbers(size.rooms),
  }
  return isOurs(contender) ? { ...plan, ...(await settle(port, size)) } : plan
}

/** A thousand people at most: with more connections each has several, as with several tabs. */
export async function settle(port: number, size: Size): Promise<Pick<Plan, 'cookies' | 'rooms'>> {
  const server = { origin: `http://127.0.0.1:${port}` }
  const count = Math.min(size.connections, 1_000)
  const people = await abreast(numbers(count), (n) => signIn(server, nameOf(n)))
  const cookies = people.map(({ cookie }) => cookie)
  if (size.rooms === 1) return { cookies, rooms: [1] }
  // Owners are in all their rooms, so none of them is among those who are measured.
  const owners = await abreast(numbers(Math.ceil(size.rooms / 50)), (n) => {
    return signIn(server, `Owner ${nameOf(n)}`)
  })
  const rooms = await abreast(numbers(size.rooms), (n) => {
    const owner = owners[n % owners.length]
    if (owner === undefined) throw new Error('a room needs an owner')
    return makeRoom(server, owner, nameOf(n))
  })
  await abreast([...people.entries()], ([n, person]) =>
    sendForm(server, person, `/rooms/${rooms[n % rooms.length]}/members`),
  )
  return { cookies, rooms }
}

/** Some at a time, results in order. */
async function abreast<From, To>(all: From[], work: (one: From) => Promise<To>): Promise<To[]> {
  const results: To[] = []
  const waiting = all.entries()
  const line = async (): Promise<void> => {
    for (const [n, one] of waiting) results[n] = await work(one)
  }
  await Promise.all(Array.from({ length: 16 }, line))
  return results
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}

/** Names that do not look alike. */
function nameOf(n: number): string {
  const letters = 'abcdefghjk'
  return `P${[...String(n)].map((digit) => letters[Number(digit)]).join('')}`
}

/** A generator in a process of its own. */
export type Generator = {
  pid: number
  /** Gives the report of an order; fails with the generator's own words. */
  ask: <Type extends Report['type']>(order: Order, type: Type) => Promise<Report & { type: Type }>
  end: () => void
}

export function startGenerator(): Generator {
  let hear: (report: Report) => void = () => {}
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'load', 'load.ts')], {
    ipc: (report: Report) => hear(report),
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
  })
  running.add(child)
  return {
    pid: child.pid,
    async ask(order, type) {
      const { promise, resolve } = Promise.withResolvers<Report>()
      hear = resolve
      child.send(order)
      const report = await promise
      if (report.type === 'failed') throw new Error(`The generator failed: ${report.why}`)
      if (!hasType(report, type)) throw new Error(`The generator said ${report.type}`)
      return report
    },
    end: () => child.send({ do: 'end' }),
  }
}

function hasType<Type extends Report['type']>(
  report: Report,
  type: Type,
): report is Report & { type: Type } {
  return report.type === type
}
