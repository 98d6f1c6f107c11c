/** Notices on devices, and the page that is shown without the server. */
export const push = {
  message: 'New message',
  private: 'Private message',
  heading: 'When no page is open',
  onDevice: 'Notify this device',
  showsText: 'Show the text of messages',
  onDeviceNote:
    'Notifications travel, encrypted, through the push service of your browser’s maker. They say ' +
    'who wrote and where.',
  failed: 'This browser could not be registered for notifications. Try again later.',
  away: 'Chatroom is not reachable',
  awayNote: 'What this device kept is here. You can read it, but not write.',
  nothingKept: 'This device kept no messages.',
  description: 'A chat room for a group of people',
}
