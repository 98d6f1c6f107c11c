import { join } from 'node:path'
import { openSocket, signIn } from '../helpers/client'
import { makeFolder, removeFolder } from '../helpers/folders'
import { startServer } from '../helpers/server'
import { below, earlyAnswers, type FaultTest, type Figures, unlike } from './promise'
import { waitUntil } from '../helpers/wait'

type Size = {
  messages: number
  /** The planted fault: answers leave before the commit. */
  acksTooEarly?: boolean
}

/**
 * T2: watches the system calls of the server while messages are posted one by one, and counts the
 * answers that left before the log of the database was synced. A kill cannot show this, as what was
 * written survives a process in the page cache. It needs strace.
 */
export const synced: FaultTest<Size> = {
  id: 'P2',
  says: 'No answer leaves before the log is synced, so that a power cut takes nothing back.',
  small: { messages: 50 },
  full: { messages: 1_000 },
  outOfSuite: 'Not every machine has strace; the suite tries its reader.',
  run,
  broken: (figures, { messages }) =>
    figures.blocked !== undefined
      ? [`Not measured: ${figures.blocked}`]
      : [
          ...unlike(figures, { answers: messages, tooEarly: 0 }),
          ...below(figures, { syncs: messages }),
        ],
  control: () => run({ messages: 50, acksTooEarly: true }),
}

async function run({ messages, acksTooEarly }: Size): Promise<Figures> {
  const strace = Bun.which('strace')
  if (strace === null) return { blocked: 'strace is not installed.' }
  const folder = makeFolder()
  const trace = join(folder, 'trace')
  // As a grandchild it leaves the server where it would be without it, signals and all.
  const how = ['-D', '-f', '-y', '-s', '1200', '-e', `trace=${calls}`, '-o', trace]
  const fault = acksTooEarly ? earlyAnswers : {}
  const server = await startServer({ under: [strace, ...how], ...fault })
  const ada = await openSocket(server, await signIn(server, 'Ada'))
  for (let n = 0; n < messages; n += 1) await ada.post(1, `s-${n}`, `message ${n}`)
  await ada.close()
  await server.stop()
  const figures = readTrace(await untilWhole(trace))
  await server.dispose()
  removeFolder(folder)
  return figures
}

const calls = 'fdatasync,fsync,pwrite64,read,recvfrom,recvmsg,write,writev,sendto,sendmsg'

/** The tracer ends a moment after the server. */
async function untilWhole(trace: string): Promise<string> {
  const whole = async (): Promise<string> => {
    const text = await Bun.file(trace).text()
    return text.trimEnd().endsWith('+++') ? text : ''
  }
  return waitUntil(whole, 'the end of the trace', 20_000)
}

/**
 * Reads what strace wrote while messages came one by one: between the arrival of one and its answer
 * the log must have been written, and synced after the last write.
 */
export function readTrace(text: string): { answers: number; tooEarly: number; syncs: number } {
  const figures = { answers: 0, tooEarly: 0, syncs: 0 }
  let [isWritten, isSynced] = [false, false]
  let heardOn = ''
  for (const line of text.split('\n')) {
    const heard = /(?:read|recvfrom|recvmsg)\((\d+)<socket:.*= [1-9]\d*$/.exec(line)?.[1]
    // Not the kernel, which is asked for this machine's addresses.
    if (heard !== undefined && !line.includes('AF_NETLINK')) {
      heardOn = heard
      isWritten = isSynced = false
    }
    if (/pwrite64\(\d+<[^>]*-wal>/.test(line)) {
      isWritten = true
      isSynced = false
    }
    if (isSync(line)) {
      isSynced = isWritten
      figures.syncs += 1
    }
    const answers = /(?:write|writev|sendto|sendmsg)\((\d+)<.*\\"accepted\\"/.exec(line)?.[1]
    if (answers === undefined) continue
    figures.answers += 1
    if (answers !== heardOn || !isSynced) figures.tooEarly += 1
  }
  return figures
}

/** A sync counts when it has returned, which strace tells later when other threads are at work. */
function isSync(line: string): boolean {
  return /(?:fdatasync|fsync)\(\d+<[^>]*-wal>\) *= 0|<\.\.\. f(?:data)?sync resumed>\) *= 0/.test(
    line,
  )
}
