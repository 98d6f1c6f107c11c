import { connect } from 'node:net'
import { readFileSync } from 'node:fs'
import { type Person, signIn } from '../helpers/client'
import { makeFolder, removeFolder } from '../helpers/folders'
import { type RunningServer, startServer } from '../helpers/server'
import { fill, open } from './fill'

/**
 * A whole room of a million messages as a file: how fast, and how much memory more than idle; then
 * readers that take it at a kilobyte a second. `bun test/bench/export.ts [messages]`
 */
const count = Number(process.argv[2] ?? 1_000_000)

if (import.meta.main) {
  const data = makeFolder()
  const store = open(data)
  await fill(store, count, 1)
  await store.close()
  {
    await using server = await startServer({ data, compiled: process.argv.includes('--compiled') })
    const people = []
    for (const name of ['Ada', 'Bob', 'Cleo', 'Dora', 'Eda'])
      people.push(await signIn(server, name))
    const [ada] = people
    if (ada === undefined) throw new Error('five people')
    const headers = { Cookie: ada.cookie, Accept: 'application/json' }
    await (await fetch(`${server.origin}/search?q=warm`, { headers })).text()
    for (const kind of ['txt', 'html']) await measureExport(server, ada, kind)
    await measureSlowReaders(server, people)
  }
  removeFolder(data)
}

async function measureExport(server: RunningServer, person: Person, kind: string): Promise<void> {
  await Bun.sleep(1_000)
  const memory = watchMemory(server.pid)
  const startedAt = performance.now()
  const headers = { Cookie: person.cookie }
  const answer = await fetch(`${server.origin}/rooms/1/export.${kind}`, { headers })
  const begins = kind === 'txt' ? '\n[20' : '<article'
  let [bytes, messages, left] = [0, 0, '']
  for await (const part of answer.body ?? []) {
    bytes += part.length
    // What begins at the end of a part is counted with the next one.
    const text = left + Buffer.from(part).toString('latin1')
    messages += text.split(begins).length - 1
    left = text.slice(1 - begins.length)
  }
  const seconds = (performance.now() - startedAt) / 1000
  const { idle, peak } = memory.stop()
  console.log(
    JSON.stringify({
      what: `export.${kind}`,
      messages: count,
      counted: messages,
      seconds: round(seconds),
      megabytes: round(bytes / 1e6),
      messagesPerSecond: Math.round(count / seconds),
      idleMB: idle,
      peakMB: peak,
      growthMB: round(peak - idle),
    }),
  )
}

/** Each takes a kilobyte a second, for ten seconds. */
async function measureSlowReaders(server: RunningServer, people: Person[]): Promise<void> {
  await Bun.sleep(1_000)
  const memory = watchMemory(server.pid)
  const sockets = people.map(({ cookie }) => {
    const socket = connect(server.port, '127.0.0.1')
    const lines = ['GET /rooms/1/export.txt HTTP/1.1', 'Host: 127.0.0.1', `Cookie: ${cookie}`]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    socket.pause()
    const timer = setInterval(() => socket.read(1024), 1_000)
    socket.on('error', () => {})
    return { socket, timer }
  })
  await Bun.sleep(10_000)
  const headers = { Cookie: people[0]?.cookie ?? '' }
  const second = await fetch(`${server.origin}/rooms/1/export.txt`, { headers })
  const { idle, peak } = memory.stop()
  for (const { socket, timer } of sockets) {
    clearInterval(timer)
    socket.destroy()
  }
  console.log(
    JSON.stringify({
      what: 'slow readers',
      readers: people.length,
      secondOfOne: second.status,
      idleMB: idle,
      peakMB: peak,
      growthMB: round(peak - idle),
    }),
  )
}

function watchMemory(pid: number): { stop: () => { idle: number; peak: number } } {
  const read = (): number => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
  }
  const idle = read()
  let peak = idle
  const timer = setInterval(() => {
    peak = Math.max(peak, read())
  }, 50)
  return {
    stop() {
      clearInterval(timer)
      return { idle, peak }
    },
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
