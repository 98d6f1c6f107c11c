import { createStore, type UseStore } from 'idb-keyval'
import type { Page } from './page'
import type { databaseNames } from './storage'

type DatabaseName = (typeof databaseNames)[number]

/** Opens one of the browser's databases. Every use may fail: a browser may have none. */
export function openDatabase({ instance }: Pick<Page, 'instance'>, name: DatabaseName): UseStore {
  const open = createStore(`chatroom.${instance}.${name}`, name)
  // It throws where the browser has no database; this rejects.
  const store: UseStore = async (mode, work) => open(mode, work)
  // While a page has it open, the database could not be deleted at the log-out.
  void store('readonly', ({ transaction: { db } }) => {
    db.onversionchange = () => db.close()
  }).catch(() => {})
  return store
}
