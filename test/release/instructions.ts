import { deepStrictEqual as same, ok } from 'node:assert'
import { mkdtempSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { waitUntil } from '../helpers/wait'
import { runToEnd, start } from './programs'
import { inRoot, rootFolder, run } from './roots'

const manual = join(import.meta.dir, '..', '..', 'docs', 'install.md')
const pageMsMax = 60_000

/**
 * Follows docs/install.md word by word in a copy of a bare Debian, without any network: unpacks the
 * archive, starts it and fetches the page; then makes the service, whose unit systemd checks.
 */
export async function followInstructions(archive: string): Promise<string> {
  const work = mkdtempSync(join(dirname(dirname(archive)), 'release-test', 'install-'))
  const root = join(work, 'root')
  await run('cp', '-a', rootFolder('bare'), root)
  await run('cp', archive, join(dirname(archive), 'SHA256SUMS'), work)
  const checked = await runToEnd(alone(root, work, await commandsOf('check')))
  ok(checked.code === 0 && checked.text.includes(`${basename(archive)}: OK`), checked.text)

  const startedAt = performance.now()
  const server = await start(alone(root, work, await commandsOf('start')))
  const page = await fetchWithin(server.pid, `http://localhost:${server.port}/`)
  const ms = performance.now() - startedAt
  ok(page.includes('id="sign-in"'), page.slice(0, 500))
  ok(ms < pageMsMax, `the page answered only after ${ms} ms`)
  await server.end()

  const service = await commandsOf('service')
  const made = await runToEnd(alone(root, work, `cd chatroom-*-linux-x64\n${service}`))
  same(made.code, 0, made.text)
  const unit = join(root, 'etc', 'systemd', 'system', 'chatroom.service')
  // The copy has no systemd, and this machine not the executable.
  const text = (await Bun.file(unit).text()).replace('=/opt/', `=${root}/opt/`)
  ok(text.includes('/opt/chatroom/chatroom --data=/var/lib/chatroom'), text)
  const file = join(work, 'chatroom-verified.service')
  await Bun.write(file, text.replace('User=chatroom', 'User=root'))
  const verified = await runToEnd(['systemd-analyze', 'verify', '--man=no', file])
  ok(!verified.text.includes('chatroom-verified'), verified.text)
  const user = await run(...inRoot(root, work, ['id', 'chatroom']))
  return `page after ${(ms / 1000).toFixed(1)} s, ${user.trim()}, the unit is verified`
}

/** The commands below a mark in the manual. */
async function commandsOf(mark: string): Promise<string> {
  const block = new RegExp(`<!-- install: ${mark} -->\\n\`\`\`sh\\n(.*?)\`\`\``, 's')
  const commands = block.exec(await Bun.file(manual).text())?.[1]
  if (commands === undefined) throw new Error(`docs/install.md has no commands for ${mark}`)
  return commands
}

/** Runs commands in the root file system, in a network of nobody but itself. */
function alone(root: string, work: string, commands: string): string[] {
  // Ctrl-C is for the server; the shell gives its exit code, as one that is typed into would.
  const script = ['sh', '-e', '-c', `trap : INT\ncd /mnt\n${commands}`]
  const up = 'ip link set lo up && exec "$@"'
  return ['unshare', '--net', 'sh', '-c', up, 'sh', ...inRoot(root, work, script)]
}

/** Fetches a page in the network of a process. */
async function fetchWithin(pid: number, url: string): Promise<string> {
  const script = `process.stdout.write(await (await fetch('${url}')).text())`
  return waitUntil(async () => {
    const enter = ['nsenter', '--target', String(pid), '--net', process.execPath, '-e', script]
    const { code, text } = await runToEnd(enter)
    return code === 0 ? text : null
  }, 'the page')
}
