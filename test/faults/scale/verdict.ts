import { SQL } from 'bun'
import { waitUntil } from '../../helpers/wait'
import type { Absence } from './comings'
import type { Scene } from './scene'
import type { Tab } from './tab'

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
  /** Up to which revision each removal of a person from a room was, in their order. */
  removals: Map<string, number[]>
}

const caughtUpMsMax = 20_000

export type Verdict = {
  acknowledged: number
  lost: number
  doubled: number
  reordered: number
  leaked: number
  tabs: number
  missing: number
  differing: number
}

/** Compares what each tab shows, and what each person was told, with the database. */
export async function judge(scene: Scene, absences: Absence[]): Promise<Verdict> {
  const stored = await read(scene.url)
  const talkers = scene.talkers()
  const verdict = { acknowledged: 0, lost: 0, doubled: 0, reordered: 0, leaked: 0 }
  for (const { id, room, said } of talkers) {
    const rows = stored.rows.get(room) ?? new Map<number, Row>()
    verdict.acknowledged += said.length
    for (const { clientId, seq, content, isDeleted } of said) {
      const row = rows.get(seq)
      const isSame = row?.isDeleted === true || (!isDeleted && row?.content.startsWith(content))
      if (row?.id !== `${id}-${clientId}` || isSame !== true) verdict.lost += 1
    }
    const isAfter = (n: number): boolean => (said[n]?.seq ?? 0) > (said[n - 1]?.seq ?? 0)
    verdict.reordered += said.filter((_, n) => n > 0 && !isAfter(n)).length
    verdict.leaked += countLeaks(stored, { id, room }, talkers.find((one) => one.id === id)?.tabs ?? [], absences)
  }
  const tabs = talkers.flatMap(({ tabs, room }) => tabs.map((tab) => ({ tab, room })))
  await waitForHeads(tabs, stored)
  let [missing, differing] = [0, 0]
  for (const { tab, room } of tabs) {
    const rows = stored.rows.get(room) ?? new Map<number, Row>()
    const view = tab.view.get(room) ?? new Map()
    const ids = new Set<string>()
    for (const [seq, row] of rows) {
      const shown = view.get(seq)
      if (shown === undefined) missing += 1
      else if (!row.isLine && differs(shown, row)) differing += 1
      if (shown !== undefined && shown.id !== '' && ids.has(shown.id)) verdict.doubled += 1
      ids.add(shown?.id ?? '')
    }
    if (process.env.DBG && [...rows.keys()].some((k) => !view.has(k))) console.log('DBG', tab.person.nickname, tab.subprotocol, 'rows', rows.size, 'view', view.size, 'known', tab.known(room), 'max', Math.max(...[...rows.values()].map((r) => r.revision)), 'gaps', tab.gaps, 'codes', tab.closeCodes.join(','), 'greet', tab.greetings, 'missing', [...rows.keys()].filter((k) => !view.has(k)).join(','), tab.log.slice(-12).join(' '))
    differing += [...view.keys()].filter((seq) => !rows.has(seq)).length
    verdict.doubled += tab.order.doubled()
    verdict.reordered += tab.order.reordered()
  }
  return { ...verdict, tabs: tabs.length, missing, differing }
}

/** In HTML a tab knows no contents, and who comes later no author of what is gone. */
function differs(shown: Tab['view'] extends Map<number, Map<number, infer S>> ? S : never, row: Row) {
  if (row.isDeleted) return shown.content !== null
  if (shown.id !== row.id) return true
  return shown.content !== undefined && shown.content !== row.content
}

/** What came to tabs of somebody after they were removed, before they were let in again. */
function countLeaks(
  { removals }: Stored,
  { id, room }: { id: number; room: number },
  tabs: Tab[],
  absences: Absence[],
): number {
  const own = absences.filter(({ victim, room: from }) => victim === id && from === room)
  const ends = removals.get(`${room} ${id}`) ?? []
  let leaks = 0
  for (const [n, { until }] of own.entries()) {
    const since = own[n - 1]?.until ?? 0
    const end = ends[n] ?? Infinity
    for (const { arrivals } of tabs) {
      if (process.env.DBG) for (const one of arrivals) if (one.at > since && one.at < until && one.revision > end) console.log('LEAK', JSON.stringify({ n, since, from: own[n]?.from, until, end, ends, one }))
      leaks += arrivals.filter(
        ({ at, revision }) => at > since && at < until && revision > end,
      ).length
    }
  }
  return leaks
}

/** Without asking for anything: what is missing then was never told. */
async function waitForHeads(tabs: { tab: Tab; room: number }[], { rows }: Stored): Promise<void> {
  const isUp = ({ tab, room }: { tab: Tab; room: number }): boolean =>
    [...(rows.get(room)?.values() ?? [])].every(({ revision }) => revision <= tab.known(room))
  await waitUntil(() => tabs.every(isUp), 'all tabs', caughtUpMsMax).catch(() => {})
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
  const groups = Map.groupBy(rows, ({ room }) => room)
  const bySeq = (all: Row[]): Map<number, Row> => new Map(all.map((row) => [row.seq, row]))
  return {
    rows: new Map([...groups].map(([room, all]) => [room, bySeq(all)])),
    removals: new Map(
      [...Map.groupBy(ends, ({ key }) => key)].map(([key, all]) => [
        key,
        all.map(({ revision }) => revision),
      ]),
    ),
  }
}
