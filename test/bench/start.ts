import { join } from 'node:path'
import { makeFolder, removeFolder } from '../helpers/server'
import { commandOf } from './contenders'
import type { Figure } from './figures'

const rounds = 7
const root = join(import.meta.dir, '..', '..')

/** From the start of the process, on an empty folder and again on what it made, to an answer. */
export async function* benchStart(): AsyncGenerator<Figure[]> {
  const times: Record<string, number[]> = { floor: [], seed: [], ours: [], 'ours, again': [] }
  for (let round = 0; round < rounds; round += 1) {
    const data = makeFolder()
    const port = await freePort()
    const own = [join(root, 'chatroom'), '--port', String(port), '--data', data]
    times.floor?.push(await untilAnswer(commandOf('floor'), null))
    times.seed?.push(await untilAnswer(commandOf('seed'), null))
    times.ours?.push(await untilAnswer(own, port))
    times['ours, again']?.push(await untilAnswer(own, port))
    removeFolder(data)
  }
  const figure = { bench: 'start', scenario: 'start', figure: 'to the first answer', unit: 'ms' }
  yield [{ ...figure, rounds: times }]
}

async function freePort(): Promise<number> {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { port = 0 } = server
  await server.stop(true)
  return port
}

/** Where the port is not known before, it is what the process prints. */
async function untilAnswer(command: string[], known: number | null): Promise<number> {
  const startedAt = performance.now()
  const child = Bun.spawn(command, { stdout: 'pipe', stderr: 'ignore', stdin: 'ignore' })
  const port = known ?? (await printedPort(child.stdout))
  const url = `http://127.0.0.1:${port}/`
  while (!(await isAnswered(url))) await Bun.sleep(1)
  const ms = performance.now() - startedAt
  child.kill('SIGTERM')
  await child.exited
  return ms
}

async function printedPort(out: ReadableStream<Uint8Array>): Promise<number> {
  const { value } = await out.getReader().read()
  return Number(/port (\d+)/.exec(new TextDecoder().decode(value))?.[1])
}

async function isAnswered(url: string): Promise<boolean> {
  const answer = await fetch(url, { redirect: 'manual', keepalive: false }).catch(() => null)
  return answer !== null && (await answer.text()).length > 0
}
