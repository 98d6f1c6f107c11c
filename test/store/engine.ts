import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { nameRules } from '../../src/chat/people/name'
import { serverLimits } from '../../src/server/limits'
import { searchIndexFirstMs } from '../../src/store/search/search-backlog'
import { openStore } from '../../src/store/sqlite/sqlite'
import type { Store } from '../../src/store/store'
import { makeFolder, removeFolder } from '../helpers/server'
import type { Engine } from './contract'
import { waitUntil } from '../helpers/wait'

export const firstRoom = () => ({ name: 'general', folded: 'general', skeleton: 'general' })

/** What a store of the tests knows of names and limits. */
export const rules = { firstRoom, names: nameRules, roomLimits: serverLimits.rooms }

/** Opens the store in a folder that the caller removes. */
export function open(folder: string, indexPauseMsMax: number = searchIndexFirstMs): Store {
  const store = openStore({ folder, ...rules, now: () => 1, indexPauseMsMax })
  if ('problem' in store) throw new Error(store.problem)
  return store
}

/** A store in a folder of its own, which goes when it is closed. */
export async function openEngine(indexPauseMsMax?: number): Promise<Engine> {
  const folder = makeFolder()
  let store = open(folder, indexPauseMsMax)
  // A second connection stands for the operations that do not exist yet.
  const db = new Database(join(folder, 'chatroom.db'), { strict: true })
  const waiting = db.query<{ n: number }, []>(
    `SELECT count(*) AS n FROM messages
     WHERE system IS NULL
       AND id > (SELECT value + 0 FROM settings WHERE key = 'search_indexed_to')`,
  )
  const change = (room: number, seq: number, set: string, value: string | number): void => {
    db.run('UPDATE rooms SET revision = revision + 1 WHERE id = ?', [room])
    db.run(
      `UPDATE messages SET ${set} = ?, revision = (SELECT revision FROM rooms WHERE id = ?)
       WHERE room_id = ? AND seq = ?`,
      [value, room, room, seq],
    )
  }
  return {
    store,
    folder,
    async reopen() {
      await store.close()
      store = open(folder, indexPauseMsMax)
      return store
    },
    async close() {
      db.close()
      await store.close()
      removeFolder(folder)
    },
    async makeRoom(name, members) {
      const insert = `INSERT INTO rooms (kind, name, created_at, active_at)
        VALUES ('closed', ?, 1, 1) RETURNING id`
      const id = db.query<{ id: number }, [string]>(insert).get(name)?.id ?? 0
      for (const member of members) {
        db.run('INSERT INTO memberships (room_id, user_id, joined_at) VALUES (?, ?, 1)', [
          id,
          member,
        ])
      }
      return id
    },
    async indexed() {
      await waitUntil(() => waiting.get()?.n === 0, 'the index')
    },
    edit: async (room, seq, content) => change(room, seq, 'content', content),
    remove: async (room, seq) => change(room, seq, 'deleted_at', 5),
    async plant() {
      db.run(`CREATE TRIGGER planted_1 BEFORE INSERT ON messages WHEN NEW.system IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'planted'); END`)
      db.run(`CREATE TRIGGER planted_2 BEFORE INSERT ON waiting_comings
        BEGIN SELECT RAISE(ABORT, 'planted'); END`)
    },
  }
}
