import type { Words } from '../en'

/** 管理页面。 */
export const admin: Words['admin'] = {
  title: '管理',
  lead: '供本服务器的所有者和管理员使用。',
  sections: {
    general: '常规',
    people: '成员',
    log: '日志',
  },
  ownerTitle: '服务器所有者',
  ownerLead:
    '使用此链接后，{name} 将成为 {server} 的所有者：决定谁可以加入、各人的角色以及保留哪些内容。链接仅可使用一次。',
  becomeOwner: '成为所有者',
  saved: '已保存。',
  name: '服务器名称',
  nameNote: '显示在每个页面的标题中。',
  setByFlag: '已由运维人员通过 {flag} 设置。',
  welcome: '欢迎语',
  welcomeNote: '登录时显示。',
  roomMakers: '谁可以创建房间',
  roomMakerKinds: { everybody: '所有人', moderators: '管理员和所有者' },
  searchPeople: '搜索成员',
  roles: { member: '成员', moderator: '管理员', owner: '所有者' },
  role: '{name} 的角色',
  setRole: '设置角色',
  reason: '原因（可选）',
  lastSeen: '最近在线：{day}',
  noActs: '还没有任何操作。',
  olderActs: '更早的记录',
  operator: '运维人员',
  acts: {
    'server.configure': '更改了设置：{detail}',
    'role.set': '设置了 {person} 的角色：{detail}',
    'room.hand_over': '更改了 {person} 是否为 {room} 的房主：{detail}',
    'room.archive': '更改了 {room} 的归档状态：{detail}',
    'room.delete': '删除了 {room}',
    'owner.link': '生成了所有者链接',
    'owner.claim': '通过所有者链接成为所有者',
  },
  hiddenRoom: '一个仅限邀请的房间',
  because: '原因：{reason}',
}
