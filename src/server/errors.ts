import { wordsFor } from '../../views/words'
import type { Language } from '../shared/languages'
import { fill } from '../shared/text'
import { type StorageReason, storageReasonOf } from '../store/storage-fault'
import { serverLimits } from './limits'

const statusOfCode = {
  name_empty: 422,
  name_long: 422,
  name_signs: 422,
  name_characters: 422,
  name_mixed_scripts: 422,
  name_reserved: 422,
  name_taken: 422,
  name_refused: 422,
  code_wrong: 422,
  password_wrong: 422,
  password_short: 422,
  invitation_needed: 403,
  invitation_unusable: 404,
  must_ask: 403,
  request_over: 404,
  requests_full: 503,
  links_full: 507,
  link_bounds: 422,
  link_unusable: 404,
  cookies_off: 422,
  avatar_unknown: 422,
  picture_unusable: 422,
  room_name_empty: 422,
  room_name_taken: 422,
  topic_long: 422,
  rooms_too_many: 422,
  rooms_full: 507,
  own_rooms_full: 422,
  invitation_over: 404,
  names_missing: 422,
  names_many: 422,
  why_long: 422,
  line_long: 422,
  conversations_full: 422,
  person_left: 409,
  room_stays: 409,
  room_archived: 409,
  room_locked: 409,
  first_room: 409,
  hosts_only: 403,
  slow: 429,
  muted: 403,
  private_off: 403,
  private_hosts: 403,
  host_needed: 409,
  room_name_differs: 422,
  group_size: 422,
  host_only: 403,
  role_missing: 403,
  rank_equal: 403,
  banned: 403,
  network_refused: 403,
  kept_out: 403,
  report_over: 404,
  reports_full: 507,
  owner_needed: 409,
  owner_last: 409,
  person_missing: 404,
  person_banned: 409,
  message_empty: 422,
  message_long: 422,
  message_characters: 422,
  message_marks: 422,
  attachments_many: 422,
  attachment_missing: 422,
  file_empty: 422,
  file_lost: 404,
  files_away: 503,
  file_large: 413,
  upload_cut: 400,
  upload_stalled: 408,
  own_space_full: 507,
  own_files_full: 507,
  space_full: 507,
  reply_missing: 422,
  message_missing: 404,
  emoji_unknown: 422,
  reactions_full: 422,
  reactions_many: 422,
  client_id_reused: 409,
  search_long: 422,
  search_replaced: 409,
  bad_frame: 400,
  bad_request: 400,
  unknown_type: 400,
  host_unknown: 421,
  origin_missing: 403,
  origin_foreign: 403,
  not_signed_in: 401,
  not_found: 404,
  room_missing: 404,
  method: 405,
  frame_large: 413,
  too_large: 413,
  media_type: 415,
  joins_too_many: 429,
  sockets_too_many: 429,
  too_many: 429,
  busy: 503,
  storage_failed: 503,
  storage_full: 507,
  storage_read_only: 503,
  storage_away: 503,
  restarting: 503,
  internal: 500,
} as const

export type ProblemCode = keyof typeof statusOfCode

/**
 * An error that is shown to people. Its code is stable; its sentence comes from the dictionary in
 * the reader's language. Any other thrown value is a bug and is shown as `internal`.
 */
export class ChatError extends Error {
  constructor(
    readonly code: ProblemCode,
    /** Milliseconds after which a retry makes sense; absent when it never does. */
    readonly retryMs?: number,
  ) {
    super(code)
  }

  get status(): (typeof statusOfCode)[ProblemCode] {
    return statusOfCode[this.code]
  }
}

/** The sentence for a problem in the reader's language; `reference` identifies the log line. */
export function problemSentence(language: Language, code: ProblemCode, reference = ''): string {
  return fill(wordsFor(language).problems[code], { reference })
}

const storageCodes = {
  full: 'storage_full',
  read_only: 'storage_read_only',
  failed: 'storage_failed',
  away: 'storage_away',
  files_away: 'files_away',
} as const satisfies Record<StorageReason, ProblemCode>

/** Gives a ChatError, or a disk fault as one; null for anything else, which is a bug. */
export function toProblem(thrown: unknown): ChatError | null {
  if (thrown instanceof ChatError) return thrown
  const reason = storageReasonOf(thrown)
  if (reason === null) return null
  const { awayRetryMs, storageRetryMs } = serverLimits
  return new ChatError(storageCodes[reason], reason === 'away' ? awayRetryMs : storageRetryMs)
}
