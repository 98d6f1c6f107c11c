import { join } from 'node:path'
import { makeFolder, removeFolder } from '../helpers/folders'
import { commandOf } from './contenders'
import type { Figure } from './figures'

const rounds = 15
const root = join(import.meta.dir, '..', '..')

/** From the start of the process, on an empty folder and again on what it made, to an answer. */
export async function* benchStart(): AsyncGenerator<Figure[]> {
  const times: Record<string, number[]> = { floor: [], seed: [], ours: [], 'ours, again': [] }
  for (let round = 0; round < rounds; round += 1) {
    const data = makeFolder()
    // As most people start it: without flags.
    const own = [join(root, 'chatroom')]
    const settings = { CHATROOM_PORT: '0', CHATROOM_DATA: data }
    times.floor?.push(await untilAnswer(commandOf('floor')))
    times.seed?.push(await untilAnswer(commandOf('seed')))
    times.ours?.push(await untilAnswer(own, settings))
    times['ours, again']?.push(await untilAnswer(own, settings))
    removeFolder(data)
  }
  const figure = { bench: 'start', scenario: 'start', figure: 'to the first answer', unit: 'ms' }
  yield [{ ...figure, rounds: times }]
}

/** Each says its port as soon as it listens; asking again and again would take its time from it. */
async function untilAnswer(
  command: string[],
  settings: Record<string, string> = {},
): Promise<number> {
  const env = { ...process.env, ...settings }
  const startedAt = performance.now()
  const child = Bun.spawn(command, { env, stdout: 'pipe', stderr: 'ignore', stdin: 'ignore' })
  const url = `http://127.0.0.1:${await printedPort(child.stdout)}/`
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
