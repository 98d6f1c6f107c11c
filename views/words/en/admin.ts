import type { LoggedAct } from '../../../src/shared/rights'

const acts: Record<LoggedAct, string> = {
  'server.configure': 'changed a setting: {detail}',
  'role.set': 'set the role of {person}: {detail}',
  'room.hand_over': 'changed whether {person} is a host of {room}: {detail}',
  'room.archive': 'archived {room}: {detail}',
  'room.delete': 'deleted {room}',
  'owner.link': 'made an owner link',
  'owner.claim': 'became an owner with the owner link',
}

/** The pages of administration. */
export const admin = {
  title: 'Administration',
  lead: 'For owners and moderators of this server.',
  sections: {
    general: 'General',
    people: 'People',
    log: 'Log',
  },
  ownerTitle: 'Owner of this server',
  ownerLead:
    'With this link {name} becomes an owner of {server}: owners decide who comes in, who has ' +
    'which role, and what is kept. The link works once.',
  becomeOwner: 'Become an owner',
  saved: 'Saved.',
  name: 'Name of this server',
  nameNote: 'Shown in the title of every page.',
  setByFlag: 'Set by the operator with {flag}.',
  welcome: 'Welcome line',
  welcomeNote: 'Shown to people who sign in.',
  roomMakers: 'Who may make rooms',
  roomMakerKinds: { everybody: 'Everybody', moderators: 'Moderators and owners' },
  searchPeople: 'Search people',
  roles: { member: 'Member', moderator: 'Moderator', owner: 'Owner' },
  role: 'Role of {name}',
  setRole: 'Set role',
  reason: 'Reason (optional)',
  lastSeen: 'Last seen {day}',
  noActs: 'Nothing has been done yet.',
  olderActs: 'Older entries',
  operator: 'The operator',
  acts,
  hiddenRoom: 'an invite-only room',
  because: 'Reason: {reason}',
}
