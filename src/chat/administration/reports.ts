import { ChatError } from '../../server/errors'
import { textLimits } from '../../shared/limits'
import type { User } from '../../store/store'
import type { Chat } from '../chat'
import { removeFiles } from '../files/janitor'
import type { Current } from '../people/account'
import { readLine } from '../rooms/rooms'
import { tellOf } from './acts'
import { publishRemoved } from './purge'

/**
 * Reports a message to those with a role, who are told; the same message again changes nothing.
 * Throws `message_missing`, also for an own one, `reports_full` and `line_long`.
 */
export async function report(
  chat: Chat,
  { id: reporter }: User,
  place: { room: number; seq: number },
  typed: { why: string },
): Promise<void> {
  const why = readLine(typed.why, textLimits.whyUnitsMax, 'line_long')
  const added = await chat.store.reports.add({ ...place, reporter, why, at: chat.now() })
  if (typeof added === 'object') throw new ChatError(added.refused)
  if (added) await tellReaders(chat)
}

/** Whether the person of a session has anything to read at `/notices`. */
export async function hasNews({ store }: Chat, session: Uint8Array): Promise<boolean> {
  const { count, notices } = store.reports
  return (await count(session)) > 0 || (await notices(session)).length > 0
}

/**
 * Answers all reports of a message, which is deleted if `deletes`. Throws `role_missing`,
 * `report_over` and `not_signed_in`.
 */
export async function answerReport(
  chat: Chat,
  { tokenHash }: Current,
  report: number,
  deletes: boolean,
): Promise<void> {
  const answered = await chat.store.reports.answer(tokenHash, report, deletes, chat.now())
  if ('refused' in answered) throw new ChatError(answered.refused)
  if (answered.removed !== null) publishRemoved(chat, [answered.removed])
  await removeFiles(chat, answered.freed)
  await tellReaders(chat)
}

/** Tells those with a role that the number of reports is another one. */
export async function tellReaders(chat: Chat): Promise<void> {
  for (const person of await chat.store.reports.readers()) tellOf(chat, person)
}
