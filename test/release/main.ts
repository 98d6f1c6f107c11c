import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { version } from '../../src/version'
import { checkContainer } from './container'
import { followInstructions } from './instructions'
import { platforms } from './platforms'
import { makeRoot, type Root, run, whyNoRoot } from './roots'
import { faultOfSignature } from './signature'
import { visit } from './visit'

/**
 * `bun run test:release [linux-x64 … install container]`: tries what `bun run release` made. Each
 * archive is unpacked and its executable is used as people use it, where this machine can run it;
 * what it cannot run is named with the reason. Ends with 1 when something does not hold.
 */
type Check = { name: string; root: Root | null; whyNot: string | null; run: () => Promise<string> }

const root = join(import.meta.dir, '..', '..')
const releaseFolder = join(root, 'dist', 'release')
const workFolder = join(root, 'dist', 'release-test')

const checks: Check[] = [
  ...platforms.map((platform) => ({
    name: platform.target,
    root: platform.root,
    whyNot: platform.whyNot,
    run: async () => {
      await visit(platform, await unpack(platform.target), version)
      return 'signs in, posts, uploads, backs up, restores, ends with Ctrl-C'
    },
  })),
  {
    name: 'install',
    root: 'bare',
    whyNot: whyNoRoot('bare'),
    run: async () => followInstructions(await archiveOf('linux-x64')),
  },
  {
    name: 'container',
    root: 'bare',
    whyNot: whyNoRoot('bare'),
    run: () => checkContainer(mkdtempSync(join(workFolder, 'container-'))),
  },
]

const wanted = Bun.argv.slice(2)
const unknown = wanted.filter((name) => checks.every((check) => check.name !== name))
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. There are ${checks.map(({ name }) => name)}`)
  process.exit(2)
}
if (!existsSync(join(releaseFolder, 'SHA256SUMS'))) {
  console.error('There is no release yet: make one with `bun run release`.')
  process.exit(2)
}
mkdirSync(workFolder, { recursive: true })
const results: string[] = []
let isBroken = false
for (const check of checks) {
  if (wanted.length > 0 && !wanted.includes(check.name)) continue
  results.push(`${check.name.padEnd(18)} ${await resultOf(check)}`)
  console.log(results.at(-1))
}
rmSync(workFolder, { recursive: true, force: true })
console.log(`\n${results.join('\n')}`)
process.exit(isBroken ? 1 : 0)

async function resultOf(check: Check): Promise<string> {
  try {
    if (check.whyNot !== null) return `NOT RUN: ${check.whyNot}${await inspect(check.name)}`
    if (check.root !== null) await makeRoot(check.root)
    const startedAt = performance.now()
    const says = await check.run()
    return `works (${((performance.now() - startedAt) / 1000).toFixed(0)} s): ${says}`
  } catch (fault) {
    isBroken = true
    return `BROKEN: ${fault instanceof Error ? fault.message : fault}`
  }
}

/** What can be said of an executable that is not run. */
async function inspect(target: string): Promise<string> {
  if (!target.startsWith('darwin')) return ''
  const executable = await Bun.file(join(await unpack(target), 'chatroom')).bytes()
  const fault = faultOfSignature(executable)
  if (fault !== null) throw new Error(`The signature for macOS: ${fault}`)
  return '; its signature is whole'
}

async function archiveOf(target: string): Promise<string> {
  const start = `chatroom-${version}-${target}.`
  const name = readdirSync(releaseFolder).find((file) => file.startsWith(start))
  if (name === undefined) throw new Error(`There is no archive for ${target}`)
  const sums = await Bun.file(join(releaseFolder, 'SHA256SUMS')).text()
  const bytes = await Bun.file(join(releaseFolder, name)).bytes()
  const sum = new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
  if (!sums.includes(`${sum}  ${name}\n`)) throw new Error(`SHA256SUMS is wrong about ${name}`)
  return join(releaseFolder, name)
}

/** Unpacks an archive into a new folder; gives the one in which the executable is. */
async function unpack(target: string): Promise<string> {
  const archive = await archiveOf(target)
  const folder = mkdtempSync(join(workFolder, `${target}-`))
  if (archive.endsWith('.tar.gz')) await run('tar', '-xzf', archive, '-C', folder)
  else {
    const files = unzipSync(await Bun.file(archive).bytes())
    for (const [name, bytes] of Object.entries(files)) await Bun.write(join(folder, name), bytes)
  }
  const inside = join(folder, `chatroom-${version}-${target}`)
  const missing = ['README.md', 'LICENSE', 'NOTICES.txt', 'docs/install.md'].filter(
    (name) => !existsSync(join(inside, name)),
  )
  if (missing.length > 0) throw new Error(`${archive} has no ${missing.join(', ')}`)
  return inside
}
