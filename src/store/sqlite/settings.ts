import type { Database } from 'bun:sqlite'
import * as settings from '../sql/settings'
import { now, onSqlite } from './database'

/** A value that the database keeps about itself; null when the key was never written. */
export function readSetting(db: Database, key: string): string | null {
  return now(settings.readSetting(onSqlite(db), key))
}

/** Writes such a value. */
export function writeSetting(db: Database, key: string, value: string): void {
  now(settings.writeSetting(onSqlite(db), key, value))
}
