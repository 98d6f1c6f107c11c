import { describe, expect, test } from 'bun:test'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { unzipSync } from 'fflate'
import { extract } from 'tar-stream'
import { type ArchivedFile, tarGz, zip } from '../../scripts/archive'
import {
  findPackages,
  islandEntry,
  lazyEntry,
  lazyParts,
  packageOf,
  serverEntries,
  writeBillOfMaterials,
  writeNotices,
} from '../../scripts/contents'
import { signMachO } from '../../scripts/sign-macho'
import { faultOfSignature } from '../release/signature'
import lock from '../../bun.lock'
import packageFile from '../../package.json' with { type: 'json' }

const root = join(import.meta.dir, '..', '..')
const time = new Date('2026-03-04T05:06:08Z')
const files: ArchivedFile[] = [
  { name: 'chatroom', bytes: crypto.getRandomValues(new Uint8Array(5_000)), isExecutable: true },
  { name: 'docs/梅.md', bytes: Buffer.from('text\n') },
  { name: 'LICENSE', bytes: new Uint8Array() },
]

describe('an archive of a release', () => {
  test('is the same bytes whenever, wherever and in whatever order it is packed', async () => {
    const zone = process.env.TZ ?? ''
    const packed: Uint8Array[][] = []
    for (const [timeZone, order] of [
      ['UTC', files],
      ['Asia/Tokyo', files.toReversed()],
    ] satisfies [string, ArchivedFile[]][]) {
      process.env.TZ = timeZone
      packed.push([await tarGz('c', order, time), zip('c', order, time)])
    }
    process.env.TZ = zone
    expect(packed[1]).toEqual(packed[0] ?? [])
  })

  test('gives back the files, owned by root and of one time; one can be run', async () => {
    const found: Record<string, unknown> = {}
    const reader = extract()
    reader.end(gunzipSync(await tarGz('c', files, time)))
    for await (const entry of reader) {
      const { name, mode, uid, gid, uname, mtime } = entry.header
      const parts: Uint8Array[] = []
      for await (const part of entry) parts.push(part as Uint8Array)
      found[name] = { mode, uid, gid, uname, mtime, bytes: Buffer.concat(parts).toHex() }
    }
    const same = { uid: 0, gid: 0, uname: 'root', mtime: time }
    const expected = files.map(({ name, bytes, isExecutable }) => [
      `c/${name}`,
      { ...same, mode: isExecutable ? 0o755 : 0o644, bytes: Buffer.from(bytes).toHex() },
    ])
    expect(found).toEqual(Object.fromEntries(expected))

    const unzipped = unzipSync(zip('c', files, time))
    for (const { name, bytes } of files)
      expect(unzipped[`c/${name}`]).toEqual(new Uint8Array(bytes))
  })
})

describe('an executable for macOS', () => {
  test('is signed whole, also where it was signed before', () => {
    for (const bytes of [5_000, 4_096 * 4, 4_096 * 4 + 1]) {
      const unsigned = machO(bytes)
      expect(faultOfSignature(unsigned)).not.toBeNull()
      const signed = signMachO(unsigned, 'chatroom')
      expect(faultOfSignature(signed)).toBeNull()
      expect(signMachO(signed, 'chatroom')).toEqual(signed)
      // The code is as it was.
      expect(signed.subarray(1_000, bytes)).toEqual(unsigned.subarray(1_000, bytes))
      for (const at of [40, bytes - 1]) {
        const changed = Uint8Array.from(signed)
        changed[at] = (changed[at] ?? 0) ^ 1
        expect(faultOfSignature(changed)).not.toBeNull()
      }
    }
    expect(() => signMachO(Buffer.from('MZ'.padEnd(100)), 'chatroom')).toThrow('macOS')
  })
})

/** The head of a Mach-O with two segments and a place for a signature, then random bytes. */
function machO(bytes: number): Uint8Array {
  const file = Buffer.from(crypto.getRandomValues(new Uint8Array(bytes + 64)))
  file.fill(0, 0, 1_000)
  file.writeUInt32LE(0xfeedfacf, 0)
  file.writeUInt32LE(3, 16)
  for (const [n, name] of ['__TEXT', '__LINKEDIT'].entries()) {
    const at = 32 + n * 72
    file.writeUInt32LE(0x19, at)
    file.writeUInt32LE(72, at + 4)
    file.write(name, at + 8)
    file.writeBigUInt64LE(BigInt(n * 2_000), at + 40)
    file.writeBigUInt64LE(BigInt(n === 0 ? 2_000 : bytes - 2_000), at + 48)
  }
  const command = [0x1d, 16, bytes, 64]
  for (const [n, word] of command.entries()) file.writeUInt32LE(word, 32 + 144 + n * 4)
  return file
}

describe('the bill of materials and the notices', () => {
  test('name every package of which code or data is inside', async () => {
    const packages = await findPackages()
    const bill = JSON.parse(writeBillOfMaterials(packages, 'abc', time))
    const named = bill.components.map(({ purl }: { purl?: string }) => purl ?? '').join('\n')
    const notices = await writeNotices(packages)
    const inside = await sourcesOfBundles()
    expect(inside.size).toBeGreaterThanOrEqual(6)
    for (const name of [...inside, 'htmx.org', 'emojibase-data']) {
      const { version } = await Bun.file(join(root, 'node_modules', name, 'package.json')).json()
      expect(named).toContain(`pkg:npm/${name.replace('@', '%40')}@${version}`)
      expect(notices).toContain(`\n${name} ${version}\n`)
    }
    // What is installed to run is inside, and the other way round but for what these bring.
    for (const name of Object.keys(packageFile.dependencies)) {
      expect(named).toContain(`/${name.replace('@', '%40')}@`)
    }
    for (const name of Object.keys(packageFile.devDependencies)) {
      // Of its data a part is kept in the source.
      if (name === 'emojibase-data') continue
      expect(named).not.toContain(`pkg:npm/${name.replace('@', '%40')}@`)
    }
  })

  test('name the runtime with its libraries, and Unicode', async () => {
    const bill = JSON.parse(writeBillOfMaterials(await findPackages(), 'abc', time))
    const components: Record<string, unknown>[] = bill.components
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' })
    expect(bill.metadata.timestamp).toBe('2026-03-04T05:06:08.000Z')
    expect(components.map(({ version }) => version)).not.toContain('unknown')
    const references = components.map((component) => component['bom-ref'])
    expect(new Set(references).size).toBe(references.length)
    for (const { dependsOn } of bill.dependencies) {
      for (const reference of dependsOn) expect(references).toContain(reference)
    }
    const licences = JSON.stringify(components)
    for (const licence of ['LGPL-2.0-or-later', 'LGPL-2.1-or-later', 'Unicode-3.0', '0BSD']) {
      expect(licences).toContain(licence)
    }
    const notices = await writeNotices(await findPackages())
    for (const title of ['UNICODE LICENSE V3', 'GNU LIBRARY GENERAL PUBLIC LICENSE', 'Bun 1.4.5']) {
      expect(notices).toContain(title)
    }
    expect(notices).toContain(`Bun ${packageFile.engines.bun} `)
  })
})

test('what `bun start` installs is small: with Bun it stays below 60 MB to download', () => {
  const names = new Set<string>()
  const visit = (name: string): void => {
    if (names.has(name)) return
    names.add(name)
    const facts = lock.packages[name]?.[2]
    if (typeof facts === 'object') Object.keys(facts.dependencies ?? {}).forEach(visit)
  }
  Object.keys(packageFile.dependencies).forEach(visit)
  const folders = [...names].map((name) => join(root, 'node_modules', name))
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  // Bun is 52 MB; packages are a third of their size when they are downloaded.
  expect(bytes).toBeLessThan(24 * 1024 ** 2)
})

describe('what builds a release elsewhere', () => {
  const read = (path: string): Promise<string> => Bun.file(join(root, path)).text()
  const bun = packageFile.engines.bun

  test('runs the commands of the README with the Bun of package.json', async () => {
    const ci = await read('.github/workflows/ci.yml')
    expect(await read('.ci/run')).toContain(`npx -y bun@${bun} run test`)
    expect(Bun.YAML.parse(ci)).toMatchObject({ jobs: { test: { 'timeout-minutes': 60 } } })
    expect(ci).toContain(`npx -y bun@${bun} run test\n`)
    for (const system of ['ubuntu', 'macos', 'windows']) expect(ci).toContain(`${system}-`)
    const texts = [ci, await read('.github/workflows/release.yml'), await read('docs/install.md')]
    for (const text of [...texts, await read('README.md')]) {
      for (const [, named] of text.matchAll(/\bbun@([\w.]+)/g)) expect(named).toBe(bun)
    }
    expect(await read('Dockerfile')).toContain(`FROM oven/bun:${bun} AS build\n`)
  })

  test('takes only runtimes of this Bun that were looked at', async () => {
    const [title = '', ...lines] = (await read('scripts/runtimes.txt')).trim().split('\n')
    expect(title).toContain(`Bun ${bun} `)
    expect(lines).toHaveLength(8)
    for (const line of lines) expect(line).toMatch(/^[\da-f]{64}  (linux|darwin|windows)-/)
  })

  test('uses only actions that are pinned to a commit', async () => {
    for (const name of ['ci', 'release']) {
      const text = await read(`.github/workflows/${name}.yml`)
      const used = [...text.matchAll(/uses: (.*)/g)].map(([, action = '']) => action)
      expect(used.length).toBeGreaterThan(0)
      for (const action of used) expect(action).toMatch(/^[\w/-]+@[\da-f]{40} # v\d/)
    }
  })

  test('lets the container write only to its data, as a user without rights', async () => {
    const dockerfile = await read('Dockerfile')
    for (const line of ['USER 65532:65532', 'VOLUME /data', 'EXPOSE 3000', 'FROM scratch']) {
      expect(dockerfile).toContain(`\n${line}\n`)
    }
    expect(Bun.YAML.parse(await read('compose.yaml'))).toMatchObject({
      services: { chatroom: { read_only: true, cap_drop: ['ALL'], volumes: ['chatroom:/data'] } },
    })
  })
})

/** The packages that the source maps of what is shipped name: what is really in the bundles. */
async function sourcesOfBundles(): Promise<Set<string>> {
  const entries = [...serverEntries, islandEntry, ...lazyParts.map(lazyEntry)]
  const builds = entries.map(async (entry) => {
    const target = serverEntries.includes(entry) ? 'bun' : 'browser'
    const options = { minify: true, sourcemap: 'external', target } as const
    const built = await Bun.build({ entrypoints: [join(root, entry)], ...options })
    const map = await built.outputs.find(({ kind }) => kind === 'sourcemap')?.json()
    return map.sources.flatMap((path: string) => packageOf(path) ?? [])
  })
  return new Set((await Promise.all(builds)).flat())
}
