import { readAttachments } from '../sql/attachments'
import { createAppend } from '../sql/append'
import { hasHold } from '../sql/holds'
import {
  findNotifiedUserIds,
  type MessageRow,
  quoteAt,
  readQuote,
  selectMessages,
  toMessage,
  writeMentions,
} from '../sql/message-rows'
import { markOf } from '../sql/persons'
import type { AppendOutcome, AppendRefusal, NewMessage, RoomLimits, Store, User } from '../store'
import { translateText } from './dialect'
import { type Driver, writeLock } from './driver'

/**
 * Makes the function that adds a group of messages. The server judges and places all that is said
 * where nothing special is set, in one call (`placeMessages`). What is left, such as the first
 * message of a conversation or one in a slow room, is judged by the rules of `sql/append.ts`.
 */
export function createAppending(driver: Driver, limits: RoomLimits): Store['messages']['append'] {
  const placeAll = driver.query<Placed, [string]>(`SELECT * FROM ${placeMessages.name}(?)`)
  const place = driver.group((sent: string) => placeAll.all(sent))
  const appendOthers = createAppend(driver, limits)
  const findFirsts = createFindFirsts(driver)
  return async (batch) => {
    const { result: placed, isAgain } = await place(JSON.stringify(batch.map(toSent)))
    const others = batch.filter((_, n) => placed[n]?.status === 'left')
    const rest = (others.length === 0 ? [] : await appendOthers(others)).values()
    const repeats = batch.filter((_, n) => placed[n]?.status === 'repeat')
    const firsts = repeats.length === 0 ? new Map() : await findFirsts(repeats)
    return batch.map((message, n) => {
      const one = placed[n]
      if (one === undefined) throw new Error('each message has an outcome')
      if (one.status === 'left') return rest.next().value ?? refusal('room_missing')
      if (one.status === 'accepted') return toAccepted(message, one)
      if (one.status !== 'repeat') return refusal(one.status)
      return toRepeat(message, one, firsts.get(keyOf(message)), isAgain)
    })
  }
}

type Placed = {
  status: 'accepted' | 'repeat' | 'left' | AppendRefusal
  seq: number | null
  isMember: 0 | 1
  nickname: string
  avatar: string
  mark: User['mark']
  quote: string | null
  files: string | null
  recipient: string | null
  members: number | null
}

/** What the server is told of a message. */
function toSent(message: NewMessage) {
  const { room, author, clientId, content, replyTo, createdAt, session, writtenIn } = message
  return {
    ...{ room, author, client_id: clientId, content, reply_to: replyTo, created_at: createdAt },
    session: session?.toHex() ?? null,
    files: message.attachments,
    mentions: writeMentions(message.mentions),
    mentioned: message.mentions.map(({ user }) => user),
    written_in: writtenIn,
  }
}

function refusal(code: AppendRefusal): AppendOutcome {
  return { status: 'refused', code }
}

function toAccepted(message: NewMessage, placed: Placed): AppendOutcome {
  const { room, clientId, content, replyTo, mentions, createdAt } = message
  const { nickname, avatar, mark } = placed
  const sender = { id: message.author, nickname, avatar, mark }
  const quote = readQuote(placed.quote)
  const seq = placed.seq ?? 0
  const stored = {
    ...{ room, seq, revision: seq, clientId, sender, content, replyTo, quote, mentions },
    attachments: readAttachments(placed.files),
    notifiedUserIds: findNotifiedUserIds(mentions, sender, quote),
    ...{ reactions: [], recipient: toRecipient(placed), writtenIn: null, writtenAfter: null },
    ...{ system: null, createdAt, editedAt: null, deletedAt: null },
  }
  return { status: 'accepted', message: stored, repeat: false, members: placed.members ?? 0 }
}

function toRecipient({ recipient }: Placed): User | null {
  if (recipient === null) return null
  const [id, nickname, avatar, mark]: [number, string, string, User['mark']] = JSON.parse(recipient)
  return { id, nickname, avatar, mark }
}

/** `isAgain`: the group was sent before, and whether it was stored then is not known. */
function toRepeat(
  sent: NewMessage,
  placed: Placed,
  row: MessageRow | undefined,
  isAgain: boolean,
): AppendOutcome {
  // It was erased with its room just now.
  if (row === undefined) return refusal('room_missing')
  const message = toMessage(row, placed.isMember === 1 ? toRecipient(placed) : null)
  // Who is not in the room any more does not learn that somebody changed the message since.
  if (placed.isMember === 0) message.revision = message.seq
  const isOwn = isAgain && message.createdAt === sent.createdAt
  return { status: 'accepted', message, repeat: !isOwn }
}

const keyOf = ({ author, clientId }: Pick<NewMessage, 'author' | 'clientId'>): string =>
  `${author} ${clientId}`

/** Makes the function that reads the first messages with the ids of repeats. */
function createFindFirsts(driver: Driver) {
  const find = driver.query<MessageRow, [string]>(
    selectMessages(`(client_id, author_id) IN (
      SELECT value ->> 'clientId', CAST(value ->> 'author' AS INTEGER) FROM json_each(?))`),
  )
  return driver.read(function* (repeats: NewMessage[]) {
    const wanted = repeats.map(({ clientId, author }) => ({ clientId, author }))
    const rows = yield* find.all(JSON.stringify(wanted))
    return new Map(
      rows.map((row) => [keyOf({ author: row.senderId, clientId: row.clientId }), row]),
    )
  })
}

/** What a message says of its files, for those that its author may use. */
const filesOf = `(SELECT json_agg(json_build_object('id', id, 'name', name, 'type', type,
    'size', size, 'width', width, 'height', height, 'preview', preview,
    'description', description) ORDER BY nth)
  FROM jsonb_array_elements_text(s.files) WITH ORDINALITY AS wanted (file, nth)
    JOIN attachments ON id = wanted.file AND owner_id = s.author AND used_as IS NULL)`

/**
 * Locks the rooms, and the files, in the order of their ids; then, as each statement of a function
 * sees what is stored by then, judges each message and places those that are accepted, without a
 * hole. `left`: not judged; all that is said in that room is left, too, so that the order stays.
 */
const body = `
#variable_conflict use_column
BEGIN
  PERFORM pg_advisory_xact_lock_shared(${writeLock});
  PERFORM 1 FROM rooms WHERE id IN (
    SELECT (value ->> 'room')::bigint FROM jsonb_array_elements(group_sent::jsonb))
  ORDER BY id FOR NO KEY UPDATE;
  IF position('"files":["' IN group_sent) > 0 THEN
    PERFORM 1 FROM attachments WHERE id IN (
      SELECT jsonb_array_elements_text(value -> 'files')
      FROM jsonb_array_elements(group_sent::jsonb))
    ORDER BY id FOR NO KEY UPDATE;
  END IF;
  RETURN QUERY
  WITH sent AS MATERIALIZED (
    SELECT *, count(*) OVER (PARTITION BY author, client_id) > 1 AS is_doubled
    FROM ROWS FROM (jsonb_to_recordset(group_sent::jsonb) AS (room bigint, author bigint,
      client_id text, content text, reply_to bigint, created_at bigint, session text, files jsonb,
      mentions text, mentioned jsonb, written_in bigint)) WITH ORDINALITY AS all_sent (room,
      author, client_id, content, reply_to, created_at, session, files, mentions, mentioned,
      written_in, nth)
  ), shared AS MATERIALIZED (
    SELECT file FROM sent, jsonb_array_elements_text(files) AS file
    GROUP BY file HAVING count(*) > 1
  ), known AS MATERIALIZED (
    SELECT s.*, was.room_id AS first_room, own.id AS sender, own.nickname, own.avatar,
      ${markOf('own')} AS mark, r.revision, r.members_version, r.is_direct,
      other.user_as_json AS recipient, other.has_left, quoted.quote,
      CASE WHEN s.files = '[]' THEN NULL ELSE ${filesOf} END AS own_files,
      s.session IS NOT NULL AND (SELECT id FROM sessions
        WHERE token_hash = decode(s.session, 'hex') AND user_id = s.author) IS NULL
        AS is_signed_out,
      s.is_doubled OR (s.written_in IS NOT NULL AND r.is_direct)
        OR s.room IN (SELECT written_in FROM sent WHERE written_in IS NOT NULL)
        OR r.is_held OR coalesce(r.is_new, FALSE)
        OR coalesce(s.reply_to > r.revision, FALSE) OR (s.files <> '[]' AND EXISTS (
          SELECT 1 FROM jsonb_array_elements_text(s.files) AS wanted (file) JOIN shared USING (file)
        )) AS is_special
    FROM sent AS s
    LEFT JOIN messages AS was ON was.client_id = s.client_id AND was.author_id = s.author
    LEFT JOIN memberships AS m ON m.room_id = s.room AND m.user_id = s.author
    LEFT JOIN users AS own ON own.id = m.user_id AND own.left_at IS NULL
    LEFT JOIN LATERAL (SELECT revision, members_version,
        kind = 'direct' AND is_group = 0 AS is_direct,
        kind = 'direct' AND revision = 0 AS is_new, ${hasHold('s.author')} AS is_held
      FROM rooms WHERE rooms.id = s.room) AS r ON TRUE
    LEFT JOIN LATERAL (SELECT left_at IS NOT NULL AS has_left,
        json_array(users.id, nickname, avatar, ${markOf('users')}) AS user_as_json
      FROM memberships JOIN users ON users.id = user_id
      WHERE r.is_direct AND room_id = s.room AND user_id <> s.author LIMIT 1) AS other ON TRUE
    LEFT JOIN LATERAL (SELECT (${quoteAt('s.room', 's.reply_to')}) AS quote
      WHERE s.reply_to IS NOT NULL) AS quoted ON TRUE
  ), judged AS MATERIALIZED (
    SELECT *, CASE
      WHEN first_room = room THEN 'repeat'
      WHEN first_room IS NOT NULL THEN 'client_id_reused'
      WHEN is_doubled THEN 'left'
      WHEN is_signed_out THEN 'not_signed_in'
      WHEN sender IS NULL THEN 'room_missing'
      WHEN bool_or(is_special) OVER (PARTITION BY room) THEN 'left'
      WHEN has_left THEN 'person_left'
      WHEN reply_to IS NOT NULL AND quote IS NULL THEN 'reply_missing'
      WHEN files <> '[]' AND jsonb_array_length(files)
        IS DISTINCT FROM json_array_length(own_files) THEN 'attachment_missing'
      ELSE 'accepted' END AS status
    FROM known
  ), placed AS MATERIALIZED (
    SELECT *, CASE WHEN status = 'accepted' THEN revision + count(*) FILTER (
      WHERE status = 'accepted') OVER (PARTITION BY room ORDER BY nth) END AS place
    FROM judged
  ), written AS (
    INSERT INTO messages (room_id, seq, revision, author_id, client_id, content, reply_to,
      mentions, attachments, created_at)
    SELECT room, place, place, author, client_id, content, reply_to, mentions, own_files::text,
      created_at
    FROM placed WHERE status = 'accepted' ORDER BY nth
  ), called AS (
    INSERT INTO mentions (user_id, room_id, seq)
    SELECT person::bigint, room, place
    FROM placed, jsonb_array_elements_text(mentioned) AS person WHERE status = 'accepted'
    UNION SELECT (quote ->> 0)::bigint, room, place
    FROM placed WHERE status = 'accepted' AND quote IS NOT NULL AND (quote ->> 0)::bigint <> author
  ), used AS (
    UPDATE attachments SET used_as = 'message', room_id = room, seq = place
    FROM placed, jsonb_array_elements_text(placed.files) AS file
    WHERE status = 'accepted' AND attachments.id = file
  ), advanced AS (
    UPDATE rooms SET messages = messages + said, revision = rooms.revision + said,
      last_seq = rooms.revision + said, active_at = said_at
    FROM (SELECT room, count(*) AS said, (array_agg(created_at ORDER BY nth DESC))[1] AS said_at
      FROM placed WHERE status = 'accepted' GROUP BY room) AS grown
    WHERE rooms.id = grown.room
  )
  SELECT status, place, CASE WHEN is_signed_out OR sender IS NULL THEN 0 ELSE 1 END,
    nickname, avatar, mark, quote, own_files::text, recipient, members_version
  FROM placed ORDER BY nth;
END`

const statement = translateText(body)
const name = `append_${Bun.hash(statement).toString(36)}`

/** A function of the server. Each build has its own, so that two builds can run side by side. */
export const placeMessages = {
  name,
  sql: `CREATE FUNCTION ${name}(group_sent text) RETURNS TABLE (status text, seq bigint,
    "isMember" integer, nickname text, avatar text, mark text, quote text, files text,
    recipient text, members bigint) LANGUAGE plpgsql AS $body$ ${statement} $body$`,
}
