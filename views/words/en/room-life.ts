/** What becomes of a room: who comes in, its hosts, its end. */
export const roomLife = {
  saveKind: 'Save who can join',
  kindNote: 'Members stay, whatever you choose.',
  makeHost: 'Make host',
  takeHost: 'Remove as host',
  end: 'End of this room',
  archive: 'Archive this room',
  archiveNote: 'Everyone can still read and search it, and nobody can write. Hosts can undo this.',
  archived: { one: 'Archived ({n})', other: 'Archived ({n})' },
  archivedSign: 'archived',
  archivedRooms: 'Archived rooms',
  isArchived: 'This room is archived. You can read it, but not write in it.',
  reopen: 'Reopen',
  deleteRoom: 'Delete this room…',
  deleteLead:
    'Everything in {room} is deleted for everyone: messages, files and invitations. ' +
    'This cannot be undone.',
  exportFirst: 'To keep a copy, export the room first:',
  typeName: 'To delete it, type its name: {room}',
  deleteNow: 'Delete for ever',
}

/** Private conversations of more than two people. */
export const groups = {
  add: 'Start group conversation',
  names: 'Add people',
  addNote: {
    one: 'Names with commas between them. A new conversation begins, without what was said here.',
    other:
      'Names with commas between them, up to {n} people in all. A new conversation begins, ' +
      'without what was said here.',
  },
  note: 'Only the people in this conversation can read this.',
}
