import { describe } from 'bun:test'
import { once } from '../../../src/shared/once'
import { createDriver, type Driver } from '../../../src/store/postgres/driver'
import { migrate } from '../../../src/store/postgres/migrations'
import { openPostgres } from '../../../src/store/postgres/postgres'
import type { Store } from '../../../src/store/store'
import type { Engine } from '../contract'
import { rules } from '../engine'
import { hasPostgres, sharedPostgres } from '../../helpers/postgres'

/** Tests that need a server; there is none for Windows. */
export function describeOnPostgres(name: string, body: () => void): void {
  if (hasPostgres) describe(name, body)
}

/** A database with our tables, of which the others are copies. */
const template = once(async () => {
  const server = await sharedPostgres()
  const url = await server.create()
  await migrate(url)
  return new URL(url).pathname.slice(1)
})

/** The address of a fresh database with our tables. */
export async function createDatabase(): Promise<string> {
  const server = await sharedPostgres()
  return server.create(await template())
}

/** So long a test waits for an answer that does not come. */
const answerMsMax = 1_000

/** Two nodes with one fresh database; they close with the test. */
export async function openNodes(url?: string): Promise<AsyncDisposable & { nodes: Driver[] }> {
  const address = url ?? (await createDatabase())
  const nodes = [createDriver(address, answerMsMax), createDriver(address, answerMsMax)]
  return {
    nodes,
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node.close()))
    },
  }
}

/** A store in a database of its own. */
export async function openStore(url: string): Promise<Store> {
  const store = await openPostgres({ url, ...rules, now: () => 1, mayLose: true })
  if ('problem' in store) throw new Error(store.problem)
  return store
}

/** What the contract asks of an engine. */
export async function openEngine(): Promise<Engine> {
  const url = await createDatabase()
  let store = await openStore(url)
  const db = createDriver(url)
  const advance = db.query<never, [number]>(`UPDATE rooms SET revision = revision + 1 WHERE id = ?`)
  const change = (set: string) => {
    const write = db.query<never, [string | number, number, number]>(
      `UPDATE messages SET ${set} = ?1, revision = (SELECT revision FROM rooms WHERE id = ?2)
       WHERE room_id = ?2 AND seq = ?3`,
    )
    return db.transaction(function* (room: number, seq: number, value: string | number) {
      yield* advance.run(room)
      yield* write.run(value, room, seq)
    })
  }
  const insert = db.query<{ id: number }, [string]>(
    `INSERT INTO rooms (kind, name, created_at, active_at) VALUES ('closed', ?, 1, 1) RETURNING id`,
  )
  const enter = db.query<never, [number, number]>(
    'INSERT INTO memberships (room_id, user_id, joined_at) VALUES (?, ?, 1)',
  )
  const [edit, remove] = [change('content'), change('deleted_at')]
  return {
    store,
    folder: '',
    async reopen() {
      await store.close()
      store = await openStore(url)
      return store
    },
    async close() {
      await db.close()
      await store.close()
    },
    makeRoom: db.transaction(function* (name: string, members: number[]) {
      const { id = 0 } = (yield* insert.get(name)) ?? {}
      for (const member of members) yield* enter.run(id, member)
      return id
    }),
    indexed: async () => {},
    edit,
    remove: (room, seq) => remove(room, seq, 5),
    plant: db.write(function* () {
      yield* db.query(planted).run()
    }),
  }
}

const planted = `DO $$ BEGIN
  CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql
  AS 'BEGIN RAISE EXCEPTION ''planted''; END';
  CREATE TRIGGER planted BEFORE INSERT ON messages
  FOR EACH ROW WHEN (NEW.system IS NOT NULL) EXECUTE FUNCTION planted();
  CREATE TRIGGER planted BEFORE INSERT ON waiting_comings
  FOR EACH ROW EXECUTE FUNCTION planted();
END $$`
