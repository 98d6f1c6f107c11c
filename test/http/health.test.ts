import { expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { type RunningServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const look = async ({ origin }: RunningServer): Promise<number> =>
  (await fetch(`${origin}/healthz`)).status

/** How often the server has written for a health check. */
function probesOf(server: RunningServer): number {
  const db = new Database(join(server.data, 'chatroom.db'), { readonly: true })
  const sql = `SELECT value FROM settings WHERE key = 'probe'`
  const row = db.query<{ value: string }, []>(sql).get()
  db.close()
  return Number(row?.value ?? 0)
}

test('a thousand health checks write at most once a second', async () => {
  await using server = await startServer()
  const startedAt = performance.now()
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => look(server)))
  const seconds = (performance.now() - startedAt) / 1_000
  expect(answers.every((status) => status === 200)).toBe(true)
  expect(probesOf(server)).toBeGreaterThanOrEqual(1)
  expect(probesOf(server)).toBeLessThanOrEqual(1 + seconds)
})

test('the health check fails while the database cannot be written, and recovers', async () => {
  await using server = await startServer()
  expect(await look(server)).toBe(200)
  const holder = new Database(join(server.data, 'chatroom.db'))
  holder.run('PRAGMA busy_timeout = 5000')
  holder.run('BEGIN IMMEDIATE')
  await waitUntil(async () => (await look(server)) === 503, 'the kept answer to end')
  holder.run('ROLLBACK')
  holder.close()
  await waitUntil(async () => (await look(server)) === 200, 'the database to be free')
})
