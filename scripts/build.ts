import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { type Language, languageNames } from '../src/shared/languages'
import { wordsFor } from '../views/words'
import {
  appEntries,
  findPackages,
  islandEntry,
  lazyEntry,
  lazyParts,
  serverEntries,
  writeNotices,
} from './contents'
import { emojiHtml } from './emoji'
import { signMachO } from './sign-macho'

/**
 * Builds what the browser fetches into dist/static (hashed names, compressed beside) and, unless
 * `--static-only` is given, the one executable: `./chatroom`.
 */
const root = join(import.meta.dir, '..')
const staticFolder = join(root, 'dist', 'static')

export async function buildStatic(): Promise<void> {
  const [island, css, lazyCss, ...lazy] = await Promise.all([
    script(islandEntry, 'iife'),
    // Target bun: for older browsers than the CSS needs (2024), Bun would rewrite and bloat it.
    bundle('static/css/app.css', { target: 'bun' }),
    bundle('static/css/lazy.css', { target: 'bun' }),
    // Each alone: with shared chunks the first page would fetch many small files.
    ...lazyParts.map((part) => script(lazyEntry(part), 'esm')),
  ])
  const [worker, offline] = await Promise.all(appEntries.map((entry) => script(entry, 'iife')))
  const htmx = await Bun.file(join(root, 'node_modules/htmx.org/dist/htmx.min.js')).bytes()
  rmSync(staticFolder, { recursive: true, force: true })
  mkdirSync(staticFolder, { recursive: true })
  write('island.js', island)
  // Bun's minifier leaves out the space after it.
  const styles = new TextDecoder().decode(css).replaceAll('@counter-style', '@counter-style ')
  write('app.css', Buffer.from(styles + languageNames.map(wordsInStyles).join('')))
  write('lazy.css', lazyCss)
  for (const [n, part] of lazyParts.entries()) write(`lazy-${part}.js`, lazy[n] ?? new Uint8Array())
  write('htmx.js', htmx)
  write('worker.js', worker ?? new Uint8Array())
  write('offline.js', offline ?? new Uint8Array())
  for (const icon of ['icon.svg', 'icon-unread.svg', ...pictures]) {
    write(icon, await Bun.file(join(root, 'static', icon)).bytes())
  }
  for (const language of languageNames) {
    write(`emoji-${language}.html`, Buffer.from(await emojiHtml(language)))
  }
  write('licences.txt', Buffer.from(await writeNotices(await findPackages())))
}

/**
 * Rows are rendered once for readers of every language, so a few words in them come from the
 * styles of the page: `content: var(--word-edited)`.
 */
function wordsInStyles(language: Language): string {
  const words = Object.entries(wordsFor(language).rows)
  const variables = words.map(([name, word]) => `--word-${name}:${JSON.stringify(word)}`)
  return `:root:lang(${language}){${variables.join(';')}}`
}

/** Of an installed app (scripts/icons.ts). */
const pictures = [
  ...['icon-192.png', 'icon-512.png', 'icon-maskable-512.png', 'badge-96.png'],
  ...['screen-wide.webp', 'screen-narrow.webp'],
]

/** A script for the browser. */
function script(entry: string, format: 'iife' | 'esm'): Promise<Uint8Array> {
  return bundle(entry, { target: 'browser', format })
}

async function bundle(entry: string, options: Partial<Bun.BuildConfig>): Promise<Uint8Array> {
  const built = await Bun.build({ entrypoints: [join(root, entry)], minify: true, ...options })
  const [output] = built.outputs
  if (output === undefined) throw new Error(`${entry} built to nothing`)
  return new Uint8Array(await output.arrayBuffer())
}

function write(file: string, bytes: Uint8Array): void {
  // Thirty bits tell a file from all others of its name; each page names thirty of them.
  const hash = Bun.hash(bytes).toString(36).slice(0, 6)
  const name = join(staticFolder, file.replace(/\.(\w+)$/, `-${hash}.$1`))
  writeFileSync(name, bytes)
  // They are compressed already.
  if (pictures.includes(file)) return
  writeFileSync(`${name}.gz`, gzipSync(bytes, { level: 9 }))
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  writeFileSync(`${name}.br`, brotliCompressSync(bytes, { params: quality }))
}

/** Builds the executable; for another system, Bun fetches its runtime from the npm registry. */
export async function buildExecutable(outfile: string, target?: Bun.Build.CompileTarget) {
  await Bun.build({
    entrypoints: serverEntries.map((file) => join(root, file)),
    target: 'bun',
    minify: true,
    bytecode: true,
    // What is imported on demand is a file of its own, which most starts do not read.
    splitting: true,
    // The map is embedded, so that a logged fault names file and line.
    sourcemap: 'linked',
    format: 'esm',
    define: { BUILD_COMMIT: JSON.stringify(commit()) },
    compile: {
      outfile,
      ...(target === undefined ? {} : { target }),
      assets: [staticFolder],
      // Otherwise the executable would run code from the folder in which it is started.
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
  })
  if ((target ?? `bun-${process.platform}-${process.arch}`) === 'bun-darwin-x64')
    await Bun.write(outfile, signMachO(await Bun.file(outfile).bytes(), 'chatroom'))
  // Bun leaves copies of the embedded maps beside the executable.
  const folder = dirname(outfile)
  const own = `${basename(outfile, '.exe')}.map`
  const maps = readdirSync(folder).filter((name) => name === own || name.endsWith('.js.map'))
  for (const map of maps) rmSync(join(folder, map))
}

/**
 * The commit that is built, marked when files differ from it; without a repository what
 * BUILD_COMMIT says, if anything.
 */
export function commit(): string {
  const hash = git('rev-parse', '--short=12', 'HEAD')
  if (hash === '') return process.env.BUILD_COMMIT ?? ''
  return git('status', '--porcelain') === '' ? hash : `${hash}-modified`
}

/** When it was made: the time of everything in a release. */
export function commitTime(): Date {
  const seconds = git('log', '-1', '--format=%ct') || process.env.SOURCE_DATE_EPOCH || '0'
  return new Date(Number(seconds) * 1000)
}

/** What git says; nothing without git or a repository. */
function git(...command: string[]): string {
  if (Bun.which('git') === null) return ''
  return Bun.spawnSync(['git', '-C', root, ...command], { stderr: 'ignore' })
    .stdout.toString()
    .trim()
}

if (import.meta.main) {
  await buildStatic()
  if (!process.argv.includes('--static-only')) await buildExecutable(join(root, 'chatroom'))
}
