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
  const find = db.query<{ name: string; bytes: Uint8Array<ArrayBuffer> }, [string]>(
    `SELECT assets.name, bytes FROM json_each(?) AS wanted
     JOIN assets ON assets.name = wanted.value ORDER BY wanted.key LIMIT 1`,
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
    find: db.read((names) => find.get(JSON.stringify(names))),
  }
}
