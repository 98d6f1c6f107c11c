import type { Words } from '../en'

/** Notices on devices, and the page without the server, in Simplified Chinese. */
export const push: Words['push'] = {
  message: '新消息',
  private: '私信',
  heading: '没有打开页面时',
  onDevice: '通知这台设备',
  showsText: '显示消息内容',
  onDeviceNote: '通知经过加密，由浏览器厂商的推送服务传送，只说明谁在哪里发了消息。',
  failed: '此浏览器无法注册通知，请稍后再试。',
  away: '无法连接聊天室',
  awayNote: '这里是本设备保存的内容，可以阅读，不能发送。',
  nothingKept: '本设备没有保存消息。',
  description: '一群人的聊天室',
}
