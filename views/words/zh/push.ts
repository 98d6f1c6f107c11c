/** Notices on devices, and the page that is shown without the server, in Chinese. */
export const push = {
  message: '新消息',
  private: '私信',
}
