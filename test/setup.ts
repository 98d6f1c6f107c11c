import { afterAll } from 'bun:test'
import { Database } from 'bun:sqlite'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { removeFolders } from './helpers/folders'

/**
 * Preloaded by `bun test` (bunfig.toml): gives every test two minutes and its base path, and builds
 * what the browser fetches and the executable when they are missing or older than a source file.
 */
const timeoutMs = 120_000
const root = join(import.meta.dir, '..')
const sources = ['src', 'views', 'static', 'scripts', 'package.json', 'bun.lock']

/** What is tested under a base path; everything else is tested at the root. */
const underBasePath = [
  'test/journeys/',
  'test/browser/conversation.test.ts',
  'test/browser/permalink.test.ts',
]

process.env.CHATROOM_TEST_FOLDERS = 'memory'
afterAll(removeFolders)

// Bun forgets a default timeout with the file that set it, so each test file sets it anew.
Bun.plugin({
  name: 'two minutes for every test',
  setup(build) {
    build.onLoad({ filter: /\.test\.tsx?$/ }, async ({ path }) => {
      // The lint also says why a build fails.
      if (!path.startsWith(join(root, 'test', 'lint'))) buildOnce()
      const isBelow = underBasePath.some((place) => path.startsWith(join(root, place)))
      process.env.CHATROOM_TEST_BASE = isBelow ? '/chat' : ''
      const text = await Bun.file(path).text()
      const setting = `import.meta.require('bun:test').setDefaultTimeout(${timeoutMs});`
      return { contents: setting + text, loader: path.endsWith('x') ? 'tsx' : 'ts' }
    })
  },
})

/**
 * Bun preloads this file for each test file; the environment remembers the first time. The database
 * is the lock: a process that dies, lets go of it.
 */
function buildOnce(): void {
  if (process.env.CHATROOM_TEST_BUILT === 'yes') return
  process.env.CHATROOM_TEST_BUILT = 'yes'
  mkdirSync(join(root, 'dist'), { recursive: true })
  using lock = new Database(join(root, 'dist', 'test-build.lock'))
  lock.run('PRAGMA busy_timeout = 120000')
  lock.run('BEGIN EXCLUSIVE')
  const builtAt = Math.min(
    changedAt(join(root, 'dist', 'static')),
    changedAt(join(root, 'chatroom')),
  )
  const isStale = sources.some((source) => newest(join(root, source)) > builtAt)
  if (isStale) {
    const build = Bun.spawnSync([process.execPath, join(root, 'scripts', 'build.ts')])
    if (!build.success) throw new Error(`The build failed:\n${build.stderr}`)
  }
}

/** When this file, or the newest file or folder below it, was changed. */
function newest(path: string): number {
  const isFolder = statSync(path).isDirectory()
  const below = isFolder ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : []
  return Math.max(changedAt(path), ...below.map((file) => changedAt(join(path, file))))
}

/** 0 for what is not there. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
