import { watch } from 'node:fs'
import { join } from 'node:path'
import { buildStatic } from './build'

/**
 * Runs the server from source. A change rebuilds the island and the styles and restarts the server;
 * open pages reload. Flags are passed on: `bun run dev --port 4000`.
 */
const root = join(import.meta.dir, '..')
const settleMs = 80
let server: Bun.Subprocess | null = null
let timer: Timer | undefined

async function restart(): Promise<void> {
  try {
    await buildStatic()
  } catch (fault) {
    // A file with a syntax error must not stop the watching.
    return console.error(fault)
  }
  server?.kill('SIGTERM')
  await server?.exited
  server = Bun.spawn(['bun', join(root, 'src/main.ts'), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit'],
    env: { ...process.env, CHATROOM_DEVELOPMENT: 'on' },
  })
}

for (const folder of ['src', 'views', 'static']) {
  watch(join(root, folder), { recursive: true }, () => {
    clearTimeout(timer)
    timer = setTimeout(() => void restart(), settleMs)
  })
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    server?.kill('SIGTERM')
    void server?.exited.then(() => process.exit(0))
  })
}
await restart()
