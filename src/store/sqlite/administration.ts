import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { codeOf, type Problem, sentenceOf } from '../problem'
import { createAdministration } from '../sql/administration'
import { createOperatorsWayBack } from '../sql/way-backs'
import type { Store } from '../store'
import { onSqlite } from './database'
import { refuseOther } from './migrations'

/** A server that writes much is waited for this long. */
const busyMsMax = 5_000

type Opened = {
  administration: Store['administration']
  offerWayBack: ReturnType<typeof createOperatorsWayBack>
  close: () => void
}

/**
 * Opens the database of a server for a command of its operator, also while the server runs. Gives
 * the reason when there is none, or one of another version.
 */
export function openAdministration(folder: string): Opened | Problem {
  let db: Database
  try {
    db = new Database(join(folder, 'chatroom.db'), { readwrite: true, strict: true })
  } catch (fault) {
    return { problem: `There is no database in ${folder} (${codeOf(fault)}). See --data.` }
  }
  try {
    db.run(`PRAGMA busy_timeout = ${busyMsMax}`)
    db.run('PRAGMA foreign_keys = 1')
    refuseOther(db)
    const statements = onSqlite(db)
    return {
      administration: createAdministration(statements),
      offerWayBack: createOperatorsWayBack(statements),
      close: () => db.close(),
    }
  } catch (fault) {
    db.close()
    return { problem: sentenceOf(fault, `I cannot use the database in ${folder}`) }
  }
}
