import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { type Language, languageNames } from '../src/shared/languages'
import { wordsFor } from '../views/words'
import { emojiHtml } from './emoji'

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
    // Target bun: for older browsers than the CSS needs (2024), Bun would rewrite and bloat it.
    bundle('static/css/app.css', { target: 'bun' }),
    bundle('static/css/lazy.css', { target: 'bun' }),
    // Each alone: with shared chunks the first page would fetch many small files.
    ...lazyParts.map((part) => script(`${lazyFolder}/${part}.ts`, 'esm')),
  ])
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
  for (const icon of ['icon.svg', 'icon-maskable.svg', 'icon-unread.svg']) {
    write(icon, await Bun.file(join(root, 'static', icon)).bytes())
  }
  for (const language of languageNames) {
    write(`emoji-${language}.html`, Buffer.from(await emojiHtml(language)))
  }
  write('licences.txt', Buffer.from(await licences()))
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

/** The notices of the packages that the executable contains. */
async function licences(): Promise<string> {
  const names = ['hono', 'htmx.org', 'uqr', 'emojibase-data', 'highlight.js']
  // Of certificates: @peculiar/x509 and what it is made of.
  const peculiar = readdirSync(join(root, 'node_modules/@peculiar'))
  names.push(...peculiar.map((name) => `@peculiar/${name}`))
  names.push('asn1js', 'pvtsutils', 'pvutils', 'reflect-metadata', 'tsyringe')
  const files = [...names.map((name) => `${name}/LICENSE`), 'idb-keyval/LICENCE']
  files.push('lowlight/license', 'devlop/license', 'tslib/LICENSE.txt')
  const notices = files.map(async (file) => {
    const text = await Bun.file(join(root, 'node_modules', file)).text()
    return `${dirname(file)}\n\n${text.trim()}\n`
  })
  return (await Promise.all(notices)).join(`\n${'-'.repeat(72)}\n\n`)
}

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
  const hash = Bun.hash(bytes).toString(36)
  const name = join(staticFolder, file.replace(/\.(\w+)$/, `-${hash}.$1`))
  writeFileSync(name, bytes)
  writeFileSync(`${name}.gz`, gzipSync(bytes, { level: 9 }))
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  writeFileSync(`${name}.br`, brotliCompressSync(bytes, { params: quality }))
}

async function buildExecutable(): Promise<void> {
  await Bun.build({
    // The file of a thread is an entry of its own, embedded at its place beside the first.
    entrypoints: ['src/main.ts', 'src/store/sqlite/reader-thread.ts'].map((file) =>
      join(root, file),
    ),
    target: 'bun',
    minify: true,
    bytecode: true,
    // What is imported on demand is a file of its own, which most starts do not read.
    splitting: true,
    // The map is embedded, so that a logged fault names file and line.
    sourcemap: 'linked',
    format: 'esm',
    compile: {
      outfile: join(root, 'chatroom'),
      assets: [staticFolder],
      // Otherwise the executable would run code from the folder in which it is started.
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
  })
  // Bun leaves copies of the embedded maps beside the executable.
  const maps = readdirSync(root).filter((name) => /^(chatroom|.+\.js)\.map$/.test(name))
  for (const map of maps) rmSync(join(root, map))
}

if (import.meta.main) {
  await buildStatic()
  if (!process.argv.includes('--static-only')) await buildExecutable()
}
