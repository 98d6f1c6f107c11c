import { type Database, type Work, workOn } from './database'
import type { Message, NewLine, RoomFacts, Store, SystemLine } from '../store'
import { type MessageRow, selectMessages, toMessage } from './message-rows'

/** What happened so soon after the same is added to its line. */
const sameLineMs = 5 * 60_000
/** Lines of a room among which the same is looked for. */
const linesBack = 20
/** People a line names; the others are counted. */
const peopleMax = 20

export type SystemLines = Store['systemLines'] & {
  /** Writes a line in the transaction of what it tells; nothing in direct rooms. */
  write: (line: NewLine) => Work<void>
  /** Tells the rooms in which a person spoke lately that their name is another one. */
  renamed: (user: number, from: string, to: string, at: number) => Work<void>
  /** Deletes a line that tells a topic, and the topic itself; gives the room that had it. */
  withdrawTopic: (room: number, seq: number, at: number) => Work<(RoomFacts & { room: number })[]>
}

/** As it is stored: people as ids, the second of a pair invited the first. */
type StoredLine = Omit<SystemLine, 'people'> & { people: [id: number, by: number | null][] }

type Known = { seq: number; author: number; line: StoredLine }
type Written = { room: number; seq: number; revision: number }

/**
 * System lines: rows among the messages, with a place and a revision. The first who joins
 * gets a line with the membership; those who follow within five minutes wait for `gather`, which
 * adds all of them with one revision, so that a thousand arrivals cost a room a few.
 */
export function createSystemLines(db: Database): SystemLines {
  const statements = prepare(db)
  /** Not published yet. */
  let written: Written[] = []
  const note = (one: Written): void => db.afterCommit(() => void written.push(one))
  const gather = db.transaction(function* () {
    for (const { room } of yield* statements.waitingRooms.all()) {
      for (const kind of ['joined', 'left'] as const) yield* gatherOne(statements, note, room, kind)
    }
  })
  const isAnyWaiting = db.read(() => statements.isAnyWaiting.get())
  const read = db.read(function* (taken: Written[]) {
    return (yield* workOn(taken, (one) => readWritten(statements, one))).flat()
  })
  const write = function* (line: NewLine): Work<void> {
    if ((yield* statements.isShared.get(line.room)) !== null)
      yield* writeLine(statements, note, line)
  }
  return {
    write,
    *renamed(author, from, to, at) {
      const rooms = yield* statements.spokenIn.all(author)
      for (const { room } of rooms) yield* write({ kind: 'nickname', room, author, from, to, at })
    },
    withdrawTopic: (room, seq, at) => withdrawTopic(statements, note, { room, seq }, at),
    async gather() {
      if ((await isAnyWaiting()) !== null) await gather()
    },
    async take() {
      const taken = written
      written = []
      return taken.length === 0 ? [] : read(taken)
    },
  }
}

type Statements = ReturnType<typeof prepare>
type Note = (one: Written) => void

function* writeLine(statements: Statements, note: Note, line: NewLine): Work<void> {
  const { kind, room, author, at, person, by = null, from = '', to = '' } = line
  const isPlain = kind === 'joined' || kind === 'left'
  // A switch stands between the messages that it allowed and those that it did not.
  const isSwitch = kind === 'writers' || kind === 'slow' || kind === 'locked'
  const known = isSwitch
    ? null
    : yield* findSame(statements, room, kind, isPlain ? null : author, at)
  const people: StoredLine['people'] = person === undefined ? [] : [[person, by]]
  // Somebody who comes or goes twice is told twice.
  const isNamed =
    known?.line.people.some(([id]) => id === person) === true ||
    (person !== undefined && (yield* statements.isWaiting.get(room, kind, person)) !== null)
  if (known === null || isNamed) {
    // Those who wait belong to the line before it.
    if (isPlain) yield* gatherOne(statements, note, room, kind)
    const fresh = { kind, people, count: people.length, from, to }
    return yield* insertLine(statements, note, room, author, fresh, at)
  }
  if (isPlain && person !== undefined) {
    return void (yield* statements.wait.run(room, kind, person, by, at))
  }
  // Back to what it was before: there is nothing to tell.
  const isUndone = person === undefined && known.line.from === to
  const texts = isUndone ? { from: '', to: '' } : { to }
  const more = addPeople({ ...known.line, ...texts }, people)
  yield* change(statements, note, room, { ...known, line: more }, isUndone ? at : null)
}

/** The next line tells from which topic, and goes on without it. */
function* withdrawTopic(
  statements: Statements,
  note: Note,
  { room, seq }: { room: number; seq: number },
  at: number,
): Work<(RoomFacts & { room: number })[]> {
  const [withdrawn, next] = yield* statements.topics.all(room, seq)
  if (withdrawn === undefined) return []
  const line: StoredLine = JSON.parse(withdrawn.line)
  const known = { ...withdrawn, line: { ...line, from: '', to: '' } }
  yield* change(statements, note, room, known, at)
  if (next === undefined) return yield* statements.dropTopic.all(room, line.to)
  const later: StoredLine = JSON.parse(next.line)
  if (later.from !== line.to) return []
  yield* change(statements, note, room, { ...next, line: { ...later, from: '' } }, null)
  return []
}

/** Those who wait are added to the newest line of their kind. */
function* gatherOne(
  statements: Statements,
  note: Note,
  room: number,
  kind: 'joined' | 'left',
): Work<void> {
  const waiting = yield* statements.waiting.all(room, kind)
  const [first] = waiting
  if (first === undefined) return
  yield* statements.dropWaiting.run(room, kind)
  const people = waiting.map(({ user, by }): [number, number | null] => [user, by])
  const known = yield* findSame(statements, room, kind, null, first.at)
  if (known === null) {
    const fresh = addPeople({ kind, people: [], count: 0, from: '', to: '' }, people)
    return yield* insertLine(statements, note, room, first.user, fresh, first.at)
  }
  const line = addPeople(known.line, people)
  if (line.count > known.line.count) yield* change(statements, note, room, { ...known, line }, null)
}

/** Adds those whom it does not name yet. */
function addPeople(line: StoredLine, people: StoredLine['people']): StoredLine {
  const named = new Map(line.people)
  const fresh = [...new Map(people)].filter(([id]) => !named.has(id))
  return {
    ...line,
    people: [...line.people, ...fresh].slice(0, peopleMax),
    count: line.count + fresh.length,
  }
}

/** The line that tells the same, a short time before; of the same author unless that is null. */
function* findSame(
  { find }: Statements,
  room: number,
  kind: SystemLine['kind'],
  author: number | null,
  at: number,
): Work<Known | null> {
  const found = yield* find.get(room, kind, author, at - sameLineMs, at)
  return found === null ? null : { ...found, line: JSON.parse(found.line) }
}

function* insertLine(
  statements: Statements,
  note: Note,
  room: number,
  author: number,
  line: StoredLine,
  at: number,
): Work<void> {
  const { revision = 0 } = (yield* statements.advance.get(room)) ?? {}
  yield* statements.insert.run(
    room,
    revision,
    author,
    `@${room}.${revision}`,
    JSON.stringify(line),
    at,
  )
  note({ room, seq: revision, revision })
}

function* change(
  statements: Statements,
  note: Note,
  room: number,
  { seq, line }: Known,
  deletedAt: number | null,
): Work<void> {
  const { revision = 0 } = (yield* statements.advance.get(room)) ?? {}
  yield* statements.change.run(room, seq, revision, JSON.stringify(line), deletedAt)
  note({ room, seq, revision })
}

function* readWritten({ read }: Statements, { room, seq, revision }: Written): Work<Message[]> {
  const row = yield* read.get(room, seq, revision)
  return row === null ? [] : [toMessage(row, null)]
}

function prepare(db: Database) {
  return {
    isShared: db.query<unknown, [number]>(
      `SELECT 1 FROM rooms
       WHERE id = ? AND (kind <> 'direct' OR (is_group = 1 AND revision > 0))`,
    ),
    find: db.query<
      Omit<Known, 'line'> & { line: string },
      [number, string, number | null, number, number]
    >(
      `SELECT seq, author, line FROM (
         SELECT seq, author_id AS author, system AS line, created_at, deleted_at
         FROM messages INDEXED BY messages_system
         WHERE room_id = ?1 AND system IS NOT NULL ORDER BY seq DESC LIMIT ${linesBack})
       WHERE line ->> 'kind' = ?2 AND (?3 IS NULL OR author = ?3) AND created_at > ?4
         AND created_at <= ?5 AND deleted_at IS NULL
       ORDER BY seq DESC LIMIT 1`,
    ),
    advance: db.query<{ revision: number }, [number]>(
      `UPDATE rooms SET revision = revision + 1 WHERE id = ? RETURNING revision`,
    ),
    insert: db.query<never, [number, number, number, string, string, number]>(
      `INSERT INTO messages (room_id, seq, revision, author_id, client_id, system, created_at,
         content) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, '')`,
    ),
    change: db.query<never, [number, number, number, string, number | null]>(
      `UPDATE messages SET revision = ?3, system = ?4, deleted_at = ?5
       WHERE room_id = ?1 AND seq = ?2`,
    ),
    read: db.query<MessageRow, [number, number, number]>(
      selectMessages('room_id = ? AND seq = ? AND revision = ? AND system IS NOT NULL'),
    ),
    ...prepareWaiting(db),
    ...prepareTopics(db),
    spokenIn: prepareSpokenIn(db),
  }
}

function prepareWaiting(db: Database) {
  return {
    wait: db.query<never, [number, string, number, number | null, number]>(
      `INSERT INTO waiting_comings (room_id, kind, user_id, by_id, at) VALUES (?, ?, ?, ?, ?)`,
    ),
    isWaiting: db.query<unknown, [number, string, number]>(
      `SELECT 1 FROM waiting_comings WHERE room_id = ? AND kind = ? AND user_id = ?`,
    ),
    isAnyWaiting: db.query<unknown, []>(`SELECT 1 FROM waiting_comings LIMIT 1`),
    waitingRooms: db.query<{ room: number }, []>(
      `SELECT DISTINCT room_id AS room FROM waiting_comings`,
    ),
    waiting: db.query<{ user: number; by: number | null; at: number }, [number, string]>(
      `SELECT user_id AS user, by_id AS by, at FROM waiting_comings
       WHERE room_id = ? AND kind = ? ORDER BY id`,
    ),
    dropWaiting: db.query<never, [number, string]>(
      `DELETE FROM waiting_comings WHERE room_id = ? AND kind = ?`,
    ),
  }
}

function prepareTopics(db: Database) {
  return {
    topics: db.query<Omit<Known, 'line'> & { line: string }, [number, number]>(
      `SELECT seq, author_id AS author, system AS line
       FROM messages INDEXED BY messages_system
       WHERE room_id = ?1 AND seq >= ?2 AND system IS NOT NULL AND system ->> 'kind' = 'topic'
         AND deleted_at IS NULL
       ORDER BY seq LIMIT 2`,
    ),
    dropTopic: db.query<RoomFacts & { room: number }, [number, string]>(
      `UPDATE rooms SET topic = '' WHERE id = ? AND topic = ?
       RETURNING id AS room, name, topic, kind, archived_at AS archivedAt`,
    ),
  }
}

/** Rooms that hear of a new nickname, of those of the person with the latest messages. */
const nicknameRoomsMax = 20
/** The person spoke there in the last so many revisions. */
const spokeRevisions = 200

function prepareSpokenIn(db: Database) {
  return db.query<{ room: number }, [number]>(
    `SELECT room FROM (
       SELECT rooms.id AS room, revision AS head FROM memberships JOIN rooms ON rooms.id = room_id
       WHERE user_id = ?1 AND kind <> 'direct' ORDER BY active_at DESC LIMIT ${nicknameRoomsMax})
     WHERE EXISTS (SELECT 1 FROM messages WHERE room_id = room AND seq > head - ${spokeRevisions}
       AND author_id = ?1 AND system IS NULL)`,
  )
}
