/** What people with a role do to others, and what those are told. */
export const acts = {
  open: 'Moderate…',
  guest: 'Guest {n}',
  forGood: 'May not come back',
  keptOut: 'May not come back',
  letBack: 'Let back in',
  lowerOnly: 'You can act on people with a lower role than yours only.',
  ban: 'Ban from this server',
  banNote:
    'All their devices are signed out at once. Their name stays taken, and they cannot come back ' +
    'from a browser they have used here, with a recovery code, or by an invitation.',
  network: 'Also refuse newcomers from their network',
  networkNote:
    'For those who are online now. Behind one router this is everybody: nobody new can join from ' +
    'there meanwhile. Those who are here notice nothing.',
  networks: { 0: 'No', 1: 'For 1 hour', 6: 'For 6 hours', 24: 'For 24 hours' },
  alsoPurge: 'Also delete what they wrote',
  spans: { hour: 'In the last hour', day: 'In the last 24 hours', all: 'Everything' },
  nothing: 'Nothing',
  purge: 'Delete what they wrote',
  purgeNote:
    'Messages, private messages and files are deleted for everybody, and cannot be restored. ' +
    'Everything includes their picture.',
  isPurging: 'Messages are being deleted. Reload to see whether this is done.',
  isBanned: 'Banned since {at}.',
  hasLeft: 'This person has left.',
  unban: 'Undo the ban',
  unbanNote:
    'Their name, rooms and messages are theirs again, as a member. Their devices stay signed ' +
    'out: an owner can make a link with which they come back.',
  rename: 'Change the name',
  newName: 'New name (empty: a neutral one)',
  renameNote: 'They are told, and cannot take the old name again for a week.',
  wayBack: 'Make a link to come back',
  wayBackNote:
    'For somebody who has lost all devices. Whoever opens the link is {name}: make sure that you ' +
    'give it to the right person. It works once, for 24 hours, and replaces the one before.',
  wayBackMade: 'Give this link to {name}. It is shown only now:',
  wayBackTitle: 'Come back',
  wayBackLead: 'With this link, this browser becomes a device of {name}. The link works once.',
  wayBackOther: 'You are signed in as {name} here. That ends with it on this device.',
  wayBackEnter: 'Come back as {name}',
  noBans: 'Nobody is banned.',
  bannedBy: 'By {name}, {at}',
  olderBans: 'Earlier bans',
  bannedTitle: 'You are banned',
  bannedLead: 'You are banned from this server as {name}.',
  bannedNote: 'If you think this is a mistake, ask those who run this server.',
  report: 'Report…',
  reportTitle: 'Report this message',
  reportLead: 'The moderators see the message, its room, and that you reported it.',
  why: 'What is wrong with it? (optional)',
  sendReport: 'Report',
  reported: 'Thank you. The moderators have been told.',
  noReports: 'No reports are waiting.',
  reportedBy: 'Reported by {name}',
  reportedIn: 'in {room}',
  privately: 'in a private conversation',
  wasDeleted: 'This message is deleted already.',
  deleteMessage: 'Delete the message',
  dismiss: 'Dismiss',
  olderReports: 'Earlier reports',
  reportsWait: { one: '1 report is waiting', other: '{n} reports are waiting' },
  notices: 'Notices',
  noNotices: 'There is nothing to read.',
  noticeKinds: {
    renamed: 'A moderator changed your name. It was {other}.',
    way_back_made:
      'An owner made a link with which somebody comes back as you. If you did not ask for it, ' +
      'ask an owner why.',
    way_back_used: 'Another device came back as you with the link of an owner.',
  },
  read: 'OK',
}
