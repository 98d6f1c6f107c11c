import { fold } from '../../shared/fold'
import type { MessageIndex } from '../search/search-index'
import type { NameRules, RoomLimits, Store } from '../store'
import { createAdministration } from './administration'
import { createAttachments } from './attachments'
import type { Database, Work } from './database'
import { createDeviceLinks } from './device-links'
import { createDevices } from './devices'
import { createDoor } from './door'
import { createErasing } from './erasing'
import { createMeasure } from './export'
import { createHolds } from './holds'
import { createInvitations } from './invitations'
import { createMessages } from './messages'
import { createActs } from './person-acts'
import { createPush } from './push'
import { createReports } from './reports'
import { createRoomLife } from './room-life'
import { createRooms } from './rooms'
import { createSessions } from './sessions'
import { createSystemLines } from './system-lines'
import { createTimes } from './times'
import { createUsers } from './users'

/** What a store is opened with, on every engine. */
export type StoreOptions = {
  /** The room everybody joins, asked for when the database is new. */
  firstRoom: () => { name: string; folded: string; skeleton: string }
  now: () => number
  names: NameRules
  roomLimits: RoomLimits
  /** Whether the first room is told who is new. */
  arrivals?: boolean
}

/** What each engine does in its own way. */
type Engine = {
  append: Store['messages']['append']
  index: MessageIndex
  onNewEpoch: (epoch: string) => void
}

/** The parts of a store whose statements both engines read. */
export type Parts = Omit<
  Store,
  'epoch' | 'instance' | 'filesId' | 'nodes' | 'search' | 'readOn' | 'assets' | 'space' | 'close'
>

/** Makes the parts of a store that need no more than statements. */
export function createParts(
  db: Database,
  { arrivals = false, names, roomLimits }: StoreOptions,
  { append, index, onNewEpoch }: Engine,
): Parts {
  const lines = createSystemLines(db)
  const writeProbe = db.query<never, []>(
    `INSERT INTO settings (key, value) VALUES ('probe', '1') ON CONFLICT (key)
     DO UPDATE SET value = CAST(CAST(settings.value AS INTEGER) + 1 AS TEXT)`,
  )
  return {
    users: createUsers(db, lines, { arrivals }),
    sessions: createSessions(db, lines.write),
    devices: createDevices(db),
    door: createDoor(db),
    administration: createAdministration(db),
    acts: createActs(db, index, lines),
    reports: createReports(db, index),
    rooms: createRooms(db, roomLimits, lines.write),
    holds: createHolds(db, lines.write),
    roomLife: { ...createRoomLife(db, names, lines.write), ...createErasing(db, index) },
    deviceLinks: createDeviceLinks(db),
    push: createPush(db),
    invitations: createInvitations(db, roomLimits),
    messages: { append, ...createMessages(db, index) },
    systemLines: lines,
    times: createTimes(db, index, onNewEpoch),
    attachments: createAttachments(db),
    measure: createMeasure(db),
    probe: db.write(function* () {
      yield* writeProbe.run()
    }),
  }
}

/** Makes the room that everybody joins, in a new database. */
export function* createFirstRoom(db: Database, { firstRoom, now }: StoreOptions): Work<void> {
  const any = db.query<unknown, []>('SELECT 1 FROM rooms LIMIT 1')
  if ((yield* any.get()) !== null) return
  const first = firstRoom()
  const insert = db.query<never, [object]>(
    `INSERT INTO rooms (kind, name, name_folded, name_skeleton, name_sought, created_at, active_at)
     VALUES ('open', $name, $folded, $skeleton, $sought, $createdAt, $createdAt)`,
  )
  yield* insert.run({ ...first, sought: fold(first.name), createdAt: now() })
}
