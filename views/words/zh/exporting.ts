import type { Words } from '../../words'

/** Rooms as files, in Simplified Chinese. */
export const exporting: Words['exporting'] = {
  title: '导出',
  here: '从这个浏览器保存',
  loaded: '已加载的：{n} 条消息',
  device: '这台设备上的：{n} 条消息',
  private: '也包括在这个房间里写的私信',
  save: '保存为文本',
  progress: '正在写文件',
  done: { one: '已导出 {n} 条消息', other: '已导出 {n} 条消息' },
  room: '房间',
  range: '范围',
  rangeLoaded: '已加载的',
  rangeDevice: '这台设备',
  messages: '消息',
  zone: '时区',
  software: '软件',
  missing: '缺少',
  missingNote: '这个浏览器没有看到的；服务器上全都有',
}
