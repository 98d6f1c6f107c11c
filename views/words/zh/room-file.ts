import type { Words } from '../../words'

/** A whole room as a file, in Simplified Chinese. */
export const roomFile: Words['roomFile'] = {
  howMany: { one: '共 {n} 条消息，可保存到别处', other: '共 {n} 条消息，可保存到别处' },
  asText: '导出为文本',
  asPage: '导出为网页（含图片）',
  pageNote: '这个网页不需要聊天室，也不需要网络，随处都能打开。',
  begun: '正在写入文件，浏览器会显示进度。',
  head: { one: '{n} 条消息，截至第 {upTo} 号', other: '{n} 条消息，截至第 {upTo} 号' },
  range: '{first} – {last}',
  zone: '时区：{zone}',
  made: '导出于 {at}，Chatroom {version}',
  edited: '已编辑',
  answers: '回复 {name}',
  gone: {
    one: '导出期间有 {n} 条消息被撤回。',
    other: '导出期间有 {n} 条消息被撤回。',
  },
  putOut: '导出期间你被移出了房间，内容到此为止。',
}
