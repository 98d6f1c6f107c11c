import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openSocket, signIn } from '../helpers/client'

/**
 * Watches the system calls of the running executable while messages are posted one by one, and
 * counts the answers that left before the log of the database was synced: T2. Run it by hand:
 * `bun test/bench/sync-before-answer.ts [--executable ./chatroom] [--messages 1000]`; it needs
 * strace. A kill cannot show this, as what was written survives a process in the page cache.
 */
const { values } = parseArgs({
  options: {
    executable: { type: 'string', default: join(import.meta.dir, '..', '..', 'chatroom') },
    messages: { type: 'string', default: '1000' },
  },
})
const strace = Bun.which('strace')
if (strace === null) {
  console.error('This measurement needs strace: install it and try again.')
  process.exit(1)
}
const folder = mkdtempSync(join(tmpdir(), 'chatroom-strace-'))
const trace = join(folder, 'trace')
const calls = 'trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg'
const port = 20_000 + Math.floor(Math.random() * 20_000)
const server = Bun.spawn(
  [
    ...[strace, '-f', '-y', '-s', '200', '-e', calls, '-o', trace],
    ...[values.executable, '--port', String(port), '--data', join(folder, 'data')],
  ],
  { env: { ...process.env, CHATROOM_RATE_LIMITS: 'off' }, stdout: 'ignore', stderr: 'ignore' },
)
const address = { origin: `http://127.0.0.1:${port}` }
await untilReady(address.origin)
const ada = await openSocket(address, await signIn(address, 'Ada'))
for (let n = 0; n < Number(values.messages); n += 1) await ada.post(1, `s-${n}`, `message ${n}`)
await ada.close()
// strace itself does not let signals through while it writes to a file.
const traced = await Bun.file(`/proc/${server.pid}/task/${server.pid}/children`).text()
process.kill(Number(traced), 'SIGINT')
await server.exited
console.log(JSON.stringify(readTrace(await Bun.file(trace).text())))
rmSync(folder, { recursive: true, force: true })
process.exit(0)

async function untilReady(origin: string): Promise<void> {
  const deadline = performance.now() + 20_000
  while (performance.now() < deadline) {
    const answer = await fetch(`${origin}/healthz`).catch(() => null)
    if (answer?.ok) return
    await Bun.sleep(50)
  }
  throw new Error('The server did not start under strace')
}

/** Dirty from a write to the log until its sync; an answer that leaves meanwhile came too early. */
function readTrace(text: string): { answers: number; tooEarly: number; syncs: number } {
  let isDirty = false
  const figures = { answers: 0, tooEarly: 0, syncs: 0 }
  for (const line of text.split('\n')) {
    if (/pwrite64\(\d+<[^>]*-wal>/.test(line)) isDirty = true
    if (/(fdatasync|fsync)\(\d+<[^>]*-wal>/.test(line)) {
      isDirty = false
      figures.syncs += 1
    }
    if (!/(write|writev|sendto|sendmsg)\(.*accepted/.test(line)) continue
    figures.answers += 1
    if (isDirty) figures.tooEarly += 1
  }
  return figures
}
