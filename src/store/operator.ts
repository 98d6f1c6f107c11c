import { Database as Sqlite } from 'bun:sqlite'
import { join } from 'node:path'
import { codeOf, failWith, type Problem, sentenceOf } from './problem'
import { createAdministration } from './sql/administration'
import type { Database } from './sql/database'
import { createOperatorsWayBack } from './sql/way-backs'
import { onSqlite } from './sqlite/database'
import { refuseOther } from './sqlite/migrations'
import type { Store } from './store'

/** A server that writes much is waited for this long. */
const busyMsMax = 5_000

/** Where the database of a server is: on PostgreSQL, or else a file in the folder. */
type Place = { database: string | null; dataFolder: string }

type Means = {
  administration: Store['administration']
  offerWayBack: ReturnType<typeof createOperatorsWayBack>
}

/**
 * Does something for the operator in the database of a server, also while the server runs. Gives
 * the reason when there is none, or one of another version.
 */
export async function asOperator<Result>(
  { database, dataFolder }: Place,
  work: (means: Means) => Promise<Result>,
): Promise<Result | Problem> {
  if (database === null) return onFile(dataFolder, work)
  // Loaded on demand: most servers have no other database than their own file.
  const { onPostgres } = await import('./postgres/operator')
  return onPostgres(database, (db) => work(meansOf(db)))
}

function meansOf(db: Database): Means {
  return { administration: createAdministration(db), offerWayBack: createOperatorsWayBack(db) }
}

async function onFile<Result>(
  folder: string,
  work: (means: Means) => Promise<Result>,
): Promise<Result | Problem> {
  try {
    using db = openFile(folder)
    db.run(`PRAGMA busy_timeout = ${busyMsMax}`)
    db.run('PRAGMA foreign_keys = 1')
    refuseOther(db)
    return await work(meansOf(onSqlite(db)))
  } catch (fault) {
    return { problem: sentenceOf(fault, `I cannot use the database in ${folder}`) }
  }
}

function openFile(folder: string): Sqlite {
  try {
    return new Sqlite(join(folder, 'chatroom.db'), { readwrite: true, strict: true })
  } catch (fault) {
    return failWith(`There is no database in ${folder} (${codeOf(fault)}). See --data.`)
  }
}
