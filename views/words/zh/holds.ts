import type { Words } from '../en'

/** 房主对房间的设置和禁言。 */
export const holds: Words['holds'] = {
  title: '谁可以发言和加入',
  writers: '谁可以发言',
  writerKinds: { everybody: '所有人', hosts: '仅房主' },
  slow: '每人两条消息的间隔',
  noSlow: '不限',
  slowNote: '房主不受限制。',
  locked: '锁定：不接受新成员',
  save: '保存，对所有人生效',
  isLocked: '已锁定',
  mute: '禁言',
  muteTitle: '在 {room} 将 {name} 禁言',
  muteIn: '在 {room} 禁言…',
  muteNote: '对方仍可查看消息，但不能在这个房间发言、编辑或添加表情回应，并会看到原因和期限。',
  forHowLong: '禁言时长',
  why: '原因（可选，{name} 会看到）',
  mutedFor: '已被 {other} 禁言，还剩 {span}。',
  reason: '原因：',
  youAreMuted: '房主已将你在这个房间禁言，还剩 {span}。',
  youMustWait: '慢速模式：{span}后可以发送下一条消息。',
  undo: '解除禁言',
  hours: { one: '{n} 小时', other: '{n} 小时' },
  days: { one: '{n} 天', other: '{n} 天' },
}
