import { createToken } from '../../src/server/session-token'
import type { Person } from '../helpers/client'
import { askDatabase } from '../helpers/database'
import type { RunningServer } from '../helpers/server'

/** What stands at the door: somebody who asks, and a link of somebody else into a closed room. */
export type AtDoor = { request: number; link: number; invitation: string }

const nothing: AtDoor = { request: 0, link: 0, invitation: '' }

/** Puts both there, as newcomers and the usher do; the door itself stays open. */
export async function settleDoor(
  server: RunningServer,
  usher: Person,
  room: number,
  isNeeded: boolean,
): Promise<AtDoor> {
  if (!isNeeded) return nothing
  const { token, hash } = createToken(16)
  const name = `asker ${token}`
  const at = Date.now()
  const [request] = await askDatabase<{ id: number }>(
    server,
    `INSERT INTO door_requests (token_hash, nickname, nickname_folded, nickname_skeleton,
       avatar, line, asked_at, asked_from)
     VALUES (?1, ?2, ?2, ?2, 'letter', '', ?3, ?4) RETURNING id`,
    ...[hash, name, at, new Uint8Array(1)],
  )
  const [link] = await askDatabase<{ id: number }>(
    server,
    `INSERT INTO door_links (link_hash, made_by, made_at, expires_at, uses_left, room_id)
     VALUES (?1, (SELECT id FROM users WHERE nickname = ?2), ?3, ?3 + 3600000, 1, ?4)
     RETURNING id`,
    ...[hash, usher.nickname, at, room],
  )
  return { request: request?.id ?? 0, link: link?.id ?? 0, invitation: token }
}
