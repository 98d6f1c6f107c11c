import { SQL } from 'bun'
import { openPostgres } from '../../../src/store/postgres/postgres'
import { createDriver } from '../../../src/store/postgres/driver'
import { makeFolder, removeFolder } from '../../helpers/server'
import { type Engine, storeContract } from '../contract'
import { createHands, rules } from '../engine'
import { createDatabase, describeOnPostgres } from './databases'

/** A store in a database of its own. */
async function openEngine(): Promise<Engine> {
  const url = await createDatabase()
  const folder = makeFolder()
  const open = async () => {
    const store = await openPostgres({
      url,
      ...rules,
      filesFolder: folder,
      now: () => 1,
      mayLose: true,
    })
    if ('problem' in store) throw new Error(store.problem)
    return store
  }
  let store = await open()
  const driver = createDriver(url)
  return {
    store,
    folder,
    async reopen() {
      await store.close()
      store = await open()
      return store
    },
    async breakLines() {
      await using sql = new SQL(url, { max: 1 })
      await sql.unsafe(`SET search_path = chatroom, pg_catalog;
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'planted'; END $$;
        CREATE TRIGGER planted BEFORE INSERT ON messages FOR EACH ROW
          WHEN (NEW.system IS NOT NULL) EXECUTE FUNCTION refuse();
        CREATE TRIGGER planted BEFORE INSERT ON waiting_comings FOR EACH ROW
          EXECUTE FUNCTION refuse()`)
    },
    async indexed() {},
    async close() {
      await driver.close()
      await store.close()
      removeFolder(folder)
    },
    ...createHands(driver),
  }
}

describeOnPostgres('the contract', () => storeContract('PostgreSQL', openEngine))
