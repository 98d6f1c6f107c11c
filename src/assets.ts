import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { once } from './shared/once'

/** A file for the browser, in an encoding that it accepts. */
export type Asset = {
  bytes: Uint8Array<ArrayBuffer>
  type: string
  encoding: Encoding | null
}

type Encoding = 'br' | 'gzip'

export type Assets = {
  /** Changes whenever any of the files does. */
  build: string
  /** The name with its hash, for `app.css` and so on. Throws when it was not built. */
  nameOf: (file: string) => string
  find: (hashedName: string, accepted: string) => Asset | null
  /** All files by their hashed names, the compressed ones too. */
  files: ReadonlyMap<string, () => Uint8Array<ArrayBuffer>>
  /** What the browser's script fetches at its first use (src/island/lazy). */
  lazyParts: { name: string; file: string }[]
}

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.html': 'text/html; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
}

/** Best first. */
const endings: { name: Encoding; ending: string }[] = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
]

/** A file of any build as it is kept: its name, and its encoding. */
type Variant = { name: string; type: string; encoding: Encoding | null }

const isName = /^[\w.-]{1,100}$/

/** What a file may be sent as to a browser that accepts some encodings, the best first. */
export function variantsOf(hashedName: string, accepted: string): Variant[] {
  const type = types[extname(hashedName)]
  if (type === undefined || !isName.test(hashedName)) return []
  const compressed = endings.filter(({ name }) => accepted.includes(name))
  return [
    ...compressed.map(({ name, ending }) => ({ type, name: hashedName + ending, encoding: name })),
    { type, name: hashedName, encoding: null },
  ]
}

/**
 * Finds the files that scripts/build.ts made: `name-hash.ext` beside `.br` and `.gz`, inside the
 * executable, or in dist/static when run from source.
 */
export function loadAssets(): Assets {
  const folder = Bun.isStandaloneExecutable
    ? join(import.meta.dir, 'static')
    : join(import.meta.dir, '..', 'dist', 'static')
  const names = new Map<string, string>()
  const contents = new Map<string, () => Uint8Array<ArrayBuffer>>()
  const files = readdirSync(folder)
  for (const file of files) {
    contents.set(
      file,
      once(() => new Uint8Array(readFileSync(join(folder, file)))),
    )
    if (extname(file) in types) names.set(file.replace(/-\w+(\.\w+)$/, '$1'), file)
  }
  return {
    build: Bun.hash(files.toSorted().join()).toString(36),
    nameOf(file) {
      const name = names.get(file)
      if (name === undefined) throw new Error(`${file} was not built`)
      return name
    },
    find(hashedName, accepted) {
      const found = variantsOf(hashedName, accepted).find(({ name }) => contents.has(name))
      const bytes = contents.get(found?.name ?? '')
      if (found === undefined || bytes === undefined) return null
      return { type: found.type, encoding: found.encoding, bytes: bytes() }
    },
    files: contents,
    lazyParts: [...names].flatMap(([name, file]) => {
      const lazy = /^lazy-(?<part>[\w-]+)\.js$|^(?<file>lazy\.css|emoji-\w+\.html)$/
      const { part, file: whole } = lazy.exec(name)?.groups ?? {}
      const wanted = part ?? whole
      return wanted === undefined ? [] : [{ name: wanted, file }]
    }),
  }
}
