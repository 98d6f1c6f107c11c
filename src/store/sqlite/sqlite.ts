import { Database } from 'bun:sqlite'
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { codeOf, failWith, type Problem, sentenceOf } from '../problem'
import { moved, unfinished } from '../backup/backup'
import { markerName, markFolder, spaceOf } from '../files'
import { createAppend } from '../sql/append'
import { createFirstRoom, createParts, type Parts, type StoreOptions } from '../sql/parts'
import type { NameRules, Store } from '../store'
import { stopAfterFailedSync, storageReasonOf } from '../storage-fault'
import { checkAfterUse, isDoubtful, markClosed, markUsed } from './integrity'
import { holdFile, type Lock } from './lock'
import { prepareLazily } from './lazy-statements'
import { migrate, refuseNewer } from './migrations'
import { areNamesUpToDate, bringNamesUpToDate } from '../sql/name-rules'
import { now, onSqlite } from './database'
import { createReader } from './reader'
import { createReading } from '../search/reading'
import { createSearchBacklog } from './search-backlog'
import { bringIndexUpToDate, createSearchIndex } from './search-index'
import { readSetting, writeSetting } from './settings'

/** If another program holds the database, posts are refused after this long. */
const databaseBusyMsMax = 400

type Options = StoreOptions & {
  folder: string
  /** Where the files are, to be marked at the first start; null when that is no folder. */
  filesFolder?: string | null
  /** The longest that messages wait for the index. */
  indexPauseMsMax?: number
}

/**
 * Opens the database in `folder` (made when missing), brings it up to date and returns the Store,
 * or the reason why not: unwritable, in use by another process, damaged, or made by a newer
 * version.
 */
export function openStore(options: Options): Store | Problem {
  const { folder } = options
  let lock: Lock | null
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    lock = holdFile(join(folder, 'lock'))
  } catch (fault) {
    return { problem: `I cannot write to the data folder ${folder} (${codeOf(fault)}).` }
  }
  if (lock === null) {
    return { problem: `Another Chatroom is already running on the data folder ${folder}.` }
  }
  try {
    if (existsSync(join(folder, unfinished))) {
      failWith(`A restore into ${folder} was not finished. Please run it again.`)
    }
    const mark = join(folder, moved)
    if (existsSync(mark)) {
      failWith(`This Chatroom was moved: start it with --database. To undo that, remove ${mark}.`)
    }
    const file = join(folder, 'chatroom.db')
    closeToOthers(file)
    const db = openDatabase(file, options)
    try {
      return createStore(db, lock, file, options)
    } catch (fault) {
      db.close()
      throw fault
    }
  } catch (fault) {
    lock.close()
    return { problem: sentenceFor(fault, folder) }
  }
}

/** Takes the rights of other users from a database: SQLite gives its log the same mode. */
function closeToOthers(file: string): void {
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
    try {
      if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700)
    } catch {
      // It belongs to another user, and whether it can be used is seen when it is opened.
    }
  }
}

/** Throws what SQLite throws, or a sentence for the operator. */
function openDatabase(file: string, options: Options): Database {
  const { filesFolder = join(options.folder, 'files') } = options
  const isLeft = isDoubtful(file, filesFolder && join(filesFolder, markerName))
  const db = new Database(file, { create: true, strict: true })
  try {
    setPragmas(db)
    refuseNewer(db)
    checkAfterUse(db, file, isLeft)
    migrate(db)
    prepareLazily(db)
    bringIndexUpToDate(db)
    prepareNames(db, options.names)
    now(createFirstRoom(onSqlite(db), options))
    markFiles(db, filesFolder)
    markUsed(db)
    // From now on everybody waits when this thread does.
    db.run(`PRAGMA busy_timeout = ${databaseBusyMsMax}`)
    return db
  } catch (fault) {
    db.close()
    throw fault
  }
}

/** Most starts have nothing to write. */
function prepareNames(db: Database, rules: NameRules): void {
  const sql = onSqlite(db)
  if (now(areNamesUpToDate(sql, rules))) return
  db.transaction(() => now(bringNamesUpToDate(sql, rules))).immediate()
}

function sentenceFor(fault: unknown, folder: string): string {
  const code = codeOf(fault)
  if (!/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return sentenceOf(fault, `I cannot use the database in ${folder}`)
  }
  return (
    `The database in ${folder} is damaged (${code}). Put a backup in its place: ` +
    `chatroom restore FILE --data FOLDER, into a new folder.`
  )
}

/** Bun's defaults do not suit: journal DELETE, foreign keys off, no busy timeout. */
function setPragmas(db: Database): void {
  const wanted = [
    ['journal_mode', 'wal'],
    // FULL: the WAL is synced at each commit, so "accepted" survives a power cut.
    ['synchronous', 2],
    ['foreign_keys', 1],
    ['busy_timeout', 5000],
    ['trusted_schema', 0],
    // Kilobytes (negative). Where client ids are random, each message reads a page of their index.
    ['cache_size', -8_000],
    // Checkpoints every 16 MB instead of every 4: fewer pauses, still a small file.
    ['wal_autocheckpoint', 4000],
    ['journal_size_limit', 67_108_864],
  ] as const
  for (const [name, value] of wanted) {
    db.run(`PRAGMA ${name} = ${value}`)
    const row = db.query<Record<string, unknown>, []>(`PRAGMA ${name}`).get()
    const obeyed = Object.values(row ?? {})[0]
    if (obeyed !== value) failWith(`The database refuses ${name} = ${value} (it says ${obeyed}).`)
  }
}

/** Only the first start makes the mark: later, a folder without it is not the right one. */
function markFiles(db: Database, folder: string | null): void {
  if (readSetting(db, 'files') !== null) return
  const id = crypto.getRandomValues(new Uint8Array(16)).toHex()
  if (folder !== null) markFolder(folder, id)
  writeSetting(db, 'files', id)
}

function createStore(db: Database, lock: Lock, file: string, options: Options): Store {
  const sql = onSqlite(db)
  const reader = createReader(file)
  const index = stopAfterFailedSync(db, createSearchIndex(db))
  const backlog = createSearchBacklog(index, options.indexPauseMsMax)
  const appendNow = createAppend(sql, options.roomLimits)
  const append: Store['messages']['append'] = async (batch) => {
    const outcomes = await appendNow(batch)
    backlog.grew()
    return outcomes
  }
  let epoch = readSetting(db, 'epoch') ?? ''
  const onNewEpoch = (next: string): void => void (epoch = next)
  return {
    get epoch() {
      return epoch
    },
    nodes: null,
    instance: readSetting(db, 'instance') ?? '',
    filesId: readSetting(db, 'files') ?? '',
    ...guardParts(db, createParts(sql, options, { append, index, onNewEpoch })),
    ...createReading({
      search: (query, place) => reader.ask({ kind: 'search', query }, place),
      read: (query, place) => reader.ask({ kind: 'read', query }, place),
    }),
    assets: null,
    space: () => spaceOf(dirname(file)),
    async close() {
      backlog.stop()
      await reader.close()
      // A full or broken disk leaves the log, which is read at the next start.
      closeCleanly(db, file)
      // Bun caches statements; an unfinalised one would leave the -wal file behind.
      db.close(false)
      lock.close()
    },
  }
}

/** After a failed sync no part writes any more. */
function guardParts(db: Database, parts: Parts): Parts {
  const guarded = Object.entries(parts).map(([name, part]) => [
    name,
    typeof part === 'object' ? stopAfterFailedSync(db, part) : part,
  ])
  return Object.fromEntries(guarded) as Parts
}

function closeCleanly(db: Database, file: string): void {
  try {
    markClosed(db, file)
    db.run('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch (fault) {
    if (storageReasonOf(fault) === null) throw fault
  }
}
