import type { Database, Work } from './database'
import type { StorageUse, Store, User } from '../store'
import { actorOf } from './acts'
import { userColumns } from './persons'
import { mayOnServer } from './rights'

/** Rooms and people that take most are listed, the others are in the sums. */
const listedMax = 50

/** What takes space; triggers count the files of each room and person. */
export function createStorage(db: Database): Pick<Store['administration'], 'storage'> {
  const ask = db.query<unknown, [Uint8Array]>(
    `SELECT 1 WHERE ${mayOnServer('storage.read', actorOf)}`,
  )
  // Private conversations are one row: who talks to whom is theirs.
  const rooms = db.query<StorageUse['rooms'][number], []>(
    `SELECT min(iif(kind = 'direct', NULL, rooms.id)) AS room,
       min(iif(kind = 'direct', '', name)) AS name,
       sum(files) AS files, sum(bytes) AS bytes
     FROM room_files JOIN rooms ON rooms.id = room_id WHERE files > 0
     GROUP BY iif(kind = 'direct', 0, rooms.id) ORDER BY bytes DESC LIMIT ${listedMax}`,
  )
  const people = db.query<User & { files: number; bytes: number }, []>(
    `SELECT ${userColumns()}, files, bytes FROM stored_files JOIN users ON users.id = owner_id
     WHERE files > 0 ORDER BY bytes DESC LIMIT ${listedMax}`,
  )
  const all = db.query<StorageUse['all'], []>(
    `SELECT files, bytes FROM stored_files WHERE owner_id = 0`,
  )
  const unused = db.query<StorageUse['unused'], []>(
    `SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes, min(created_at) AS oldestAt
     FROM attachments WHERE used_as IS NULL`,
  )
  const pages = db.query<{ bytes: number }, []>(
    `SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size`,
  )
  const read = db.transaction(function* (acting: Uint8Array): Work<StorageUse | null> {
    if ((yield* ask.get(acting)) === null) return null
    return {
      rooms: yield* rooms.all(),
      people: (yield* people.all()).map(({ files, bytes, ...user }) => ({ user, files, bytes })),
      all: (yield* all.get()) ?? { files: 0, bytes: 0 },
      unused: (yield* unused.get()) ?? { files: 0, bytes: 0, oldestAt: null },
      databaseBytes: (yield* pages.get())?.bytes ?? 0,
    }
  })
  return { storage: async (acting) => read(acting) }
}
