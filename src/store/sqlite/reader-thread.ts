import { Database } from 'bun:sqlite'
import { searchMs } from '../search/reading'
import { createSearch } from '../search/search'
import { readerStates } from '../search/turns'
import { createExports, type ExportQuery } from '../sql/export'
import { now, onSqlite } from './database'
import { createFts5 } from './search'
import type { SearchOutcome, SearchQuery } from '../search/query'

/** What the thread reads, by the kind of a question. Its connection cannot write. */
export type Reads = ReturnType<typeof open>

export type Question =
  { kind: 'search'; query: SearchQuery } | { kind: 'read'; query: ExportQuery } | { kind: 'close' }

/** The first message: the database, and the state of the queue as one of `readerStates`. */
export type Start = { file: string; state: Int32Array }

/** The time of a search by the state of the queue. */
const msByState = { [readerStates.alone]: searchMs.alone, [readerStates.crowded]: searchMs.crowded }

let reads: Reads | null = null

/** Each message after the first is a question (reader.ts). */
self.onmessage = ({ data }: MessageEvent<Start | Question>) => {
  if ('file' in data) reads = open(data)
  else if (reads === null) throw new Error('the thread does not know the file')
  else postMessage(JSON.stringify(answer(reads, data)))
}

function open({ file, state }: Start) {
  const db = new Database(file, { readonly: true, strict: true })
  db.run('PRAGMA query_only = 1')
  db.run('PRAGMA busy_timeout = 2000')
  db.run('PRAGMA cache_size = -8000')
  const msMax = (): number => Object(msByState)[Atomics.load(state, 0)] ?? 0
  const sql = onSqlite(db)
  const findPage = createSearch(sql, createFts5(db), msMax)
  const exportPage = createExports(sql)
  const search = db.transaction((query: SearchQuery) => now(findPage(query)))
  return {
    search(query: SearchQuery): SearchOutcome {
      const startedAt = performance.now()
      const page = search(query)
      return 'refused' in page ? page : { ...page, ms: performance.now() - startedAt }
    },
    read: db.transaction((query: ExportQuery) => now(exportPage(query))),
    close: () => db.close(false),
  }
}

function answer(reads: Reads, question: Question): unknown {
  switch (question.kind) {
    case 'search':
      return reads.search(question.query)
    case 'read':
      return reads.read(question.query)
    case 'close':
      return reads.close() ?? null
  }
}
