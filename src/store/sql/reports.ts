import type { Database } from './database'
import type { MessageIndex } from '../search/search-index'
import type { Notice, Removed, Report, Reports, User } from '../store'
import { actorOf, createRefuseActing, createWriteAct } from './acts'
import { createErase } from './changes'
import { isHere, markOf, userColumns } from './persons'
import { mayOnServer } from './rights'

/** So many reports may wait for an answer. */
const reportsMax = 2_000

/** Reports of messages, and notices to people. */
export function createReports(db: Database, index: MessageIndex): Reports {
  return {
    add: createAdd(db),
    ...createLists(db),
    answer: createAnswer(db, index),
    ...createNotices(db),
  }
}

/** What is shown of a message without text: the names of its files. */
const textOf = `iif(trim(content) <> '', content,
  coalesce((SELECT group_concat(value ->> 'name', ', ') FROM json_each(attachments)), ''))`

function createAdd(db: Database): Reports['add'] {
  type Wanted = Parameters<Reports['add']>[0]
  const isFull = db.query<unknown, []>(`SELECT 1 FROM reports LIMIT 1 OFFSET ${reportsMax - 1}`)
  const find = db.query<{ content: string }, [number, number, number]>(
    `SELECT ${textOf} AS content FROM messages
     WHERE room_id = ?1 AND seq = ?2 AND author_id <> ?3 AND deleted_at IS NULL
       AND system IS NULL AND ${isHere('?3')}
       AND EXISTS (SELECT 1 FROM memberships WHERE room_id = ?1 AND user_id = ?3)`,
  )
  const insert = db.query<never, [Wanted & { content: string }]>(
    `INSERT INTO reports (room_id, seq, reporter_id, why, reported_at, content)
     VALUES ($room, $seq, $reporter, $why, $at, $content) ON CONFLICT DO NOTHING`,
  )
  const add = db.transaction(function* (report: Wanted) {
    const found = yield* find.get(report.room, report.seq, report.reporter)
    if (found === null) return { refused: 'message_missing' } as const
    if ((yield* isFull.get()) !== null) return { refused: 'reports_full' } as const
    return (yield* insert.run({ ...report, content: found.content })).changes > 0
  })
  return add
}

const mayRead = mayOnServer('report.handle', actorOf)

function createLists(db: Database): Pick<Reports, 'list' | 'count' | 'readers'> {
  const list = db.query<Row, [Uint8Array, number | null, number]>(
    `SELECT reports.id AS report, reports.room_id AS room, rooms.name AS roomName, reports.seq, why,
       reports.content, reported_at AS reportedAt, messages.deleted_at IS NOT NULL AS isDeleted,
       ${userColumns()}, who.id AS byId, who.nickname AS byName, who.avatar AS byAvatar,
       ${markOf('who')} AS byMark
     FROM reports JOIN rooms ON rooms.id = reports.room_id
       JOIN messages ON messages.room_id = reports.room_id AND messages.seq = reports.seq
       JOIN users ON users.id = author_id JOIN users AS who ON who.id = reporter_id
     WHERE (?2 IS NULL OR reports.id < ?2) AND ${mayRead} ORDER BY reports.id DESC LIMIT ?3`,
  )
  const count = db.query<{ reports: number }, [Uint8Array]>(
    `SELECT count(*) AS reports FROM reports WHERE ${mayRead}`,
  )
  const readers = db.query<{ id: number }, []>(
    `SELECT id FROM users WHERE role <> 'member' AND ${mayOnServer('report.handle', 'users.id')}`,
  )
  return {
    list: db.read(function* (acting, before, limit) {
      return (yield* list.all(acting, before, limit)).map(toReport)
    }),
    count: db.read(function* (acting) {
      return (yield* count.get(acting))?.reports ?? 0
    }),
    readers: db.read(function* () {
      return (yield* readers.all()).map(({ id }) => id)
    }),
  }
}

type Row = Omit<Report, 'id' | 'author' | 'reporter' | 'isDeleted'> &
  User & { report: number; isDeleted: 0 | 1 } & {
    byId: number
    byName: string
    byAvatar: string
    byMark: User['mark']
  }

function toReport(row: Row): Report {
  const { report, id, nickname, avatar, mark, byId, byName, byAvatar, byMark, ...rest } = row
  return {
    ...rest,
    id: report,
    author: { id, nickname, avatar, mark },
    reporter: { id: byId, nickname: byName, avatar: byAvatar, mark: byMark },
    isDeleted: rest.isDeleted === 1,
  }
}

function createAnswer(db: Database, index: MessageIndex): Reports['answer'] {
  const refuse = createRefuseActing(db)
  const writeAct = createWriteAct(db)
  type Found = { room: number; seq: number; author: number; isDeleted: 0 | 1 }
  const find = db.query<Found, [number]>(
    `SELECT reports.room_id AS room, reports.seq, author_id AS author,
       messages.deleted_at IS NOT NULL AS isDeleted
     FROM reports JOIN messages USING (room_id, seq) WHERE reports.id = ?`,
  )
  const drop = db.query<never, [number, number]>(
    `DELETE FROM reports WHERE room_id = ? AND seq = ?`,
  )
  const erase = createErase(db, index)
  const answer = db.transaction(function* (
    acting: Uint8Array,
    report: number,
    deletes: boolean,
    at: number,
  ) {
    const asked = yield* refuse('report.handle', acting, null)
    if ('refused' in asked) return asked
    const found = yield* find.get(report)
    if (found === null) return { refused: 'report_over' } as const
    const { room, seq, author, isDeleted } = found
    yield* drop.run(room, seq)
    const detail = deletes ? 'deleted' : 'dismissed'
    const about = { person: author, room, detail }
    yield* writeAct({ at, actor: asked.actor, act: 'report.handle', ...about })
    if (!deletes || isDeleted === 1) return { removed: null, freed: [] }
    const { revision, notifiedUserIds, freed } = yield* erase(room, seq, at)
    const removed: Removed = { room, seq, revision, sender: author, mentions: notifiedUserIds }
    return { removed, freed }
  })
  return answer
}

function createNotices(db: Database): Pick<Reports, 'notices' | 'dropNotice'> {
  const list = db.query<Notice, [Uint8Array]>(
    `SELECT id, kind, detail, reason FROM notices WHERE user_id = ${actorOf} ORDER BY id`,
  )
  const drop = db.query<never, [Uint8Array, number]>(
    `DELETE FROM notices WHERE user_id = ${actorOf} AND id = ?2`,
  )
  return {
    notices: db.read((acting) => list.all(acting)),
    dropNotice: db.transaction(function* (acting, notice) {
      return void (yield* drop.run(acting, notice))
    }),
  }
}
