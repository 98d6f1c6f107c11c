import type { Database } from '../sql/database'
import type { KeptAssets } from '../store'

const keptMs = 24 * 60 * 60_000

/** The statements on files for the browser; names have hashes, so a file never changes. */
export function createAssets(db: Database): KeptAssets {
  const drop = db.query<never, [number]>('DELETE FROM assets WHERE kept_at < ?')
  const renew = db.query<{ name: string }, [number, string]>(
    `UPDATE assets SET kept_at = ? WHERE name IN (SELECT value FROM json_each(?))
     RETURNING name`,
  )
  const insert = db.query<never, [string, Uint8Array, number]>(
    `INSERT INTO assets (name, bytes, kept_at) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET kept_at = excluded.kept_at`,
  )
  const names = db.query<{ name: string }, []>('SELECT name FROM assets')
  const find = db.query<{ bytes: Uint8Array<ArrayBuffer> }, [string]>(
    'SELECT bytes FROM assets WHERE name = ?',
  )
  return {
    keep: db.transaction(function* (names, at) {
      yield* drop.run(at - keptMs)
      const kept = new Set((yield* renew.all(at, JSON.stringify(names))).map(({ name }) => name))
      return names.filter((name) => !kept.has(name))
    }),
    put: db.write(function* (name, bytes, at) {
      yield* insert.run(name, bytes, at)
    }),
    names: db.read(function* () {
      return (yield* names.all()).map(({ name }) => name)
    }),
    find: db.read(function* (name) {
      return (yield* find.get(name))?.bytes ?? null
    }),
  }
}
