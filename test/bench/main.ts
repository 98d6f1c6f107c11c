import { join } from 'node:path'
import { type Figure, printLines, printTable } from './figures'
import { benchIdle } from './idle'
import { benchPage } from './page'
import { benchStart } from './start'
import { benchStore } from './store'
import { benchStorm } from './storm'
import { benchTalk, scenarios } from './talk'

/**
 * `bun run bench [name…]`: builds, measures what is named (without a name all of `benches`), prints
 * a line of JSON per figure and contender, then tables. `--no-build` takes what was built before,
 * `--only=floor,html` compares only these, `--large` takes the store to five million messages.
 */
const benches: Record<string, () => AsyncGenerator<Figure[]>> = {
  hundred: () => benchTalk(scenarios.hundred),
  thousand: () => benchTalk(scenarios.thousand),
  rooms: () => benchTalk(scenarios.rooms),
  readers: () => benchTalk(scenarios.readers),
  storm: benchStorm,
  idle: benchIdle,
  start: benchStart,
  store: benchStore,
  page: benchPage,
}

/** Measurements that are programs of their own, and print what they find: run when named. */
const programs = new Map<string, string>()
for await (const file of new Bun.Glob('*.{ts,tsx}').scan({ cwd: import.meta.dir })) {
  const text = await Bun.file(join(import.meta.dir, file)).text()
  if (/^if \(import\.meta\.main\)/m.test(text)) programs.set(file.replace(/\.tsx?$/, ''), file)
}

const words = process.argv.slice(2)
const named = words.filter((word) => !word.startsWith('--'))
const known = [...Object.keys(benches), ...programs.keys()]
const unknown = named.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(', ')}: ${known.join(', ')}`)
  process.exit(2)
}
if (!words.includes('--no-build')) await build()
const figures: Figure[] = []
for (const [name, bench] of Object.entries(benches)) {
  if (named.length > 0 && !named.includes(name)) continue
  for await (const found of bench()) {
    printLines(found)
    figures.push(...found)
  }
}
for (const name of named) {
  const file = programs.get(name)
  if (file === undefined) continue
  const command = [process.execPath, join(import.meta.dir, file)]
  await Bun.spawn(command, { stdout: 'inherit', stderr: 'inherit' }).exited
}
printTable(figures)
process.exit(0)

async function build(): Promise<void> {
  const script = join(import.meta.dir, '..', '..', 'scripts', 'build.ts')
  const child = Bun.spawn([process.execPath, script], { stdout: 'ignore', stderr: 'inherit' })
  if ((await child.exited) !== 0) process.exit(1)
}
