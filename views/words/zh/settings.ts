import type { Words } from '../../words'

/** The settings of this browser, in Simplified Chinese. */
export const settings: Words['settings'] = {
  title: '设置',
  theme: '主题',
  themes: { auto: '跟随系统', light: '浅色', dark: '深色' },
  density: '疏密',
  densities: { comfortable: '宽松', compact: '紧凑' },
  enter: '回车键',
  enters: {
    auto: '发送；在手机上换行',
    sends: '总是发送',
    line: '换行；Ctrl 加回车发送',
  },
  sound: '声音',
  notices: '这台电脑上的通知',
  noticesNeedHttps: '通知需要 HTTPS 地址；声音在哪里都能用。',
  private: '私信',
  history: '这台设备上的记录',
  keepHistory: '在这里保留公开房间的副本，没有服务器也能查看和搜索',
  ownDevice: '这是我自己的设备：凭邀请的房间和私信也保留',
  used: '已保留 {n} 条消息，{size} KB',
  clearHistory: '清除这台设备上的记录',
  cleared: '这台设备上的记录已清除。',
  notKept: '这个浏览器什么都不保存，所以这台设备上没有记录。',
  languageLater: '语言将在下次打开页面时改变：现在打开会丢失正在写的内容。',
}
