import type { Words } from '../../words'

/** What is said about pictures and files, in Simplified Chinese. */
export const media: Words['media'] = {
  describe: '为看不见的人描述一下',
  description: '描述',
  original: '发送原图',
  placeNote: '将原样发送，其中可能包含拍摄地点。',
  uploading: '正在发送文件',
  cancel: '取消',
  larger: '放大',
  smaller: '缩小',
  previous: '上一张',
  next: '下一张',
  download: '下载',
  copy: '复制图片',
  live: {
    dropHere: '松开即可发送到 {room}',
    dropPrivately: '松开即可私下发送给 {name}',
    folder: '不能发送文件夹，请先打包成压缩文件。',
    tooMany: '一条消息最多 {n} 个文件，多出的没有加入。',
    tooLarge: '{name} 有 {size}，上限是 {limit}。',
    empty: '{name} 是空的。',
    ready: '待发送的文件：{n} 个',
    remove: '移除 {name}',
    percent: '{n}%',
    lost: '“{name}” 随之前的页面丢失了，请在新消息中重新添加。',
    uploadFailed: '有一个文件没有发出去。',
    uploadCut: '文件发送到一半时连接断开了。',
    copied: '已复制',
    notCopied: '浏览器不允许复制',
    picture: '{name}（第 {n} 张，共 {all} 张）',
  },
}
