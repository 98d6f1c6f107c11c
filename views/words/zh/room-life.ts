import type { Words } from '../en'

/** 房间的公开范围、房主与结束。 */
export const roomLife: Words['roomLife'] = {
  saveKind: '保存加入方式',
  kindNote: '无论选择哪一种，现有成员都会保留。',
  makeHost: '设为房主',
  takeHost: '取消房主身份',
  end: '结束此房间',
  archive: '归档此房间',
  archiveNote: '所有人仍可阅读和搜索，但无法发言。房主可以撤销归档。',
  archived: { one: '已归档（{n}）', other: '已归档（{n}）' },
  archivedSign: '已归档',
  archivedRooms: '已归档的房间',
  isArchived: '此房间已归档，只能阅读，无法发言。',
  reopen: '恢复使用',
  deleteRoom: '删除此房间…',
  deleteLead: '{room} 中的所有内容，包括消息、文件和邀请，将对所有人删除，且无法恢复。',
  exportFirst: '如需保留副本，请先导出：',
  typeName: '请输入房间名称以确认删除：{room}',
  deleteNow: '永久删除',
}

/** 两人以上的私聊。 */
export const groups: Words['groups'] = {
  add: '开始多人对话',
  names: '添加成员',
  addNote: {
    one: '用逗号分隔名字。将开始新的对话，不包含此处的消息。',
    other: '用逗号分隔名字，总共最多 {n} 人。将开始新的对话，不包含此处的消息。',
  },
  note: '只有此对话中的成员可以阅读。',
}
