import type { Words } from '../en'

/** What the keys do, in Simplified Chinese. */
export const keys: Words['keys'] = {
  send: '发送',
  line: '换行',
  mention: '提及某人；在空白输入框中则是发私信',
  emojiPanel: '表情面板',
  emojiName: '按名称输入表情，如 ：笑',
  search: '搜索，或跳到某个房间或成员',
  rooms: '上一个或下一个房间',
  unread: '上一个或下一个未读房间',
  escape: '关闭、退出私信模式，再标为已读并跳到最新',
  scroll: '输入时滚动消息',
  editLast: '输入框为空时：编辑上一条消息',
  oldest: '第一条未读消息',
  list: '在消息列表中：上一条或下一条消息',
  rowActs: '在消息列表中：编辑、回复、表情回应、查看作者、更多',
  ends: '最早或最新的消息',
  regions: '在房间、消息、输入框、成员之间切换',
  people: '成员',
  settings: '设置',
  help: '显示本列表',
}

/** 输入的符号有什么作用。 */
export const formatting: Words['formatting'] = {
  heading: '文字格式',
  bold: '粗体',
  italic: '斜体',
  struck: '删除线',
  code: '代码',
  spoiler: '点开才显示',
  quote: '引用',
  list: '列表；行首空两格为下一级',
  numbers: '编号列表，至少两行',
  block: '多行代码',
  table: '表格，下一行写 |---|---|',
  escape: '符号本身：*',
}
