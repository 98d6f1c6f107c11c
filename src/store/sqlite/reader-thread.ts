import { Database } from 'bun:sqlite'
import { createSearch } from '../search/search'
import { createExports, type ExportQuery } from './export'
import type { SearchQuery } from '../search/query'

/** What the thread reads, by the kind of a question. Its connection cannot write. */
export type Reads = ReturnType<typeof open>

export type Question =
  | { kind: 'search'; query: SearchQuery }
  | { kind: 'measure'; query: Pick<ExportQuery, 'user' | 'room' | 'upTo'> }
  | { kind: 'read'; query: ExportQuery }
  | { kind: 'close' }

let reads: Reads | null = null

/** The first message names the database file; each further one is a question (reader.ts). */
self.onmessage = ({ data }: MessageEvent<string | Question>) => {
  if (typeof data === 'string') reads = open(data)
  else if (reads === null) throw new Error('the thread does not know the file')
  else postMessage(JSON.stringify(answer(reads, data)))
}

function open(file: string) {
  const db = new Database(file, { readonly: true, strict: true })
  db.run('PRAGMA query_only = 1')
  db.run('PRAGMA busy_timeout = 2000')
  db.run('PRAGMA cache_size = -8000')
  return { search: createSearch(db), ...createExports(db), close: () => db.close(false) }
}

function answer(reads: Reads, question: Question): unknown {
  switch (question.kind) {
    case 'search':
      return reads.search(question.query)
    case 'measure':
      return reads.measure(question.query)
    case 'read':
      return reads.read(question.query)
    case 'close':
      return reads.close() ?? null
  }
}
