import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { howFlags, soakAlone, tryAlone } from './alone'
import { promises } from './promises'

/**
 * `bun run test:faults [P1 …]`: builds, tries each promise at full size, one after another, prints
 * a line of JSON per promise, then a table; ends with 1 when one is broken. `--small` takes the
 * suite's sizes, `--seed N` another seed than the fixed one, `--no-build` what was built before;
 * `--no-control` leaves out the planted faults. `soak` runs for half an hour (soak.ts).
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...howFlags,
    build: { type: 'boolean', default: true },
    minutes: { type: 'string' },
    guests: { type: 'string' },
    tempo: { type: 'string' },
  },
  allowNegative: true,
})
const unknown = positionals.filter(
  (name) => name !== 'soak' && promises.every(({ id, alias }) => id !== name && alias !== name),
)
if (unknown.length > 0) {
  console.error(`No promise is called ${unknown.join(', ')}: ${promises.map(({ id }) => id)}`)
  process.exit(2)
}
if (values.build) await build()
if (positionals.includes('soak')) {
  const given = Object.entries(values).filter(([name]) =>
    /^(minutes|guests|seed|tempo)$/.test(name),
  )
  process.exit(await soakAlone(given.map(([name, value]) => `--${name}=${value}`)))
}
const flags = [
  ...(values.small ? ['--small'] : []),
  ...(values.control ? [] : ['--no-control']),
  ...(values.seed === undefined ? [] : [`--seed=${values.seed}`]),
]
const rows: string[] = []
let isBroken = false
for (const { id, alias = id, says } of promises) {
  const isMeant = positionals.includes(id) || positionals.includes(alias)
  if (positionals.length > 0 && !isMeant) continue
  const { figures, broken, seconds } = await tryAlone(id, flags)
  const holds = broken.length === 0
  console.log(JSON.stringify({ promise: id, holds, seconds, ...figures, broken }))
  if (!holds) isBroken = true
  const list = Object.entries(figures).map(([name, value]) => `${name} ${value}`)
  rows.push(`${id.padEnd(4)} ${holds ? 'holds' : 'BROKEN'}  ${seconds} s  ${says}`)
  rows.push(...broken.map((sentence) => `     ! ${sentence}`), `     ${list.join(', ')}`)
}
console.log(`\n${rows.join('\n')}`)
process.exit(isBroken ? 1 : 0)

async function build(): Promise<void> {
  const script = join(import.meta.dir, '..', '..', 'scripts', 'build.ts')
  const child = Bun.spawn([process.execPath, script], { stdout: 'ignore', stderr: 'inherit' })
  if ((await child.exited) !== 0) process.exit(1)
}
