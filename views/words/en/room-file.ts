/** A whole room as a file, in English. */
export const roomFile = {
  howMany: { one: '{n} message, for keeping outside', other: '{n} messages, for keeping outside' },
  asText: 'As text',
  asPage: 'As one page, with pictures',
  pageNote: 'The page opens anywhere, without the chat and without a network.',
  begun: 'The file is being written; the browser shows how far it is.',
  head: { one: '{n} message, up to number {upTo}', other: '{n} messages, up to number {upTo}' },
  range: '{first} – {last}',
  zone: 'Times: {zone}',
  made: 'Exported {at} with Chatroom {version}',
  edited: 'edited',
  answers: 'answers {name}',
  gone: {
    one: '{n} message was taken back while this was written.',
    other: '{n} messages were taken back while this was written.',
  },
  putOut: 'You were put out of the room while this was written: it ends here.',
}
