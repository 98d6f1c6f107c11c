import { parseArgs } from 'node:util'
import { dial, openSocket, type Person, signIn } from '../helpers/client'
import { postFiles, upload } from '../helpers/files'
import { type RunningServer, startServer } from '../helpers/server'

/**
 * What a large file costs everybody else: the server's memory while 500 MB come in and go out, and
 * how long a message of two other people takes meanwhile, as a ratio to the same when it is quiet.
 * `bun test/bench/media.ts [--megabytes 500] [--source]`; the executable, unless from source.
 */
const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '500' },
    source: { type: 'boolean', default: false },
    send: { type: 'string' },
    fetch: { type: 'string' },
    cookie: { type: 'string' },
  },
})
const megabyte = 1024 * 1024
const gigabitBytesPerMs = 125_000
const rounds = 3
const size = Number(values.megabytes) * megabyte

if (values.send !== undefined) await sendLarge(values.send, { cookie: values.cookie ?? '' })
else if (values.fetch !== undefined) await fetchLarge(values.fetch, values.cookie ?? '')
else console.log(JSON.stringify(await measure()))
process.exit(0)

async function measure() {
  const limit = `${Number(values.megabytes) + 1}MB`
  const flags = ['--max-upload', limit, '--max-per-person', '20GB', '--max-files', '40GB']
  await using server = await startServer({ flags, compiled: !values.source })
  const [sender, ada, mei] = [
    await signIn(server, 'Sender'),
    await signIn(server, 'Ada'),
    await signIn(server, 'Mei'),
  ]
  const talk = await startTalk(server, ada, mei)
  await upload(server, sender, new Uint8Array(megabyte))
  await Bun.sleep(3_000)
  const memory = watchMemory(server.pid)
  const times = { quiet: [] as number[], upload: [] as number[], download: [] as number[] }
  const held = { quiet: 0, upload: 0, download: 0 }
  const during = async (phase: keyof typeof times, work: () => Promise<unknown>) => {
    await Bun.sleep(1_000)
    talk.take()
    memory.take()
    await work()
    times[phase].push(...talk.take())
    held[phase] = Math.max(held[phase], memory.take())
  }
  // In turns, as the machine may have other things to do now and then.
  for (let round = 0; round < rounds; round += 1) {
    await during('quiet', () => Bun.sleep(4_000))
    const { promise: sent, resolve } = Promise.withResolvers<{ id: string; url: string }>()
    await during('upload', async () =>
      resolve(await run(server, sender, ['--send', server.origin])),
    )
    const { id, url } = await sent
    await postFiles(server, sender, 1, `large-${id}`, [id])
    await during('download', () => run(server, sender, ['--fetch', server.origin + url]))
  }
  talk.stop()
  memory.stop()
  const [quiet, up, down] = [p95(times.quiet), p95(times.upload), p95(times.download)]
  return {
    megabytes: Number(values.megabytes),
    p95Ms: { quiet: round(quiet), upload: round(up), download: round(down) },
    ratio: { upload: round(up / quiet), download: round(down / quiet) },
    messages: { upload: times.upload.length, download: times.download.length },
    memoryMb: {
      idle: held.quiet,
      upload: held.upload - held.quiet,
      download: held.download - held.quiet,
    },
  }
}

/** In a process of its own, so that the measuring one has nothing else to do. */
async function run(
  server: RunningServer,
  { cookie }: Person,
  task: string[],
): Promise<{ id: string; url: string }> {
  const own = ['--megabytes', values.megabytes, '--cookie', cookie]
  const child = Bun.spawn([process.execPath, import.meta.path, ...task, ...own], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const text = await new Response(child.stdout).text()
  if ((await child.exited) !== 0) throw new Error(`The file was not moved: ${server.log()}`)
  return JSON.parse(text)
}

async function sendLarge(origin: string, person: { cookie: string }): Promise<void> {
  const part = crypto.getRandomValues(new Uint8Array(65_536))
  let left = size
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(part.slice(0, Math.min(part.length, left)))
      left -= part.length
      if (left <= 0) controller.close()
    },
  })
  console.log(JSON.stringify(await upload({ origin }, person, body)))
}

async function fetchLarge(url: string, cookie: string): Promise<void> {
  const answer = await fetch(url, { headers: { Cookie: cookie } })
  let got = 0
  const startedAt = performance.now()
  for await (const part of answer.body ?? []) {
    got += part.length
    // As fast as a gigabit line, and no faster: a loopback takes what the processor can give.
    const ahead = got / gigabitBytesPerMs - (performance.now() - startedAt)
    if (ahead > 5) await Bun.sleep(ahead)
  }
  if (got !== size) throw new Error(`${got} bytes came instead of ${size}`)
  console.log('{}')
}

/** Two people talk: one says something every 20 ms, and it is timed until the other hears it. */
async function startTalk(server: RunningServer, ada: Person, mei: Person) {
  const speaker = await openSocket(server, ada)
  const hearer = dial(server, mei)
  const sentAt = new Map<string, number>()
  let times: number[] = []
  hearer.onmessage = ({ data }) => {
    for (const [, id] of String(data).matchAll(/"client_id":"(talk-\d+)"/g)) {
      const at = sentAt.get(id ?? '')
      if (at !== undefined) times.push(performance.now() - at)
      sentAt.delete(id ?? '')
    }
  }
  let n = 0
  const timer = setInterval(() => {
    const id = `talk-${(n += 1)}`
    sentAt.set(id, performance.now())
    speaker.send({ type: 'message.post', room: 1, client_id: id, content: `words ${n}` })
    speaker.heard.length = 0
  }, 20)
  return {
    take() {
      const taken = times
      times = []
      return taken
    },
    stop: () => clearInterval(timer),
  }
}

/** The most a process held, in megabytes, since it was last asked. */
function watchMemory(pid: number) {
  let most = 0
  const look = async (): Promise<void> => {
    const status = await Bun.file(`/proc/${pid}/status`).text()
    most = Math.max(most, Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024))
  }
  const timer = setInterval(look, 50)
  return {
    take() {
      const taken = most
      most = 0
      return taken
    },
    stop: () => clearInterval(timer),
  }
}

function p95(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
