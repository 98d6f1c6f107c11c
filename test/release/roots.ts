import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Root file systems of Debian, made once by debootstrap below dist/roots: `bare` has what every
 * installation has, `tools` wine and musl as well, `arm64` the libraries of another processor.
 */
export type Root = 'bare' | 'tools' | 'arm64'

const folder = join(import.meta.dir, '..', '..', 'dist', 'roots')
const names = join(import.meta.dir, 'glibc-names.c')
/** Its wine (10) is the first in Debian that runs what Bun builds. */
const release = 'trixie'
const mirror = 'http://deb.debian.org/debian'
/** Where a root has the libraries for musl. */
export const muslFolder = '/opt/musl'

/** Where the root lies, once it is made. */
export function rootFolder(root: Root): string {
  return join(folder, root)
}

/** Why the root cannot be made here; null when it can. */
export function whyNoRoot(root: Root): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it needs Linux on x64'
  if (existsSync(rootFolder(root))) return null
  if (process.getuid?.() !== 0) return 'it needs root, for chroot'
  const needed = ['debootstrap', 'unshare', ...(root === 'arm64' ? [emulator] : [])]
  const missing = needed.filter((name) => Bun.which(name) === null)
  return missing.length === 0 ? null : `it needs ${missing.join(' and ')}`
}

export const emulator = 'qemu-aarch64-static'

/** Makes the root, unless it is there; takes minutes. */
export async function makeRoot(root: Root): Promise<void> {
  if (existsSync(rootFolder(root))) return
  console.log(`Makes the root file system ${root} …`)
  const draft = `${rootFolder(root)}.draft`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true })
  if (root === 'bare') await run('debootstrap', '--variant=minbase', release, draft, mirror)
  if (root === 'tools') await makeTools(draft)
  if (root === 'arm64') await makeArm64(draft)
  renameSync(draft, rootFolder(root))
}

async function makeTools(draft: string): Promise<void> {
  await makeRoot('bare')
  await run('cp', '-a', `${rootFolder('bare')}/.`, draft)
  const packages = 'wine wine64 musl libstdc++6 tcc libtcc-dev'
  const install = `apt-get install -y --no-install-recommends ${packages}`
  const libraries = '/usr/lib/x86_64-linux-gnu'
  await run('mkdir', '-p', `${draft}${muslFolder}`)
  await run('cp', names, `${draft}${muslFolder}`)
  const compile = `cd ${muslFolder} && tcc -nostdlib -shared -o names.so glibc-names.c`
  // Debian's libraries name glibc's loader, too.
  const alias = 'ln -s names.so ld-linux-x86-64.so.2'
  const copy = `cp ${libraries}/libstdc++.so.6 ${libraries}/libgcc_s.so.1 .`
  await run(
    ...inRoot(draft, '/tmp', ['sh', '-c', `${install} && ${compile} && ${alias} && ${copy}`]),
  )
}

async function makeArm64(draft: string): Promise<void> {
  const include = '--include=musl,libstdc++6,tcc,libtcc-dev'
  const flags = ['--foreign', '--arch=arm64', '--variant=minbase', include]
  await run('debootstrap', ...flags, release, draft, mirror)
  // Their scripts would need the other processor; the files are enough.
  const packages = `${draft}/var/cache/apt/archives/*.deb`
  await run('sh', '-c', `for file in ${packages}; do dpkg-deb -x "$file" ${draft}; done`)
  const [musl, libraries] = [`${draft}${muslFolder}`, `${draft}/usr/lib/aarch64-linux-gnu`]
  await run('mkdir', '-p', musl)
  await run('cp', `${libraries}/libstdc++.so.6`, `${libraries}/libgcc_s.so.1`, musl)
  const compiler = [emulator, '-L', draft, `${draft}/usr/bin/tcc`]
  await run(...compiler, '-nostdlib', '-shared', '-o', `${musl}/names.so`, names)
}

/**
 * The command that runs another one in a root file system, which has `shared` as its /mnt. It
 * becomes that other one, so that signals reach it; its mounts go with it.
 */
export function inRoot(root: string, shared: string, command: string[]): string[] {
  const mount =
    'mount --rbind /proc "$1/proc" && mount --rbind /dev "$1/dev" && ' +
    'mount --bind "$2" "$1/mnt" && root=$1 && shift 2 && exec chroot "$root" "$@"'
  return ['unshare', '--mount', 'sh', '-c', mount, 'sh', root, shared, ...command]
}

/** Runs a command; fails with what it said. */
export async function run(...command: string[]): Promise<string> {
  const child = Bun.spawn(command, { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const texts = [new Response(child.stdout).text(), new Response(child.stderr).text()]
  const [out = '', err = ''] = await Promise.all(texts)
  if ((await child.exited) === 0) return out
  throw new Error(`${command.join(' ')} failed:\n${out.slice(-2_000)}${err.slice(-2_000)}`)
}
