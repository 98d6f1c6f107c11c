import { deepStrictEqual as same, ok } from 'node:assert'
import { waitUntil } from '../helpers/wait'

/** Emulated processors are slow, and wine sets its folders up at the first start. */
const startMsMax = 60_000
const endMsMax = 20_000

/** Starts a server in a terminal, where a person would press Ctrl-C. */
export async function start(command: string[]) {
  let text = ''
  const child = Bun.spawn(command, {
    env: environment(),
    terminal: { cols: 120, rows: 50, data: (_terminal, data) => (text += data.toString()) },
  })
  const port = await waitUntil(
    () => {
      const line = /listening on port (\d+)/.exec(text)
      if (line === null && child.exitCode !== null) throw new Error(`It ended:\n${text}`)
      return Number(line?.[1] ?? 0)
    },
    `the server to listen: ${command.join(' ')}`,
    startMsMax,
  )
  return {
    port,
    pid: child.pid,
    origin: `http://127.0.0.1:${port}`,
    /** Presses Ctrl-C and waits for a clean end, without a fault in the log. */
    async end(): Promise<void> {
      await waitUntil(() => text.includes('Scan the code'), 'the code to scan', startMsMax)
      child.terminal?.write('\x03')
      const code = await Promise.race([child.exited, Bun.sleep(endMsMax).then(() => 'no end')])
      child.kill('SIGKILL')
      same(code, 0, `Ctrl-C gave ${code}:\n${text}`)
      ok(!/fault=/.test(text), text)
    },
  }
}

/** Runs a command line that ends by itself; gives its exit code and all that it said. */
export async function runToEnd(command: string[]): Promise<{ code: number; text: string }> {
  const child = Bun.spawn(command, {
    env: environment(),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: startMsMax,
  })
  const texts = [new Response(child.stdout).text(), new Response(child.stderr).text()]
  return { code: await child.exited, text: (await Promise.all(texts)).join('').trim() }
}

/** The tester's own settings must not decide how it goes. */
function environment(): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !/^(CHATROOM|BUN)_/.test(name))
  return { ...Object.fromEntries(own), CHATROOM_ARRIVALS: 'off' }
}
