/**
 * What is copied between the databases of the two engines: every table but those that an engine
 * makes for itself, in an order in which each row comes after those that it refers to.
 */
export const copiedTables = [
  'settings',
  'users',
  'freed_names',
  'sessions',
  'device_links',
  'person_browsers',
  'bans',
  'banned_browsers',
  'refused_addresses',
  'refused_names',
  'way_backs',
  'notices',
  'push_subscriptions',
  'rooms',
  'memberships',
  'mutes',
  'last_posts',
  'room_bans',
  'messages',
  'waiting_comings',
  'purges',
  'reports',
  'mentions',
  'reactions',
  'attachments',
  'stored_files',
  'room_files',
  'invitations',
  'declined_rooms',
  'acts',
  'door_links',
  'door_requests',
] as const

/** Whether a setting belongs to one database file, or to an index that the other engine makes. */
export function isOwnSetting(key: string): boolean {
  return key.startsWith('search_') || key === 'closed_in'
}

/** How far something is that takes long; `of` says what is counted. */
export type Progress = (step: { of: 'rows' | 'bytes'; done: number; total: number }) => void
