import { ChatError } from '../../server/errors'
import { faultOf } from '../../server/log'
import { createToken, hashToken } from '../../server/session-token'
import type { Language } from '../../shared/languages'
import { wordsFor } from '../../../views/words'
import { fill } from '../../shared/text'
import type { Room, User } from '../../store/store'
import type { Chat } from '../chat'
import { removeFiles } from '../files/janitor'
import { publishSystemLines } from '../messages/system-lines'
import { closeReplaced, type Current, type DeviceKind } from '../people/account'
import { publishDeparture, publishPerson } from '../people/departures'
import { type Name, parseNickname } from '../people/name'
import { asPublication } from '../publication'
import { publishHeir, publishInvitationsEnd } from '../rooms/membership'
import { oneOf, readReason } from './administration'
import { purgeMarked } from './purge'

const hourMs = 60 * 60_000

/** For how many hours nobody new joins from the network of somebody who is banned. */
const networkHours = ['0', '1', '6', '24'] as const

/** How far a purge goes back: hours, or everything. */
const purgeHours = { hour: 1, day: 24, all: Infinity } as const
const spans = Object.keys(purgeHours) as (keyof typeof purgeHours)[]

/**
 * Bans somebody from the server: their sockets close at once, and neither they nor their browsers
 * come back. Throws `role_missing`, `rank_equal`, `person_missing`, `not_signed_in`, `bad_request`
 * and `line_long`.
 */
export async function ban(
  chat: Chat,
  { tokenHash }: Current,
  person: number,
  typed: { reason: string; hours: string; purge: string },
): Promise<void> {
  const told = { reason: readReason(typed.reason), at: chat.now() }
  const addressMs = Number(oneOf(networkHours, typed.hours)) * hourMs
  const span = typed.purge === '' ? null : oneOf(spans, typed.purge)
  const networks = { addresses: chat.addressesOf(person), addressMs }
  const banned = await chat.store.acts.ban(tokenHash, person, networks, told)
  if ('refused' in banned) throw new ChatError(banned.refused)
  await publishDeparture(chat, banned)
  for (const { room, user } of banned.uninvited) publishInvitationsEnd(chat, room, [user])
  chat.log('banned', { user: person })
  if (span !== null) await purge(chat, { tokenHash }, person, { reason: typed.reason, span })
}

/** Undoes a ban; where they go on, nobody is told. Throws as `ban`. */
export async function unban(
  chat: Chat,
  { tokenHash }: Current,
  person: number,
  typed: { reason: string },
): Promise<void> {
  const told = { reason: readReason(typed.reason), at: chat.now() }
  const back = await chat.store.acts.unban(tokenHash, person, told)
  if ('refused' in back) throw new ChatError(back.refused)
  publishPerson(chat, back.user)
  for (const heir of back.heirs) await publishHeir(chat, heir)
}

/** A purge is waited for only so long; what is left goes on. */
const purgeWaitMs = 3_000

/** Deletes what somebody wrote. Throws as `ban`, but for people who have left, too. */
export async function purge(
  chat: Chat,
  { tokenHash }: Pick<Current, 'tokenHash'>,
  person: number,
  typed: { reason: string; span: string },
): Promise<void> {
  const at = chat.now()
  const hours = purgeHours[oneOf(spans, typed.span)]
  const since = hours === Infinity ? 0 : at - hours * hourMs
  const told = { reason: readReason(typed.reason), at }
  const begun = await chat.store.acts.purge(tokenHash, person, since, told)
  if ('refused' in begun) throw new ChatError(begun.refused)
  publishPerson(chat, begun.user)
  await removeFiles(chat, begun.freed)
  const done = purgeMarked(chat)
  done.catch((fault) => chat.log('purge.failed', { fault: faultOf(fault) }))
  await Promise.race([done, Bun.sleep(purgeWaitMs)])
}

/** So many neutral names are tried. */
const neutralMax = 10_000

/**
 * Gives somebody another name, a neutral one if none is typed, and tells them. Throws as `ban`, and
 * `name_…` or `name_taken`.
 */
export async function renamePerson(
  chat: Chat,
  { tokenHash }: Current,
  person: number,
  { name: typed, reason, language }: { name: string; reason: string; language: Language },
): Promise<void> {
  const told = { reason: readReason(reason), at: chat.now() }
  const name = typed.trim() === '' ? await findNeutral(chat, language) : parseNickname(typed)
  if (typeof name === 'string') throw new ChatError(name)
  const { shown: nickname, folded, skeleton } = name
  const form = { nickname, folded, skeleton }
  const renamed = await chat.store.acts.rename(tokenHash, person, form, told)
  if ('refused' in renamed) throw new ChatError(renamed.refused)
  chat.presence.rename(renamed)
  publishPerson(chat, renamed)
  await publishSystemLines(chat)
  tellOf(chat, person)
}

/** "Guest 7", in the language of who asks: the first that is free. */
async function findNeutral(chat: Chat, language: Language): Promise<Name> {
  for (let number = 2; number < neutralMax; number += 1) {
    const name = parseNickname(fill(wordsFor(language).acts.guest, { n: number }))
    if (typeof name === 'string') continue
    if (await chat.store.users.isNameFree(name.folded, name.skeleton)) return name
  }
  throw new ChatError('name_taken')
}

/** 128 random bits. */
export const wayBackBytes = 16

/** Makes a link with which somebody comes back, in place of the one before. Throws as `ban`. */
export async function makeWayBack(
  chat: Chat,
  { tokenHash }: Current,
  person: number,
  typed: { reason: string },
): Promise<string> {
  const { token, hash } = createToken(wayBackBytes)
  const told = { reason: readReason(typed.reason), at: chat.now() }
  const user = await chat.store.acts.makeWayBack(tokenHash, person, hash, told)
  if ('refused' in user) throw new ChatError(user.refused)
  tellOf(chat, person)
  return token
}

/** Whom a link brings back. Throws `link_unusable`. */
export async function findWayBack(chat: Chat, link: string): Promise<User> {
  const user = await chat.store.acts.findWayBack(hashToken(link), chat.now())
  if (user === null) throw new ChatError('link_unusable')
  return user
}

/**
 * Uses the link up: the browser is a device of the person, who is told on the others. The session
 * that it had ends. Throws `link_unusable` and `banned`.
 */
export async function takeWayBack(
  chat: Chat,
  link: string,
  { device, current }: { device: DeviceKind; current: Current | null },
): Promise<{ user: User; token: string }> {
  const { token, hash } = createToken()
  const session = { ...device, tokenHash: hash, at: chat.now() }
  const replaced = current?.tokenHash ?? null
  const taken = await chat.store.acts.takeWayBack(hashToken(link), session, replaced)
  if (taken === null) {
    const refused = await chat.store.acts.refusalOf(device, session.at)
    throw new ChatError(refused === 'banned' ? refused : 'link_unusable')
  }
  closeReplaced(chat, current, taken)
  tellOf(chat, taken.user.id)
  chat.log('way-back', { user: taken.user.id })
  return { user: taken.user, token }
}

/** Lets somebody into a room again who was put out for good. Throws `host_only`, `rank_equal`. */
export async function letBack(
  chat: Chat,
  room: Room,
  hostId: number,
  person: number,
): Promise<void> {
  const host = { roomId: room.id, userId: hostId }
  const refused = await chat.store.acts.letBack(host, person, chat.now())
  if (refused !== null) throw new ChatError(refused)
}

/** Tells the pages of a person that there is something to read. */
export function tellOf(chat: Chat, person: number): void {
  chat.publish({ user: person }, asPublication({ type: 'notice' }))
}
