import { createToken } from '../../src/server/session-token'
import type { Person } from '../helpers/client'
import { inDatabase } from '../helpers/door'
import type { RunningServer } from '../helpers/server'

/** What stands at the door: somebody who asks, and a link of somebody else into a closed room. */
export type AtDoor = { request: number; link: number; invitation: string }

const nothing: AtDoor = { request: 0, link: 0, invitation: '' }

/** Puts both there, as newcomers and the usher do; the door itself stays open. */
export function settleDoor(
  server: RunningServer,
  usher: Person,
  room: number,
  isNeeded: boolean,
): AtDoor {
  if (!isNeeded) return nothing
  const { token, hash } = createToken(16)
  const name = `asker ${token}`
  const at = Date.now()
  return inDatabase(server, (db) => {
    const request = db
      .query<{ id: number }, [Uint8Array, string, number]>(
        `INSERT INTO door_requests (token_hash, nickname, nickname_folded, nickname_skeleton,
           avatar, line, asked_at, asked_from)
         VALUES (?1, ?2, ?2, ?2, 'letter', '', ?3, x'00') RETURNING id`,
      )
      .get(hash, name, at)
    const link = db
      .query<{ id: number }, [Uint8Array, string, number, number]>(
        `INSERT INTO door_links (link_hash, made_by, made_at, expires_at, uses_left, room_id)
         VALUES (?1, (SELECT id FROM users WHERE nickname = ?2), ?3, ?3 + 3600000, 1, ?4)
         RETURNING id`,
      )
      .get(hash, usher.nickname, at, room)
    return { request: request?.id ?? 0, link: link?.id ?? 0, invitation: token }
  })
}
