import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '../src/version'
import { type ArchivedFile, tarGz, zip } from './archive'
import { buildExecutable, buildStatic, commit, commitTime } from './build'
import runtimes from './runtimes.txt' with { type: 'text' }
import { findPackages, writeBillOfMaterials, writeNotices } from './contents'

/**
 * Makes dist/release: an archive for each platform, the bill of materials, and the sums of all. The
 * same commit gives the same bytes.
 */
const targets = [
  'linux-x64',
  'linux-arm64',
  'linux-x64-musl',
  'linux-arm64-musl',
  'darwin-x64',
  'darwin-arm64',
  'windows-x64',
  'windows-arm64',
] as const

const root = join(import.meta.dir, '..')
const releaseFolder = join(root, 'dist', 'release')
const buildFolder = join(root, 'dist', 'executables')

const time = commitTime()
const packages = await findPackages()
const notices = Buffer.from(await writeNotices(packages))
const documents = await readDocuments()
const sums: string[] = []

for (const folder of [releaseFolder, buildFolder]) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
}
await buildStatic()
for (const target of targets) await archive(target)
const bill = writeBillOfMaterials(packages, commit(), time)
await publish(`chatroom-${version}.cdx.json`, Buffer.from(bill))
await Bun.write(join(releaseFolder, 'SHA256SUMS'), `${sums.toSorted(byName).join('\n')}\n`)

async function archive(target: (typeof targets)[number]): Promise<void> {
  const isWindows = target.startsWith('windows')
  const file = isWindows ? 'chatroom.exe' : 'chatroom'
  const outfile = join(buildFolder, target, file)
  await buildExecutable(outfile, `bun-${target}`)
  await checkRuntime(target)
  const executable = { name: file, bytes: await Bun.file(outfile).bytes(), isExecutable: true }
  const files = [executable, { name: 'NOTICES.txt', bytes: notices }, ...documents]
  const folder = `chatroom-${version}-${target}`
  if (isWindows) await publish(`${folder}.zip`, zip(folder, files, time))
  else await publish(`${folder}.tar.gz`, await tarGz(folder, files, time))
}

/** The runtime that Bun fetched must be the one that was looked at (scripts/runtimes.txt). */
async function checkRuntime(target: string): Promise<void> {
  const cache = Bun.spawnSync([process.execPath, 'pm', 'cache'], { cwd: root }).stdout.toString()
  const name = `bun-${target.replace('arm64', 'aarch64')}-v${Bun.version}`
  const fetched = Bun.file(join(cache.trim(), name))
  // For its own platform, Bun takes itself.
  const runtime = (await fetched.exists()) ? fetched : Bun.file(process.execPath)
  const sum = new Bun.CryptoHasher('sha256').update(await runtime.bytes()).digest('hex')
  if (!runtimes.split('\n').includes(`${sum}  ${target}`)) {
    throw new Error(`${runtime.name} is not the runtime that scripts/runtimes.txt names.`)
  }
}

/** The licence and the documents, in the places that their links name. */
function readDocuments(): Promise<ArchivedFile[]> {
  const patterns = ['LICENSE', '*.md', 'docs/*']
  const names = patterns.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync(root)])
  return Promise.all(
    names.map(async (name) => ({ name, bytes: await Bun.file(join(root, name)).bytes() })),
  )
}

async function publish(name: string, bytes: Uint8Array): Promise<void> {
  await Bun.write(join(releaseFolder, name), bytes)
  const sum = new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
  sums.push(`${sum}  ${name}`)
  console.log(`${name}  ${(bytes.length / 1024 ** 2).toFixed(1)} MB`)
}

/** By what stands behind the sums. */
function byName(a: string, b: string): number {
  return a.slice(64) < b.slice(64) ? -1 : 1
}
