import { Database } from 'bun:sqlite'
import type { ExportPage, RoomExtent, SearchOutcome, SearchQuery } from '../search/query'
import { createExports, type ExportQuery } from './export'
import { createSearch } from '../search/search'

/**
 * The thread for reads that may take long, so that sockets never wait for them. Its connection
 * cannot write. The first question names the file; then it gets one question at a time (reader.ts).
 */
export type Question =
  | { kind: 'open'; file: string }
  | { kind: 'search'; query: SearchQuery }
  | { kind: 'measure'; query: Pick<ExportQuery, 'user' | 'room' | 'upTo'> }
  | { kind: 'read'; query: ExportQuery }
  | { kind: 'close' }

export type Answers = {
  search: SearchOutcome
  measure: RoomExtent | null
  read: ExportPage | null
  close: null
}

let reading: ReturnType<typeof open> | null = null

self.onmessage = ({ data }: MessageEvent<Question>) => {
  if (data.kind === 'open') reading = open(data.file)
  else if (reading === null) throw new Error('the thread was not told which file')
  else postMessage(JSON.stringify(answer(reading, data)))
}

function open(file: string) {
  const db = new Database(file, { readonly: true, strict: true })
  db.run('PRAGMA query_only = 1')
  db.run('PRAGMA busy_timeout = 2000')
  db.run('PRAGMA cache_size = -8000')
  return { db, search: createSearch(db), rooms: createExports(db) }
}

function answer(
  { db, search, rooms }: NonNullable<typeof reading>,
  question: Exclude<Question, { kind: 'open' }>,
): Answers[keyof Answers] {
  switch (question.kind) {
    case 'search':
      return search(question.query)
    case 'measure':
      return rooms.measure(question.query)
    case 'read':
      return rooms.read(question.query)
    case 'close':
      db.close(false)
      return null
  }
}
