import { deepStrictEqual as same, ok } from 'node:assert'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { signIn } from '../helpers/client'
import { photo } from '../helpers/files'
import { inRoot, rootFolder, run } from './roots'
import { runToEnd, start } from './programs'
import { talk } from './visit'

const source = join(import.meta.dir, '..', '..')

/**
 * Does with the Dockerfile what can be done without Docker: its script assembles the root file
 * system from Debian's libraries, which is then mounted read-only, with /data alone writable, and
 * run as the Dockerfile says, as its user.
 */
export async function checkContainer(executable: string): Promise<string> {
  const { user, variables, entry, health } = await readDockerfile()
  const work = dirname(executable)
  const image = join(work, 'image')
  await run('cp', join(source, 'scripts', 'container-root.sh'), work)
  const assemble = ['sh', '/mnt/container-root.sh', '/mnt/chatroom', '/mnt/image']
  await run(...inRoot(rootFolder('bare'), work, assemble))
  same(readdirSync(image).toSorted(), ['chatroom', 'data', 'etc', 'lib', 'lib64', 'tmp'])
  for (const shell of ['bin', 'usr', 'lib/x86_64-linux-gnu/libssl.so.3'])
    ok(!existsSync(join(image, shell)), `${shell} is in the image`)
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
  return `runs as ${user}, read-only, ${(size / 1024 ** 2).toFixed(0)} MB`
}

async function readDockerfile() {
  const text = await Bun.file(join(source, 'Dockerfile')).text()
  const find = (pattern: RegExp): string => {
    const found = pattern.exec(text)?.[1]
    if (found === undefined) throw new Error(`The Dockerfile has no ${pattern}`)
    return found
  }
  return {
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
