/** Notices on devices, and the page that is shown without the server. */
export const push = {
  message: 'New message',
  private: 'Private message',
}
