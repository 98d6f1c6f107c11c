import { SQL } from 'bun'
import { describe } from 'bun:test'
import { once } from '../../../src/shared/once'
import { createDriver, type Driver, writeLock } from '../../../src/store/postgres/driver'
import { migrate } from '../../../src/store/postgres/migrations'
import { openPostgres } from '../../../src/store/postgres/postgres'
import { createSearchIndex } from '../../../src/store/postgres/search-index'
import type { Store } from '../../../src/store/store'
import type { Engine } from '../contract'
import { createHands, rules } from '../engine'
import { hasPostgres, sharedPostgres } from '../../helpers/postgres'
import { makeFolder, removeFolder } from '../../helpers/folders'

/** Tests that need a server; there is none for Windows. */
export function describeOnPostgres(name: string, body: () => void): void {
  if (hasPostgres) describe(name, body)
}

/** A database with our tables, of which the others are copies. */
const template = once(async () => {
  const server = await sharedPostgres()
  const url = await server.create()
  await migrate(url)
  await using sql = new SQL(url, { max: 1 })
  await sql.unsafe(refuseUnordered)
  return new URL(url).pathname.slice(1)
})

/**
 * Who reads hints goes on after the newest id, so they must be stored in the order of their ids:
 * only transactions that exclude each other write them.
 */
const refuseUnordered = `
  CREATE FUNCTION chatroom.refuse_unordered() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = ${writeLock}
      AND mode = 'ExclusiveLock' AND granted AND pid = pg_backend_pid())
    THEN RAISE EXCEPTION 'a hint is written beside transactions'; END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER refuse_unordered BEFORE INSERT ON chatroom.hints FOR EACH ROW
    EXECUTE FUNCTION chatroom.refuse_unordered()`

/** The address of a fresh database with our tables. */
export async function createDatabase(): Promise<string> {
  const server = await sharedPostgres()
  const url = await server.create(await template())
  // Each connection is a process of the server.
  return `${url}?max=1`
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

/** Databases that a test has left, and that were emptied. */
const left: string[] = []

/** Brings a database to the state of a new one: four times as fast as a copy of another one. */
async function empty(url: string): Promise<void> {
  await using sql = new SQL(url, { max: 1 })
  await sql.unsafe(`SET session_replication_role = replica; DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'chatroom'
      AND tablename NOT IN ('format', 'settings')
    LOOP EXECUTE format('DELETE FROM chatroom.%I', name); END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'chatroom'
    LOOP EXECUTE format('ALTER SEQUENCE chatroom.%I RESTART', name); END LOOP;
    DELETE FROM chatroom.settings WHERE key NOT IN ('instance', 'epoch');
    INSERT INTO chatroom.stored_files (owner_id, files, bytes) VALUES (0, 0, 0);
  END $$`)
}

/** A store on a database, which several may have open. */
export async function openStore(url: string, filesFolder: string | null = null): Promise<Store> {
  const store = await openPostgres({ url, ...rules, filesFolder, now: () => 1, acceptsLoss: true })
  if ('problem' in store) throw new Error(store.problem)
  return store
}

/** A store in a database of its own. */
export async function openEngine(): Promise<Engine> {
  const url = left.pop() ?? (await createDatabase())
  const folder = makeFolder()
  let isBroken = false
  const open = () => openStore(url, folder)
  let store = await open()
  const driver = createDriver(url)
  const index = createSearchIndex(driver)
  return {
    store,
    folder,
    async reopen() {
      await store.close()
      store = await open()
      return store
    },
    async breakLines() {
      isBroken = true
      await using sql = new SQL(url, { max: 1 })
      await sql.unsafe(`SET search_path = chatroom, pg_catalog;
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'planted'; END $$;
        CREATE TRIGGER planted BEFORE INSERT ON messages FOR EACH ROW
          WHEN (NEW.system IS NOT NULL) EXECUTE FUNCTION refuse();
        CREATE TRIGGER planted BEFORE INSERT ON waiting_comings FOR EACH ROW
          EXECUTE FUNCTION refuse()`)
    },
    async indexed() {
      while ((await index.takeNext()) > 0);
    },
    async close() {
      await driver.close()
      await store.close()
      removeFolder(folder)
      if (isBroken) return
      await empty(url)
      left.push(url)
    },
    ...createHands(driver),
  }
}
