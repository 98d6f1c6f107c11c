import type { Database, Work } from './database'

/** A value that the database keeps about itself; null when the key was never written. */
export function* readSetting(db: Database, key: string): Work<string | null> {
  const read = db.query<{ value: string }, [string]>(`SELECT value FROM settings WHERE key = ?`)
  return (yield* read.get(key))?.value ?? null
}

export function* writeSetting(db: Database, key: string, value: string): Work<void> {
  yield* db
    .query(
      `INSERT INTO settings (key, value) VALUES (?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    )
    .run(key, value)
}
