import type { Database } from './database'
import type { NewPushSubscription, PushNotice, PushWish, Store } from '../store'
import { isHere } from './persons'
import { readSetting } from './settings'

const keysSetting = 'push_keys'
/** Members of a room times messages that one look may compare: some ten milliseconds. */
const comparedMax = 20_000
const messagesMax = 50

/** The devices that a room may tell of a message, at this moment. */
const devices = `memberships AS member
  CROSS JOIN rooms ON rooms.id = member.room_id
  CROSS JOIN sessions ON sessions.user_id = member.user_id
  CROSS JOIN push_subscriptions AS push ON push.session_id = sessions.id`

/** Whether a person wants to be told of a message of the room, and still may be. */
const isWanted = `member.notify <> 'nothing' AND ${isHere('member.user_id')}
  AND messages.seq > member.read_seq AND messages.author_id <> member.user_id
  AND messages.deleted_at IS NULL AND messages.system IS NULL
  AND NOT EXISTS (SELECT 1 FROM json_each(push.muted)
    WHERE CAST(value AS INTEGER) = messages.author_id)
  AND (member.notify = 'all' OR rooms.kind = 'direct' OR ${isCalled('messages')})`

/** Whether a message mentions the member. */
function isCalled(messages: string): string {
  return `EXISTS (SELECT 1 FROM mentions WHERE mentions.user_id IN (0, member.user_id)
    AND mentions.room_id = ${messages}.room_id AND mentions.seq = ${messages}.seq)`
}

/** Devices that are told of messages while no page is open. */
export function createPush(db: Database): Store['push'] {
  const countMembers = db.query<{ members: number }, [number]>(
    `SELECT members FROM rooms WHERE id = ? AND EXISTS (SELECT 1 FROM push_subscriptions)`,
  )
  const wishes = db.query<PushWish, [{ room: number; after: number; upTo: number }]>(
    `SELECT push.session_id AS session, member.user_id AS user, push.endpoint,
       max(messages.seq) AS seq
     FROM ${devices} CROSS JOIN messages ON messages.room_id = member.room_id
     WHERE member.room_id = $room AND messages.seq > $after AND messages.seq <= $upTo
       AND ${isWanted}
     GROUP BY push.session_id, member.user_id, push.endpoint`,
  )
  const notice = db.query<PushNotice, [{ session: number; room: number; seq: number }]>(
    `SELECT push.endpoint, push.public_key AS publicKey, push.secret, push.language,
       push.shows_text = 1 AS showsText, member.user_id AS user, rooms.kind = 'direct' AS isDirect,
       rooms.name AS roomName, users.nickname AS sender, messages.content,
       ${isCalled('messages')} AS isCalled, (${unreadRooms}) AS unread
     FROM ${devices} CROSS JOIN messages ON messages.room_id = member.room_id
       CROSS JOIN users ON users.id = messages.author_id
     WHERE member.room_id = $room AND push.session_id = $session AND messages.seq = $seq
       AND ${isWanted}`,
  )
  const end = db.query<never, [Uint8Array]>(
    `DELETE FROM push_subscriptions WHERE session_id =
       (SELECT id FROM sessions WHERE token_hash = ?)`,
  )
  const drop = db.query<never, [string]>(`DELETE FROM push_subscriptions WHERE endpoint = ?`)
  return {
    keys: createKeys(db),
    subscribe: createSubscribe(db),
    end: db.write(function* (acting) {
      return void (yield* end.run(acting))
    }),
    wishes: db.read(function* (room, after, upTo) {
      const members = (yield* countMembers.get(room))?.members ?? 0
      if (members === 0) return []
      const most = Math.max(1, Math.min(messagesMax, Math.floor(comparedMax / members)))
      return yield* wishes.all({ room, after: Math.max(after, upTo - most), upTo })
    }),
    notice: db.read((wish) => notice.get(wish)),
    drop: db.write(function* (endpoint) {
      return void (yield* drop.run(endpoint))
    }),
  }
}

/** The rooms in which a message that is meant for the person is unread, and how many there are. */
const unreadRooms = `
  SELECT json_group_array(json_array(room, calls)) FROM (
    SELECT own.room_id AS room, iif(place.kind = 'direct',
      (SELECT count(*) FROM messages AS unread WHERE unread.room_id = own.room_id
         AND unread.seq > own.read_seq AND unread.author_id <> own.user_id
         AND unread.deleted_at IS NULL AND unread.system IS NULL),
      (SELECT count(*) FROM mentions WHERE mentions.user_id IN (0, own.user_id)
         AND mentions.room_id = own.room_id AND mentions.seq > own.read_seq)) AS calls
    FROM memberships AS own CROSS JOIN rooms AS place ON place.id = own.room_id
    WHERE own.user_id = member.user_id AND place.last_seq > own.read_seq
    ORDER BY place.active_at DESC LIMIT 50)`

/** Of two that make keys at once the first is kept. */
function createKeys(db: Database): Store['push']['keys'] {
  const keep = db.query<never, [string, string]>(
    `INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING`,
  )
  const read = db.read(() => readSetting(db, keysSetting))
  const write = db.transaction(function* (made: string) {
    yield* keep.run(keysSetting, made)
    return (yield* readSetting(db, keysSetting)) ?? ''
  })
  return async (make) => (await read()) ?? write(await make())
}

function createSubscribe(db: Database): Store['push']['subscribe'] {
  // A browser keeps its address when somebody else signs in with it.
  const release = db.query<never, [string]>(`DELETE FROM push_subscriptions WHERE endpoint = ?`)
  const add = db.query<never, [NewPushSubscription & { acting: Uint8Array }]>(
    `INSERT INTO push_subscriptions
       (session_id, endpoint, public_key, secret, language, shows_text, muted)
     SELECT id, $endpoint, $publicKey, $secret, $language, $showsText, $muted
     FROM sessions WHERE token_hash = $acting AND ${isHere('user_id')}
     ON CONFLICT (session_id) DO UPDATE SET endpoint = excluded.endpoint,
       public_key = excluded.public_key, secret = excluded.secret,
       language = excluded.language, shows_text = excluded.shows_text, muted = excluded.muted`,
  )
  const isSignedIn = db.query<unknown, [Uint8Array]>(
    `SELECT 1 FROM sessions WHERE token_hash = ? AND ${isHere('user_id')}`,
  )
  const subscribe = db.transaction(function* (
    acting: Uint8Array,
    subscription: NewPushSubscription,
  ) {
    if ((yield* isSignedIn.get(acting)) === null) return false
    yield* release.run(subscription.endpoint)
    yield* add.run({ ...subscription, acting })
    return true
  })
  return subscribe
}
