import { expect, test } from 'bun:test'
import { SQL } from 'bun'
import { openPostgres } from '../../../src/store/postgres/postgres'
import { sharedPostgres } from '../../helpers/postgres'
import { rules } from '../engine'
import { createDatabase, describeOnPostgres } from './databases'

const open = (url: string, acceptsLoss = true) =>
  openPostgres({ url, ...rules, filesFolder: null, now: () => 1, acceptsLoss })

describeOnPostgres('a database on PostgreSQL', () => {
  test('two nodes that start at once make one server, with one first room', async () => {
    const url = await (await sharedPostgres()).create()
    const opened = await Promise.all([open(url), open(url)])
    for (const one of opened) expect(one).not.toHaveProperty('problem')
    await using sql = new SQL(url)
    expect(await sql.unsafe('SELECT name FROM chatroom.rooms')).toHaveLength(1)
    expect(await sql.unsafe('SELECT version::integer FROM chatroom.format')).toHaveLength(1)
    const epochs = opened.map((one) => ('problem' in one ? one.problem : one.epoch))
    expect(epochs[0]).toMatch(/^[0-9a-f]{32}00000001$/)
    expect(epochs[1]).toBe(epochs[0])
    for (const one of opened) if ('close' in one) await one.close()
  })

  test('one of a newer version, and one that may lose messages, are refused', async () => {
    const url = await createDatabase()
    expect(await open(url, false)).toEqual({ problem: expect.stringMatching(/fsync/) })
    await using sql = new SQL(url)
    await sql.unsafe('INSERT INTO chatroom.format (version) VALUES (999)')
    expect(await open(url)).toEqual({ problem: expect.stringMatching(/newer/) })
  })

  test('a standby that does not confirm what it got is refused', async () => {
    const url = await createDatabase()
    await using sql = new SQL(url, { max: 1 })
    await sql.unsafe(`SELECT pg_create_physical_replication_slot('standby')`)
    const found = await open(url, false)
    await sql.unsafe(`SELECT pg_drop_replication_slot('standby')`)
    expect(found).toEqual({ problem: expect.stringMatching(/synchronous_standby_names/) })
  })

  test('a step that fails leaves nothing, and says so in one line', async () => {
    const url = await (await sharedPostgres()).create()
    await using sql = new SQL(url)
    await sql.unsafe('CREATE SCHEMA chatroom; CREATE TABLE chatroom.memberships (in_the_way text)')
    expect(await open(url)).toEqual({ problem: expect.stringMatching(/^[^\n]+$/) })
    const tables = await sql.unsafe(`SELECT tablename FROM pg_tables WHERE schemaname = 'chatroom'`)
    expect(tables.map(({ tablename }: { tablename: string }) => tablename)).toEqual(['memberships'])
  })

  test('nobody answers: the reason is one sentence', async () => {
    expect(await open('postgres://chat@127.0.0.1:1/chat')).toEqual({
      problem: expect.stringMatching(
        /^I cannot use the database 127.0.0.1:1\/chat: nothing answers .*\.$/,
      ),
    })
  })
})
