import type { Answered } from '../../../views/rooms/invite'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { textLimits } from '../../shared/limits'
import type { InvitationOnWire } from '../../shared/protocol'
import { rankName } from '../../shared/rank-name'
import type { Invitation, Room, User } from '../../store/store'
import type { Chat } from '../chat'
import { foldName } from '../people/name'
import { asPublication } from '../publication'
import { publishInvitationsEnd } from './membership'
import { readLine } from './rooms'

/** Who is to be invited: people who were chosen, and names that were typed between commas. */
export type Wanted = { users: number[]; names: string; why: string }

/**
 * A member asks people into a room; gives what became of each of them. Throws `names_missing`,
 * `names_many`, `room_missing`, `why_long` and `message_characters`.
 */
export async function invite(
  chat: Chat,
  room: Room,
  inviter: User,
  wanted: Wanted,
): Promise<Answered[]> {
  const why = readLine(wanted.why, textLimits.whyUnitsMax, 'why_long')
  const { users, unknown } = await findWanted(chat, wanted)
  if (users.length === 0 && unknown.length === 0) throw new ChatError('names_missing')
  const by = { roomId: room.id, userId: inviter.id }
  const at = chat.now()
  const outcomes = await chat.store.invitations.invite(by, users, why, at)
  if ('refused' in outcomes) throw new ChatError(outcomes.refused)
  const { id, kind, name, topic, members } = room
  const place = { id, kind, name, topic, members, isLocked: false }
  const shown = { room: place, by: inviter, why, invitedAt: at }
  for (const { user, outcome, isShown } of outcomes) {
    if (user === null || outcome !== 'invited' || !isShown) continue
    const event = { type: 'invitation', invitation: toWire(shown) } as const
    chat.publish({ user: user.id }, asPublication(event))
  }
  const answered = outcomes.map((one, n) => ({ ...one, name: one.user?.nickname ?? `${users[n]}` }))
  return [
    ...answered,
    ...unknown.map((typed) => ({ name: typed, user: null, outcome: 'unknown' as const })),
  ]
}

/** An invitation as clients see it. */
export function toWire({ room, by, why, invitedAt }: Invitation): InvitationOnWire {
  return { room, by, why, timestamp: new Date(invitedAt).toISOString() }
}

/** Declines an invitation, which nobody is told; no effect where there is none. */
export async function decline(chat: Chat, user: User, roomId: number): Promise<void> {
  const isOver = await chat.store.invitations.decline(user.id, roomId, chat.now())
  // The person's other tabs.
  if (isOver) publishInvitationsEnd(chat, roomId, [user.id])
}

/** Takes an invitation back, as who made it or as the host; no effect where there is none. */
export async function withdraw(
  chat: Chat,
  room: Room,
  memberId: number,
  userId: number,
): Promise<void> {
  const member = { roomId: room.id, userId: memberId }
  const isOver = await chat.store.invitations.withdraw(member, userId)
  if (isOver) publishInvitationsEnd(chat, room.id, [userId])
}

/**
 * A typed name stands for the person who has exactly this name. One that begins like somebody who
 * was chosen is what they were searched by.
 */
export async function findWanted(
  { store }: Chat,
  { users: chosen, names }: Omit<Wanted, 'why'>,
): Promise<{ users: number[]; unknown: string[] }> {
  const typed = [...new Set(splitNames(names))]
  if (chosen.length + typed.length > serverLimits.invitedAtOnceMax)
    throw new ChatError('names_many')
  const people = await Promise.all(chosen.map((id) => store.users.find(id)))
  const users = new Set(chosen)
  const unknown: string[] = []
  for (const name of typed) {
    const folded = foldName(name)
    const [found] = folded === null || folded === '' ? [] : await store.users.named(folded, 1)
    const isSearch = people.some(
      (person) => person !== null && Number.isFinite(rankName(person.nickname, name)),
    )
    if (found?.folded === folded && found !== undefined) users.add(found.id)
    else if (!isSearch) unknown.push(name)
  }
  return { users: [...users], unknown }
}

/** The commas of any script. */
const commas = /[,，、;；\n]/

function splitNames(text: string): string[] {
  return text
    .split(commas)
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** The name that is being typed, after the last comma; empty when there is none. */
export function lastName(text: string): string {
  return text.split(commas).at(-1)?.trim() ?? ''
}
