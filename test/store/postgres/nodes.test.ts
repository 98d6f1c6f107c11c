import { expect, test } from 'bun:test'
import { createDriver } from '../../../src/store/postgres/driver'
import type { Store } from '../../../src/store/store'
import { join } from '../people'
import { createDatabase, describeOnPostgres, openStore } from './databases'

async function openTwo() {
  const url = await createDatabase()
  const stores = await Promise.all([openStore(url), openStore(url)])
  const [first, second] = stores.map(nodesOf)
  if (first === undefined || second === undefined) throw new Error('Two were opened')
  return {
    ...{ url, first, second, store: stores[0] },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(stores.map((store) => store.close()))
    },
  }
}

function nodesOf({ nodes }: Store) {
  if (nodes === null) throw new Error('PostgreSQL has nodes')
  return nodes
}

async function run(url: string, sql: string): Promise<void> {
  const db = createDriver(url)
  await db.write(function* () {
    yield* db.query(sql).run()
  })()
  await db.close()
}

describeOnPostgres('nodes', () => {
  test('a job is done by one node, and by another when that has ended', async () => {
    await using two = await openTwo()
    const { first, second, url } = two
    expect(await first.claim('job', 60_000)).toBe(true)
    expect(await second.claim('job', 60_000)).toBe(false)
    expect(await first.claim('job', 60_000)).toBe(true)
    expect(await second.claim('another', 60_000)).toBe(true)
    await run(url, `UPDATE jobs SET until = clock_timestamp() - interval '1 second'`)
    expect(await second.claim('job', 60_000)).toBe(true)
    expect(await first.claim('job', 60_000)).toBe(false)
  })

  test('a hint names who did it, and who slept for long learns that some are gone', async () => {
    await using two = await openTwo()
    const { first, second, store, url } = two
    const before = await first.newestHint()
    await join(store, 'Ada', 1)
    expect(await first.hintsAfter(before)).toMatchObject([{ kind: 'member', isOwn: true }])
    expect(await second.hintsAfter(before)).toMatchObject([{ kind: 'member', isOwn: false }])
    await second.tidy()
    expect(await first.isForgotten(before)).toBe(false)
    await run(url, `UPDATE hints SET at = at - interval '1 day'`)
    await second.tidy()
    expect(await first.isForgotten(before)).toBe(true)
    expect(await first.isForgotten(await first.newestHint())).toBe(false)
  })
})
