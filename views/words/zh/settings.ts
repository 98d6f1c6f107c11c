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
  languageLater: '语言将在下次打开页面时改变：这个浏览器不保存草稿。',
}
