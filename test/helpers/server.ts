import { afterAll, beforeAll } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { addressOf } from './database'
import { makeFolder, removeFolder } from './folders'

export type ServerOptions = {
  /** A folder that is kept afterwards; without it a temporary one, removed at the end. */
  data?: string
  /** 0, the default: any free one. Null gives no flag at all. */
  port?: number | null
  env?: Record<string, string>
  flags?: string[]
  /** The executable, which starts quicker; by default when nothing is preloaded into the source. */
  compiled?: boolean
  /** A command that becomes the server, such as a tracer; else what CHATROOM_TEST_UNDER lists. */
  under?: string[]
}

/** A server in a process of its own. `await using` ends it with the block it was started in. */
export type RunningServer = {
  readonly port: number
  /** `http://127.0.0.1:PORT`, with the base path when there is one: what every path begins with. */
  readonly origin: string
  readonly data: string
  readonly pid: number
  /** From the start of the process until it listened, at the last start. */
  readonly readyMs: number
  /** Everything it has said so far, on both outputs, over all restarts. */
  log: () => string
  /** Asks it to stop (SIGTERM) and gives the exit code. */
  stop: (signal?: NodeJS.Signals) => Promise<number>
  /** SIGKILL: no goodbye. */
  kill: () => Promise<void>
  /** Starts it again on the same data and port, after ending it when it still runs. */
  restart: () => Promise<void>
  dispose: () => Promise<void>
  [Symbol.asyncDispose]: () => Promise<void>
}

/** Starts a server and waits until it listens; fails with its log when it does not. */
export async function startServer(given: ServerOptions = {}): Promise<RunningServer> {
  const data = given.data ?? makeFolder()
  const options = { ...given, env: { ...(await databaseOf(data)), ...given.env } }
  let run = launch({ ...options, data })
  let before = ''
  const port = await listening(run)

  const end = async (signal: NodeJS.Signals): Promise<number> => {
    run.child.kill(signal)
    return exited(run)
  }
  const restart = async (): Promise<void> => {
    if (run.child.exitCode === null && run.child.signalCode === null) await end('SIGTERM')
    const deadline = performance.now() + readyMsMax
    for (;;) {
      before += run.text()
      run = launch({ ...options, data, port })
      try {
        return void (await listening(run))
      } catch (fault) {
        // While nobody listened, the port was anybody's: a passing owner is waited for.
        const isTaken = /port \d+ is in use/i.test(run.text())
        if (!isTaken || performance.now() > deadline) throw fault
        await Bun.sleep(200)
      }
    }
  }
  const dispose = async (): Promise<void> => {
    await end('SIGKILL')
    if (options.data === undefined) removeFolder(data)
  }

  return {
    port,
    origin: `http://127.0.0.1:${port}${basePath()}`,
    data,
    get pid() {
      return run.child.pid
    },
    get readyMs() {
      return run.readyMs()
    },
    log: () => before + run.text(),
    stop: (signal = 'SIGTERM') => end(signal),
    kill: async () => void (await end('SIGKILL')),
    restart,
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
}

/** One server for all tests of a file: call it at the top, use what it gives in tests. */
export function serverForAll(options: ServerOptions = {}): () => RunningServer {
  let server: RunningServer | null = null
  beforeAll(async () => {
    server = await startServer(options)
  })
  afterAll(async () => {
    await server?.dispose()
  })
  return () => {
    if (server === null) throw new Error('The server is started before the first test only')
    return server
  }
}

/** Runs a command line that is expected to end by itself, or kills it after a while. */
export async function runServer(
  options: ServerOptions & { killAfterMs?: number } = {},
): Promise<{ code: number; out: string; err: string }> {
  const data = options.data ?? makeFolder()
  const run = launch({ ...options, data })
  const { killAfterMs = exitMsMax } = options
  const timer = setTimeout(() => run.child.kill('SIGKILL'), killAfterMs)
  try {
    const code = await exited(run)
    return { code, out: run.out(), err: run.err() }
  } finally {
    clearTimeout(timer)
    if (options.data === undefined) removeFolder(data)
  }
}

async function databaseOf(data: string): Promise<Record<string, string>> {
  const address = await addressOf(data)
  return address === null ? {} : { CHATROOM_DATABASE: address, CHATROOM_ACCEPT_LOSS: 'on' }
}

const root = join(import.meta.dir, '..', '..')

/** The base path of the servers of this test file, without the slash at its end; mostly none. */
export function basePath(): string {
  return process.env.CHATROOM_TEST_BASE ?? ''
}

/** The Origin of the pages of a server. */
export function originOf({ origin }: Pick<RunningServer, 'origin'>): string {
  return new URL(origin).origin
}
const readyMsMax = 30_000
const exitMsMax = 15_000

// Whatever a failed test left behind. Bun's test runner ends its children itself.
const children = new Set<Bun.Subprocess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

type Run = {
  child: Bun.Subprocess
  out: () => string
  err: () => string
  text: () => string
  /** Resolves when the process and both outputs have ended. */
  ended: Promise<unknown>
  readyMs: () => number
  markReady: () => void
}

function launch(options: ServerOptions & { data: string }): Run {
  const startedAt = performance.now()
  let readyMs = 0
  const [out, err] = ['', '']
  const heard = { out, err }
  const under = options.under ?? process.env.CHATROOM_TEST_UNDER?.split('\n') ?? []
  const command = [...under, ...programOf(options), ...flagsOf(options)]
  const child = Bun.spawn(command, {
    cwd: root,
    env: environmentOf(options),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  children.add(child)
  const listen = async (stream: ReadableStream<Uint8Array>, name: 'out' | 'err') => {
    const decoder = new TextDecoder()
    for await (const bytes of stream) heard[name] += decoder.decode(bytes, { stream: true })
  }
  const outputs = [listen(child.stdout, 'out'), listen(child.stderr, 'err')]
  return {
    child,
    out: () => heard.out,
    err: () => heard.err,
    text: () => heard.out + heard.err,
    ended: Promise.all([child.exited, ...outputs]).finally(() => children.delete(child)),
    readyMs: () => readyMs,
    markReady: () => {
      readyMs = Math.round(performance.now() - startedAt)
    },
  }
}

function programOf(options: ServerOptions): string[] {
  const { compiled = options.env?.BUN_OPTIONS === undefined } = options
  if (!compiled) return [process.execPath, join(root, 'src', 'main.ts')]
  const executable = join(root, 'chatroom')
  if (existsSync(executable)) return [executable]
  throw new Error('There is no ./chatroom yet: build it with `bun run build`')
}

function flagsOf({ data, port = 0, flags = [] }: ServerOptions & { data: string }): string[] {
  const portFlags = port === null ? [] : ['--port', String(port)]
  const isPlaced = basePath() === '' || flags.includes('--base-path')
  const baseFlags = isPlaced ? [] : ['--base-path', `${basePath()}/`]
  return ['--data', data, ...portFlags, ...baseFlags, ...flags]
}

/** The tester's own CHATROOM_… settings must not decide how the tests go. */
function environmentOf({ env = {} }: ServerOptions): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !/^(CHATROOM|BUN_INSPECT)/.test(name))
  // Without lines of arrivals the first message of a room is its first row; some tests want them.
  const quiet = { CHATROOM_RATE_LIMITS: 'off', CHATROOM_ARRIVALS: 'off' }
  return { ...Object.fromEntries(own), ...quiet, ...env }
}

async function listening(run: Run): Promise<number> {
  const deadline = performance.now() + readyMsMax
  while (performance.now() < deadline) {
    const port = /^Chatroom is listening on port (\d+)$/m.exec(run.out())?.[1]
    if (port !== undefined) {
      run.markReady()
      return Number(port)
    }
    if (run.child.exitCode !== null || run.child.signalCode !== null) {
      await run.ended
      throw new Error(`The server ended (${run.child.exitCode}) instead of listening.${quote(run)}`)
    }
    await Bun.sleep(2)
  }
  run.child.kill('SIGKILL')
  throw new Error(`The server did not listen within ${readyMsMax} ms.${quote(run)}`)
}

async function exited(run: Run): Promise<number> {
  const inTime = await Promise.race([run.ended.then(() => true), Bun.sleep(exitMsMax)])
  if (inTime !== true) {
    run.child.kill('SIGKILL')
    throw new Error(`The server did not exit within ${exitMsMax} ms.${quote(run)}`)
  }
  return run.child.exited
}

function quote(run: Run): string {
  return ` It said:\n${run.text()}`
}
