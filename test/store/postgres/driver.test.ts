import { Database as Sqlite } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { sharedPostgres, startPostgres } from '../../helpers/postgres'
import { createTcpProxy } from '../../helpers/tcp-proxy'
import { waitUntil } from '../../helpers/wait'
import { createDriver, type Driver } from '../../../src/store/postgres/driver'
import { storageReasonOf } from '../../../src/store/storage-fault'
import { createDatabase, describeOnPostgres, openNodes } from './databases'

/** The same statements in both engines, one after another; what they give must be the same. */
const statements: [sql: string, ...values: unknown[]][] = [
  [
    `CREATE TABLE things
       (id bigint PRIMARY KEY, name text, bytes bytea, is_good bigint, at bigint)`,
  ],
  [
    `INSERT INTO things (id, name, bytes, is_good, at) VALUES (?, ?, ?, ?, ?)`,
    ...[1, 'one', new Uint8Array([0, 1, 255]), true, 1_764_340_000_000],
  ],
  [
    `INSERT INTO things (id, name, is_good) VALUES ($id, $name, $isGood) RETURNING id AS itsId`,
    { id: 2, name: `it's "2" ?1 $id`, isGood: false, more: 1 },
  ],
  [`SELECT id, name, bytes, is_good AS isGood, at, id = 1 AS isFirst FROM things ORDER BY id`],
  [`SELECT id FROM things WHERE name = ? AND id < ? OR name = ?1 || '' ORDER BY id`, 'one', 9],
  [`SELECT ?2 AS second, ? AS third, ?1 AS first`, 'a', 'b', 'c'],
  [`SELECT id FROM things WHERE ?1 IS NULL OR id < ?1 ORDER BY id`, null],
  [`SELECT id FROM things WHERE ?1 IS NULL OR id < ?1 ORDER BY id`, 2],
  [`SELECT id FROM things WHERE bytes IS ? ORDER BY id`, null],
  [`SELECT id FROM things WHERE bytes IS $it ORDER BY id`, { it: new Uint8Array([0, 1, 255]) }],
  [`SELECT id FROM things WHERE name IS NOT ? -- not that one, it's ours`, 'one'],
  [`SELECT id FROM things WHERE (name IS NOT NULL) = ? ORDER BY id`, true],
  [`SELECT id FROM things ORDER BY id DESC LIMIT -1 OFFSET ?`, 1],
  [
    `SELECT iif(id = 1, iif(?1 = 1, 'yes, (it) is', 'no'), NULL) AS said FROM things ORDER BY id`,
    1,
  ],
  [
    `SELECT json_array(id, name, NULL, iif(is_good = 1, 'good', NULL)) AS list
     FROM things WHERE id = 1`,
  ],
  [`SELECT json_group_array(json_array(id, at) ORDER BY id DESC) AS list FROM things`],
  [`SELECT nullif(json_group_array(json_array(id)), '[]') AS list FROM things WHERE id > 9`],
  [`SELECT group_concat(name, ', ' ORDER BY id DESC) AS names FROM things`],
  [
    `SELECT value ->> 'name' AS name, key FROM json_each(?) WHERE value ->> 'type' LIKE 'image/%'`,
    '[{"name":"a","type":"image/png"},{"name":"b","type":"text"}]',
  ],
  [
    `SELECT CAST(value ->> 0 AS INTEGER) AS id, CAST(value ->> 1 AS INTEGER) AS by
     FROM json_each(?, '$.people')`,
    '{"people":[[7,null],[8,1]]}',
  ],
  [`SELECT id FROM things WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`, '[2,3]'],
  [
    `SELECT max(id, 1) AS a, min(?1, id + 1) AS b, max(0, name = 'one') AS c
     FROM things ORDER BY id`,
    2,
  ],
  [`SELECT count(*) AS n, sum(id) AS sum, max(at) AS at FROM things`],
  [`SELECT instr(name, ?) AS at, instr(name, '') AS first FROM things ORDER BY id`, 'n'],
  [`SELECT a.id FROM things AS a CROSS JOIN things AS b ON b.id = a.id ORDER BY a.id`],
  [`SELECT id FROM things WHERE name < 'one' || char(0x10ffff) AND name >= 'o' ORDER BY id`],
  [`SELECT name FROM (SELECT 'Z' AS name UNION ALL SELECT 'a' UNION ALL SELECT 'é') ORDER BY name`],
  [
    `SELECT unixepoch() > 1764000000 AS isNow,
       CAST(unixepoch('subsec') * 1000 AS INTEGER) > 5 AS isLate`,
  ],
  [`UPDATE things SET at = min(at, ?) WHERE id IN (1, 2)`, 3],
  [`INSERT INTO things (id) VALUES (1) ON CONFLICT DO NOTHING`],
  [`DELETE FROM things WHERE id > ? RETURNING name, at`, 0],
]

describeOnPostgres('statements on PostgreSQL', () => {
  // The second: behind a pool that knows nothing but transactions.
  test.each(['', '&prepare=false'])('each gives what it gives in SQLite %s', async (way) => {
    await using opened = await openNodes(`${await createDatabase()}${way}`)
    const [node] = opened.nodes
    using sqlite = new Sqlite(':memory:', { strict: true })
    for (const [sql, ...values] of statements) {
      const expected = sqlite.query(sql).all(...(values as []))
      const found = await node?.transaction(function* () {
        return yield* node.query<unknown, unknown[]>(sql).all(...values)
      })()
      const plain = JSON.parse(JSON.stringify(found), spaceless)
      expect({ sql, rows: plain }).toEqual({
        sql,
        rows: JSON.parse(JSON.stringify(expected), spaceless),
      })
    }
  })

  test('a statement without one of its values is refused', async () => {
    await using opened = await openNodes()
    const [node] = opened.nodes
    const bad = node?.read(function* () {
      return yield* node.query('SELECT $a AS a, $b AS b').get({ a: 1 })
    })
    expect(bad?.()).rejects.toThrow('b')
  })
})

/** PostgreSQL sets a space after each comma of JSON. */
function spaceless(_: string, value: unknown): unknown {
  return typeof value === 'string' && /^\[/.test(value) ? JSON.parse(value) : value
}

const readValue = `SELECT value FROM settings WHERE key = 'counted'`

/** Reads and writes a number in two statements. */
function counterOf(node: Driver) {
  const find = node.query<{ value: string }, []>(readValue)
  const write = node.query<never, [string]>(
    `INSERT INTO settings (key, value) VALUES ('counted', ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  )
  return {
    count: node.transaction(function* () {
      const next = Number((yield* find.get())?.value ?? 0) + 1
      yield* write.run(String(next))
      return next
    }),
    read: node.read(function* () {
      return Number((yield* find.get())?.value ?? 0)
    }),
  }
}

describeOnPostgres('transactions on PostgreSQL', () => {
  test('of two nodes that read and write the same, nobody overwrites', async () => {
    await using opened = await openNodes()
    const counters = opened.nodes.map(counterOf)
    const all = Array.from({ length: 12 }, () => counters.map(({ count }) => count())).flat()
    expect((await Promise.all(all)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 24 }, (_, n) => n + 1),
    )
  })

  test('what fails leaves nothing, and the next one is not hindered', async () => {
    await using opened = await openNodes()
    const [node] = opened.nodes
    if (node === undefined) throw new Error('there are two nodes')
    const { count, read } = counterOf(node)
    const fails = node.transaction(function* () {
      yield* node.query(`INSERT INTO settings (key, value) VALUES ('counted', '7')`).run()
      throw new Error('on purpose')
    })
    expect(fails()).rejects.toThrow('on purpose')
    expect(await read()).toBe(0)
    expect(await count()).toBe(1)
  })

  test('what follows a transaction is done once, and only when it is stored', async () => {
    await using away = await behindProxy()
    const { node, proxy } = away
    const find = node.query<{ value: string }, []>(readValue)
    const done: string[] = []
    const act = node.transaction(function* (what: string) {
      node.afterCommit(() => void done.push(what))
      yield* find.get()
      if (done.includes(what)) throw new Error('too early')
      if (what === 'fails') throw new Error('on purpose')
      yield* node.query(`DELETE FROM settings WHERE key = 'counted'`).run()
    })
    await act('first')
    proxy.cutAfter(/DELETE/)
    await Promise.all([act('second'), act('third')])
    expect(act('fails')).rejects.toThrow('on purpose')
    proxy.cutAfter(/COMMIT(?!TED)/)
    await act('unknown').catch(() => {})
    expect(done.toSorted()).toEqual(['first', 'second', 'third'])
  })

  test('all statements of a read see one moment', async () => {
    await using opened = await openNodes()
    const [node, other] = opened.nodes
    if (node === undefined || other === undefined) throw new Error('there are two nodes')
    const find = node.query<{ value: string }, []>(readValue)
    const sleep = node.query<unknown, []>(`SELECT pg_sleep(0.5)::text, 'asleep'`)
    const sleepers = other.query<{ n: number }, []>(
      `SELECT count(*) AS n FROM pg_stat_activity
       WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'`,
    )
    const read = node.read(function* () {
      const before = yield* find.get()
      yield* sleep.get()
      return [before, yield* find.get()]
    })
    const { count } = counterOf(other)
    await count()
    const seen = read()
    const isAsleep = other.read(function* () {
      return ((yield* sleepers.get())?.n ?? 0) > 0
    })
    await waitUntil(isAsleep, 'the read to sleep')
    await count()
    expect(await seen).toEqual([{ value: '1' }, { value: '1' }])
  })

  test('a node that is stopped within a transaction does not hold up the others', async () => {
    await using opened = await openNodes()
    const [stopped, other] = opened.nodes
    if (stopped === undefined || other === undefined) throw new Error('there are two nodes')
    const { count } = counterOf(other)
    const begin = ['BEGIN', 'SELECT pg_advisory_xact_lock(1667785076)']
    const [begun, idle] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const held = stopped.writer.hold(begin, async (send) => {
      await send({ sql: 'SELECT 1', values: [] })
      begun.resolve()
      await idle.promise
    })
    await begun.promise
    expect(await count()).toBe(1)
    idle.resolve()
    await held.catch(() => {})
    expect(await counterOf(stopped).count()).toBe(2)
  })
})

describeOnPostgres('a database that goes away', () => {
  test('a server that restarts is asked again', async () => {
    const server = await startPostgres()
    const address = await server.create()
    await using opened = await openNodes(address)
    const [node] = opened.nodes
    const one = node?.query<{ one: number }, []>('SELECT 1 AS one')
    const read = node?.read(() => one!.get())
    expect(await read?.()).toEqual({ one: 1 })
    await server.restart()
    expect(await read?.()).toEqual({ one: 1 })
    await server.stop()
    const fault = await read?.().then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(storageReasonOf(fault)).toBe('away')
  })

  test('what fails because the connection is gone is asked again', async () => {
    await using away = await behindProxy()
    const { count, read } = counterOf(away.node)
    away.proxy.cutAfter(/SELECT value/)
    expect(await read()).toBe(0)
    away.proxy.cutAfter(/SELECT value/)
    expect(await count()).toBe(1)
  })

  test('an answer that never comes is not waited for, and the next one comes', async () => {
    await using away = await behindProxy()
    const { count, read } = counterOf(away.node)
    await count()
    away.proxy.swallow()
    for (const act of [read, count]) {
      const fault = await act().then(
        () => null,
        (thrown: unknown) => thrown,
      )
      expect(storageReasonOf(fault)).toBe('away')
    }
    away.proxy.open()
    expect(await read()).toBe(1)
    expect(await count()).toBe(2)
  })

  test('what may have been stored is not tried again', async () => {
    await using away = await behindProxy()
    const { count, read } = counterOf(away.node)
    await count()
    away.proxy.cutAfter(/COMMIT(?!TED)/)
    const fault = await count().then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(storageReasonOf(fault)).toBe('away')
    expect(await read()).toBe(2)
  })
})

/** A node that reaches its database through a line that can be cut. */
async function behindProxy() {
  const url = new URL(await createDatabase())
  const proxy = createTcpProxy((await sharedPostgres()).port)
  url.port = String(proxy.port)
  const node = createDriver(url.href, 600)
  return {
    node,
    proxy,
    async [Symbol.asyncDispose]() {
      await node.close()
      proxy.close()
    },
  }
}
