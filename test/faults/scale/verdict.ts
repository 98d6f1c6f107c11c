import { SQL } from 'bun'
import { waitUntil } from '../../helpers/wait'
import type { Absence } from './comings'
import type { Scene } from './scene'
import type { Shown, Tab } from './tab'
import type { Talker } from './talker'

type Row = {
  room: number
  seq: number
  revision: number
  id: string
  content: string
  isDeleted: boolean
  isLine: boolean
}

/** What the database has in the end. */
type Stored = {
  rows: Map<number, Map<number, Row>>
  /** Up to which revision somebody was in a room, each time, by room and person. */
  removals: Map<string, number[]>
}

export type Verdict = Record<
  | 'acknowledged'
  /** What was acknowledged and is not stored so. */
  | 'lost'
  | 'doubled'
  | 'reordered'
  | 'leaked'
  | 'tabs'
  /** What is stored and no tab was told of, or shows otherwise. */
  | 'missing'
  | 'differing',
  number
>

/** Compares what each tab shows, and what each person was told, with the database. */
export async function judge(
  scene: Pick<Scene, 'url' | 'talkers'>,
  absences: Absence[],
  caughtUpMsMax: number,
): Promise<Verdict> {
  const stored = await read(scene.url)
  const talkers = scene.talkers()
  await waitForHeads(talkers, stored, caughtUpMsMax)
  const sum = { acknowledged: 0, lost: 0, doubled: 0, reordered: 0, leaked: 0, tabs: 0 }
  const all = { ...sum, missing: 0, differing: 0 }
  for (const talker of talkers) {
    const rows = stored.rows.get(talker.room) ?? new Map<number, Row>()
    const { said, tabs } = talker
    all.acknowledged += said.length
    all.lost += countLost(talker, rows)
    const isBehind = (n: number): boolean => n > 0 && (said[n]?.seq ?? 0) < (said[n - 1]?.seq ?? 0)
    all.reordered += said.filter((_, n) => isBehind(n)).length
    all.leaked += countLeaks(talker, stored, absences)
    all.tabs += tabs.length
    for (const { order, view } of tabs) {
      const shown = view.get(talker.room) ?? new Map<number, Shown>()
      all.missing += [...rows.keys()].filter((seq) => !shown.has(seq)).length
      all.differing += [...shown].filter(([seq, it]) => !isSame(it, rows.get(seq))).length
      const ids = [...shown.values()].flatMap(({ id }) => (id === '' ? [] : id))
      all.doubled += ids.length - new Set(ids).size + order.doubled()
      all.reordered += order.reordered()
    }
  }
  return all
}

function countLost({ id, said }: Talker, rows: Map<number, Row>): number {
  return said.filter(({ clientId, seq, content, isDeleted }) => {
    const row = rows.get(seq)
    if (row?.id !== `${id}-${clientId}`) return true
    // A change may have been stored whose answer nobody got.
    return !row.isDeleted && (isDeleted || !row.content.startsWith(content))
  }).length
}

/** In HTML a tab knows no contents, and of what was gone before it came, no author. */
function isSame(shown: Shown, row: Row | undefined): boolean {
  if (row === undefined) return false
  if (row.isLine) return true
  if (row.isDeleted) return shown.content === null
  return shown.id === row.id && (shown.content === undefined || shown.content === row.content)
}

/** What came to tabs of somebody after they were removed, before they were let in again. */
function countLeaks({ id, room, tabs }: Talker, { removals }: Stored, all: Absence[]): number {
  const absences = all.filter((one) => one.victim === id && one.room === room)
  const ends = removals.get(`${room} ${id}`) ?? []
  const arrivals = tabs.flatMap((tab) => tab.arrivals)
  return absences.reduce((sum, { until }, n) => {
    const [since, end] = [absences[n - 1]?.until ?? 0, ends[n] ?? Infinity]
    const isLeak = ({ at, revision }: Tab['arrivals'][number]): boolean =>
      at > since && at < until && revision > end
    return sum + arrivals.filter(isLeak).length
  }, 0)
}

/** Without asking for anything: what is missing then was never told. */
async function waitForHeads(talkers: Talker[], { rows }: Stored, ms: number): Promise<void> {
  const isUp = ({ room, tabs }: Talker): boolean => {
    const newest = [...(rows.get(room)?.values() ?? [])].map(({ revision }) => revision)
    return tabs.every((tab) => tab.known(room) >= Math.max(0, ...newest))
  }
  await waitUntil(() => talkers.every(isUp), 'all tabs', ms).catch(() => {})
}

async function read(url: string): Promise<Stored> {
  await using sql = new SQL(url, { max: 1 })
  const rows: Row[] = await sql.unsafe(
    `SELECT room_id::float8 AS room, seq::float8 AS seq, revision::float8 AS revision,
       author_id || '-' || client_id AS id, content, deleted_at IS NOT NULL AS "isDeleted",
       system IS NOT NULL AS "isLine"
     FROM chatroom.messages ORDER BY room_id, seq`,
  )
  const ends: { key: string; revision: number }[] = await sql.unsafe(
    `SELECT room_id || ' ' || user_id AS key, revision::float8 AS revision
     FROM chatroom.membership_changes WHERE is_in = 0 ORDER BY room_id, version`,
  )
  const ofRooms = Map.groupBy(rows, ({ room }) => room)
  const ofPeople = Map.groupBy(ends, ({ key }) => key)
  return {
    rows: new Map(
      [...ofRooms].map(([room, all]) => [room, new Map(all.map((row) => [row.seq, row]))]),
    ),
    removals: new Map(
      [...ofPeople].map(([key, all]) => [key, all.map(({ revision }) => revision)]),
    ),
  }
}
