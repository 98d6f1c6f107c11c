/** What the keys do. */
export const keys = {
  send: 'Send',
  line: 'New line',
  mention: 'Mention someone; in an empty message: write privately',
  emojiPanel: 'Emoji panel',
  emojiName: 'Emoji by name, such as :joy',
  search: 'Search, or jump to a room or person',
  rooms: 'Previous or next room',
  unread: 'Previous or next unread room',
  escape: 'Close, stop writing privately, then mark as read and jump to the end',
  scroll: 'Scroll the messages while typing',
  editLast: 'In an empty message: edit your last message',
  oldest: 'First unread message',
  list: 'In the message list: previous or next message',
  rowActs: 'In the message list: edit, reply, react, who wrote it, more',
  ends: 'First or latest message',
  regions: 'Move between rooms, messages, message field and people',
  people: 'People',
  settings: 'Settings',
  help: 'This list',
}

/** What the signs in typed text do; each is the text of its own example. */
export const formatting = {
  heading: 'Formatting',
  bold: 'bold',
  italic: 'italic',
  struck: 'struck',
  code: 'code',
  spoiler: 'hidden until pressed',
  quote: 'Quote',
  list: 'List; two spaces in front: a list in it',
  numbers: 'Numbered list, from two lines on',
  block: 'Code in lines',
  table: 'Table, with a line of |---|---| below',
  escape: 'The sign itself: *',
}
