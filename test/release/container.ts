import { deepStrictEqual as same, ok } from 'node:assert'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { signIn } from '../helpers/client'
import { photo } from '../helpers/files'
import { inRoot, rootFolder, run } from './roots'
import { runToEnd, start } from './programs'
import { talk } from './visit'

const source = join(import.meta.dir, '..', '..')

/**
 * Does with the Dockerfile what can be done without Docker: its first stage is run in a bare Debian
 * with Bun, as its base image is; the image is mounted read-only, with /data alone writable, and
 * run as the second stage says, as its user.
 */
export async function checkContainer(folder: string): Promise<string> {
  const { steps, user, variables, entry, health } = await readDockerfile()
  const image = await build(folder, steps)
  same(readdirSync(image).toSorted(), ['chatroom', 'data', 'etc', 'lib', 'lib64', 'tmp'])
  same(readdirSync(join(image, 'etc')).toSorted(), ['group', 'libc6-copyright', 'passwd'])
  const size = Number((await run('du', '-sb', image)).split('\t')[0])

  // A container has these mounted by its engine.
  for (const mounted of ['proc', 'dev']) mkdirSync(join(image, mounted))
  const inside = (command: string[]) => asContainer({ image, user, variables }, command)
  const server = await start(inside(entry))
  const status = await Bun.file(`/proc/${server.pid}/status`).text()
  same(/^Uid:\t(.*)/m.exec(status)?.[1], Array(4).fill(user.split(':')[0]).join('\t'))
  same(/^CapEff:\t(.*)/m.exec(status)?.[1], '0'.repeat(16))
  await talk(server, await signIn(server, 'Ada'), new Uint8Array(photo.jpeg))
  const asked = await runToEnd(inside(health))
  same(asked.code, 0, asked.text)
  ok(existsSync(join(image, 'data', 'chatroom.db')), 'the data is not in /data')
  await server.end()
  same((await runToEnd(inside(health))).code, 1)
  const backup = await runToEnd(inside([...entry, 'backup', '/data/backup.tar']))
  ok(backup.text.includes('1 files'), backup.text)
  const elsewhere = await runToEnd(inside([...entry, 'backup', '/tmp/backup.tar']))
  ok(elsewhere.code === 1 && !existsSync(join(image, 'tmp', 'backup.tar')), elsewhere.text)
  const shown = await runToEnd(inside([...entry, '--version']))
  ok(shown.text.endsWith(`(${testCommit})`), shown.text)
  return `runs as ${user}, read-only, ${(size / 1024 ** 2).toFixed(0)} MB`
}

const testCommit = '0123456789ab'

/** Runs the steps of the first stage; gives the root file system of the image. */
async function build(folder: string, steps: string[]): Promise<string> {
  const root = join(folder, 'build')
  await run('cp', '-a', rootFolder('bare'), root)
  await run('cp', '-L', process.execPath, join(root, 'usr', 'local', 'bin', 'bun'))
  // What a clone has, without the repository.
  const copy = 'cd "$1" && git ls-files -z | tar --null -cT - | tar -xC "$2"'
  mkdirSync(join(root, 'source'))
  await run('sh', '-c', copy, 'sh', source, join(root, 'source'))
  // The packages come from where this machine has them.
  const cache = 'BUN_INSTALL_CACHE_DIR=/mnt/cache'
  const install =
    'cd "$1" && BUN_INSTALL_CACHE_DIR="$2" "$3" install --frozen-lockfile --production'
  const other = join(folder, 'other')
  await run('cp', '-r', join(root, 'source'), other)
  await run('sh', '-c', install, 'sh', other, join(folder, 'cache'), process.execPath)
  for (const step of steps) {
    const script = ['sh', '-e', '-c', `cd /source\n${step}`]
    const variables = [
      'env',
      '-i',
      'PATH=/usr/local/bin:/usr/bin:/bin',
      `BUILD_COMMIT=${testCommit}`,
    ]
    await run(...inRoot(root, folder, [...variables, cache, ...script]))
  }
  return join(root, 'image')
}

async function readDockerfile() {
  const text = await Bun.file(join(source, 'Dockerfile')).text()
  const find = (pattern: RegExp): string => {
    const found = pattern.exec(text)?.[1]
    if (found === undefined) throw new Error(`The Dockerfile has no ${pattern}`)
    return found
  }
  return {
    steps: [...text.matchAll(/^RUN (.+)$/gm)].map(([, step = '']) => step),
    user: find(/^USER (.+)$/m),
    // Port 3000 may be taken here.
    variables: [...find(/^ENV (.+)$/m).split(' '), 'CHATROOM_PORT=3957'],
    entry: JSON.parse(find(/^ENTRYPOINT (.+)$/m)) as string[],
    health: JSON.parse(find(/^HEALTHCHECK .*CMD (.+)$/m)) as string[],
  }
}

type Container = { image: string; user: string; variables: string[] }

/** The command that runs another one in the image as its user, where only /data is writable. */
function asContainer({ image, user, variables }: Container, command: string[]): string[] {
  const mount =
    'mount --bind "$1" "$1" && mount --rbind /proc "$1/proc" && mount --rbind /dev "$1/dev" && ' +
    'mount --bind "$1/data" "$1/data" && mount -o remount,bind,ro "$1" && ' +
    'root=$1 user=$2 && shift 2 && exec chroot --userspec="$user" --groups= "$root" "$@"'
  const mounted = ['unshare', '--mount', 'sh', '-c', mount, 'sh', image, user, ...command]
  return ['env', ...variables, ...mounted]
}
