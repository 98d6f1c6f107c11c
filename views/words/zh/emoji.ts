import type { Words } from '../../words'

/** What the emoji panel says, in Simplified Chinese. */
export const emoji: Words['emoji'] = {
  title: '表情',
  search: '搜索表情',
  found: '找到 {n} 个',
  nothing: '没有叫这个名字的表情',
  more: 'Shift Enter 可连续插入',
  tone: '肤色：{tone}',
  tone0: '默认',
  tone1: '浅色',
  tone2: '中浅色',
  tone3: '中等',
  tone4: '中深色',
  tone5: '深色',
  recent: '最近使用',
  smileys: '笑脸与情绪',
  people: '人物与手势',
  nature: '动物与自然',
  food: '食物与饮料',
  travel: '旅行与地点',
  activities: '活动',
  objects: '物品',
  symbols: '符号',
  flags: '旗帜',
}
