import type { BunPlugin } from 'bun'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { emojiLines } from './emoji'
import { limits } from '../src/shared/limits'

/**
 * Builds what the browser fetches into dist/static (hashed names, compressed beside) and, unless
 * `--static-only` is given, the one executable: `./chatroom`.
 */
const root = join(import.meta.dir, '..')
const staticFolder = join(root, 'dist', 'static')
const lazyFolder = 'src/island/lazy'

export async function buildStatic(): Promise<void> {
  const lazyParts = readdirSync(join(root, lazyFolder)).map((file) => basename(file, '.ts'))
  const [island, css, lazyCss, ...lazy] = await Promise.all([
    script('src/island/main.ts', 'iife'),
    // For browsers older than our CSS (light-dark, nesting: 2024) Bun would rewrite and bloat it.
    bundle('static/css/app.css', { target: 'bun' }),
    bundle('static/css/lazy.css', { target: 'bun' }),
    // Each alone: with shared chunks the first page would have to fetch many small files.
    ...lazyParts.map((part) => script(`${lazyFolder}/${part}.ts`, 'esm')),
  ])
  const htmx = await Bun.file(join(root, 'node_modules/htmx.org/dist/htmx.min.js')).bytes()
  rmSync(staticFolder, { recursive: true, force: true })
  mkdirSync(staticFolder, { recursive: true })
  write('island.js', island)
  write('app.css', css)
  write('lazy.css', lazyCss)
  for (const [n, part] of lazyParts.entries()) write(`lazy-${part}.js`, lazy[n] ?? new Uint8Array())
  write('htmx.js', htmx)
  for (const icon of ['icon.svg', 'icon-maskable.svg', 'icon-unread.svg']) {
    write(icon, await Bun.file(join(root, 'static', icon)).bytes())
  }
  for (const language of ['en', 'zh'] as const) {
    write(`emoji-${language}.tsv`, Buffer.from(await emojiLines(language)))
  }
  write('licences.txt', Buffer.from(await licences()))
}

/** What others wrote is in the executable, so their notices are, too. */
async function licences(): Promise<string> {
  const notices = ['hono', 'htmx.org', 'uqr', 'emojibase-data'].map(async (name) => {
    const text = await Bun.file(join(root, 'node_modules', name, 'LICENSE')).text()
    return `${name}\n\n${text.trim()}\n`
  })
  return (await Promise.all(notices)).join(`\n${'-'.repeat(72)}\n\n`)
}

/** A script for the browser. */
function script(entry: string, format: 'iife' | 'esm'): Promise<Uint8Array> {
  return bundle(entry, { target: 'browser', format, plugins: [numbersOfLimits] })
}

/** Puts the numbers of limits.ts where they are named: names of properties are not made shorter. */
const numbersOfLimits: BunPlugin = {
  name: 'numbers of limits.ts',
  setup(build) {
    const numbers = new Map(Object.entries(limits))
    build.onLoad({ filter: /[\\/](src|views)[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await Bun.file(path).text()
      const contents = text.replace(/\blimits\.(\w+)/g, (place, name: string) =>
        numbers.has(name) ? JSON.stringify(numbers.get(name)) : place,
      )
      return { contents, loader: 'ts' }
    })
  },
}

async function bundle(entry: string, options: Partial<Bun.BuildConfig>): Promise<Uint8Array> {
  const built = await Bun.build({ entrypoints: [join(root, entry)], minify: true, ...options })
  const [output] = built.outputs
  if (output === undefined) throw new Error(`${entry} built to nothing`)
  return new Uint8Array(await output.arrayBuffer())
}

function write(file: string, bytes: Uint8Array): void {
  const hash = Bun.hash(bytes).toString(36)
  const name = join(staticFolder, file.replace(/\.(\w+)$/, `-${hash}.$1`))
  writeFileSync(name, bytes)
  writeFileSync(`${name}.gz`, gzipSync(bytes, { level: 9 }))
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  writeFileSync(`${name}.br`, brotliCompressSync(bytes, { params: quality }))
}

async function buildExecutable(): Promise<void> {
  await Bun.build({
    // A thread's file is embedded as one more entry, at its place beside the first.
    entrypoints: ['src/main.ts', 'src/store/sqlite/reader-thread.ts'].map((file) =>
      join(root, file),
    ),
    target: 'bun',
    minify: true,
    bytecode: true,
    format: 'esm',
    compile: {
      outfile: join(root, 'chatroom'),
      assets: [staticFolder],
      // Else the executable would run code from the folder it happens to be started in.
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
  })
}

if (import.meta.main) {
  await buildStatic()
  if (!process.argv.includes('--static-only')) await buildExecutable()
}
