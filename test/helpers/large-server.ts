import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { hashToken } from '../../src/server/session-token'
import { type Address, openSocket, type Person } from './client'

/** How many people, rooms and messages a large server has, and who is online. */
export type Size = { people: number; rooms: number; online: number; own: number }

/**
 * Fills the database of a server that does not run: everybody is in the first room, each other room
 * has twenty people, and one person, who owns a room of everybody, is in `own` rooms of each kind.
 */
export function fillLargeServer(data: string, size: Size) {
  const db = new Database(join(data, 'chatroom.db'), { strict: true })
  const instance = db.query<{ value: string }, []>(
    `SELECT value FROM settings WHERE key = 'instance'`,
  )
  const counted = (count: number) =>
    `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${count})`
  db.transaction(() => {
    db.run(`${counted(size.people)}
      INSERT INTO users (nickname, nickname_folded, nickname_skeleton, nickname_forms, avatar,
        created_at, named_at, seen_at)
      SELECT 'Person ' || n, 'person ' || n, 'person' || n,
        'person ' || n || char(10) || ' person ' || n || char(10), 'letter', 1, 1,
        unixepoch() * 1000 FROM n`)
    db.run(`${counted(size.rooms)}
      INSERT INTO rooms (kind, name, name_folded, name_skeleton, name_sought, topic, created_by,
        created_at, active_at)
      SELECT 'open', 'Room ' || n, 'room ' || n, 'room' || n, 'room ' || n,
        'What room ' || n || ' is about', 1 + n % ${size.people}, 1, n FROM n`)
    db.run(`INSERT INTO memberships (room_id, user_id, role, joined_at)
      SELECT id, created_by, 'host', 1 FROM rooms WHERE created_by IS NOT NULL`)
    db.run(`INSERT OR IGNORE INTO memberships (room_id, user_id, joined_at)
      SELECT 1, id, 1 FROM users`)
    db.run(`${counted(20)} INSERT OR IGNORE INTO memberships (room_id, user_id, joined_at)
      SELECT rooms.id, 1 + (rooms.id * 31 + n * 7) % ${size.people}, 2
      FROM rooms CROSS JOIN n WHERE rooms.id > 1`)
    db.run(
      `INSERT OR IGNORE INTO memberships (room_id, user_id, joined_at) SELECT 2, id, 3 FROM users`,
    )
    db.run(`UPDATE memberships SET role = iif(user_id = 1, 'host', 'member') WHERE room_id = 2`)
    db.run(`UPDATE rooms SET created_by = 1 WHERE id = 2`)
    db.run(`INSERT OR IGNORE INTO memberships (room_id, user_id, joined_at)
      SELECT id, 1, 3 FROM rooms ORDER BY id LIMIT ${size.own}`)
    db.run(`${counted(size.own)}
      INSERT INTO rooms (kind, name, direct_key, created_by, created_at, active_at)
      SELECT 'direct', '', '1:' || (n + 1), 1, 1, n FROM n`)
    db.run(`INSERT INTO memberships (room_id, user_id, joined_at)
      SELECT id, 1, 1 FROM rooms WHERE kind = 'direct'
      UNION ALL SELECT id, substr(direct_key, 3), 1 FROM rooms WHERE kind = 'direct'`)
    db.run(`${counted(60)}
      INSERT INTO messages (room_id, seq, revision, author_id, client_id, created_at, content)
      SELECT room_id, n, n, coalesce((SELECT max(user_id) FROM memberships AS others
          WHERE others.room_id = mine.room_id), 1), room_id || '-' || n, n, 'Said ' || n
      FROM memberships AS mine CROSS JOIN n WHERE user_id = 1`)
    db.run(
      `UPDATE rooms SET revision = 60, last_seq = 60 WHERE id IN (SELECT room_id FROM messages)`,
    )
    const session = db.query(
      `INSERT INTO sessions (token_hash, user_id, added_at, seen_at) VALUES (?1, ?2, ?3, ?3)`,
    )
    for (let n = 1; n <= size.online; n += 1) session.run(hashToken(tokenOf(n)), n, Date.now())
  })()
  const name = `chatroom_${instance.get()?.value}`
  db.close()
  const personOf = (n: number): Person => {
    return { nickname: `Person ${n}`, cookie: `${name}=${tokenOf(n)}` }
  }
  return { reader: personOf(1), personOf, everybody: 2 }
}

/** Opens the sockets of those who have a session. */
export async function comeOnline(server: Address, reader: Person, { online }: Size) {
  const [name] = reader.cookie.split('=')
  const open = async (n: number) =>
    openSocket(server, { nickname: `Person ${n}`, cookie: `${name}=${tokenOf(n)}` })
  for (let n = 1; n <= online; n += 50) {
    const group = Array.from({ length: Math.min(50, online - n + 1) }, (_, more) => n + more)
    await Promise.all(group.map(open))
  }
}

function tokenOf(n: number): string {
  return String(n).padStart(43, 'a')
}

/** Every page and fragment that shows rooms or people, as JSON too where there is that. */
export function listPages(room: number): { path: string; headers: Record<string, string> }[] {
  const [html, fragment, json] = [{}, { 'HX-Request': 'true' }, { Accept: 'application/json' }]
  const asked: [string, Record<string, string>][] = [
    ['/', html],
    [`/rooms/${room}`, html],
    [`/rooms/${room}`, fragment],
    [`/rooms/${room}?part=around`, fragment],
    [`/rooms/${room}/messages/3`, html],
    [`/rooms/${room}/messages`, fragment],
    [`/rooms/${room}/messages`, json],
    [`/rooms/${room}/changes`, json],
    [`/rooms/${room}/settings`, fragment],
    [`/rooms/${room}/people`, html],
    [`/rooms/${room}/people`, fragment],
    [`/rooms/${room}/people?q=person`, fragment],
    [`/rooms/${room}/people?part=window`, fragment],
    [`/rooms/${room}/people?part=window&after=offline.0.a`, fragment],
    ['/rooms', html],
    ['/rooms', fragment],
    ['/rooms?q=room', fragment],
    ['/rooms?mine=yes', fragment],
    ['/rooms?mine=yes&q=room', fragment],
    [`/rail?current=${room}`, fragment],
    ['/rail', json],
    ['/people?user=7', fragment],
    ['/people', html],
    ['/people?q=person', fragment],
    [`/people?q=person&room=${room}`, fragment],
    [`/people?q=7&room=${room}`, json],
    ['/profile', fragment],
    ['/settings', fragment],
    ['/help', fragment],
    ['/media-kit', fragment],
    ['/search', html],
    ['/search?q=from:Person', html],
    ['/search?part=chips', fragment],
    ['/search?q=said&part=results', fragment],
    ['/search?q=in:Room+9+said&sender=7', json],
  ]
  return asked.map(([path, headers]) => ({ path, headers }))
}
