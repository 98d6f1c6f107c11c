import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { nameRules } from '../../src/chat/people/name'
import { serverLimits } from '../../src/server/limits'
import type { Database as Sql } from '../../src/store/sql/database'
import { onSqlite } from '../../src/store/sqlite/database'
import { searchIndexFirstMs } from '../../src/store/sqlite/search-backlog'
import { openStore } from '../../src/store/sqlite/sqlite'
import type { Store } from '../../src/store/store'
import { makeFolder, removeFolder } from '../helpers/folders'
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
    async breakLines() {
      db.run(`CREATE TRIGGER planted_1 BEFORE INSERT ON messages WHEN NEW.system IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'planted'); END`)
      db.run(`CREATE TRIGGER planted_2 BEFORE INSERT ON waiting_comings
        BEGIN SELECT RAISE(ABORT, 'planted'); END`)
    },
    async indexed() {
      await waitUntil(() => waiting.get()?.n === 0, 'the index')
    },
    ...createHands(onSqlite(db)),
  }
}

/** What stands for operations that do not exist yet, on any engine. */
export function createHands(db: Sql): Pick<Engine, 'makeRoom' | 'edit' | 'remove' | 'seenAt'> {
  const insertRoom = db.query<{ id: number }, [string]>(
    `INSERT INTO rooms (kind, name, created_at, active_at) VALUES ('closed', ?, 1, 1) RETURNING id`,
  )
  const insertMember = db.query<never, [number, number]>(
    'INSERT INTO memberships (room_id, user_id, joined_at) VALUES (?, ?, 1)',
  )
  const advance = db.query<never, [number]>('UPDATE rooms SET revision = revision + 1 WHERE id = ?')
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
  const remove = change('deleted_at')
  const seen = db.query<{ at: number }, []>('SELECT seen_at AS at FROM sessions')
  return {
    makeRoom: db.transaction(function* (name, members) {
      const id = (yield* insertRoom.get(name))?.id ?? 0
      for (const member of members) yield* insertMember.run(id, member)
      return id
    }),
    edit: change('content'),
    remove: (room, seq) => remove(room, seq, 5),
    seenAt: db.read(function* () {
      return (yield* seen.get())?.at ?? 0
    }),
  }
}
