/**
 * What somebody is: in a room a member or its host, on the server a moderator or an owner. Each may
 * do what those before it may, but in a direct room everybody is a member.
 */
export const ranks = ['member', 'host', 'moderator', 'owner'] as const
export type Rank = (typeof ranks)[number]

/** What a person is on the whole server. */
export type ServerRole = Exclude<Rank, 'host'>

/**
 * The one list of rights: for each act the lowest rank that may do it, and whether it is done only
 * to people of a lower rank. `docs/roles.md` shows it to people.
 */
export const rights = {
  // In a room, by its members.
  'message.post': { least: 'member' },
  'room.topic': { least: 'member' },
  'room.invite': { least: 'member' },
  'room.rename': { least: 'host' },
  'room.mention_all': { least: 'host' },
  'room.withdraw_invitation': { least: 'host' },
  'message.delete_others': { least: 'host' },
  'room.switch': { least: 'host' },
  'room.kind': { least: 'host' },
  'room.hand_over': { least: 'host' },
  'room.archive': { least: 'host' },
  'room.delete': { least: 'host' },
  'person.mute': { least: 'host', onlyLower: true },
  'person.remove': { least: 'host', onlyLower: true },
  // On the server.
  'admin.open': { least: 'moderator' },
  'log.read': { least: 'moderator' },
  'report.handle': { least: 'moderator' },
  'door.let_in': { least: 'moderator' },
  'door.links': { least: 'moderator' },
  'rooms.administer': { least: 'moderator' },
  'person.rename': { least: 'moderator', onlyLower: true },
  'person.ban': { least: 'moderator', onlyLower: true },
  'person.unban': { least: 'moderator' },
  'person.purge': { least: 'moderator', onlyLower: true },
  'person.way_back': { least: 'owner' },
  'role.set': { least: 'owner' },
  'server.configure': { least: 'owner' },
  'storage.read': { least: 'owner' },
} as const satisfies Record<string, Right>

type Right = { least: Rank; onlyLower?: true }

export type Act = keyof typeof rights

/** What the log names: acts by virtue of a role, and what the operator and an owner link do. */
export type LoggedAct =
  | Extract<Act, 'server.configure' | 'role.set' | 'report.handle' | 'person.mute'>
  | Extract<Act, 'person.remove' | 'person.ban' | 'person.unban' | 'person.purge'>
  | Extract<Act, 'person.rename' | 'person.way_back'>
  | Extract<Act, 'door.let_in' | 'door.links'>
  | Extract<Act, 'room.hand_over' | 'room.archive' | 'room.delete'>
  | 'door.refuse'
  | 'door.revoke'
  | 'person.unmute'
  | 'person.keep_out'
  | 'person.let_back'
  | 'owner.link'
  | 'owner.claim'

/** Whether a rank may do something, to a person of the rank `target` where it is done to one. */
export function can(rank: Rank, act: Act, target: Rank = 'member'): boolean {
  const right: Right = rights[act]
  if (ranks.indexOf(rank) < ranks.indexOf(right.least)) return false
  return right.onlyLower !== true || ranks.indexOf(rank) > ranks.indexOf(target)
}
