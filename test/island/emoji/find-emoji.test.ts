import { beforeAll, describe, expect, test } from 'bun:test'
import { emojiLines } from '../../../scripts/emoji'
import { type EmojiList, readEmoji } from '../../../src/island/emoji/emoji-list'
import { createFindEmoji, emojiNamed, type FindEmoji } from '../../../src/island/emoji/find-emoji'

let english: EmojiList
let chinese: EmojiList
let find: FindEmoji

beforeAll(async () => {
  english = readEmoji(await emojiLines('en'))
  chinese = readEmoji(await emojiLines('zh'))
  find = createFindEmoji([english])
})

const signs = (query: string, by: FindEmoji = find): string[] => by(query).map(({ sign }) => sign)

describe('searching emoji', () => {
  test('an exact name comes before its beginnings, and those before the rest', () => {
    expect(signs('joy').slice(0, 3)).toEqual(['😂', '😹', '🕹️'])
    expect(signs('heart')[0]).toBe('❤️')
    expect(signs('jo')[0]).toBe('😂')
  })

  test('what nobody calls by name is found by what it is for', () => {
    expect(signs('hello')).toContain('👋')
    expect(signs('birthday')).toContain('🎂')
    expect(signs('thumbsup')[0]).toBe('👍')
    expect(signs('+1')[0]).toBe('👍')
  })

  test('every word has to fit, in any order; underscores are spaces, capitals are letters', () => {
    expect(signs('cat joy')).toEqual(['😹'])
    expect(signs('JOY_cat')[0]).toBe('😹')
    expect(signs('cat zebra')).toEqual([])
  })

  test('nothing is found by nothing, and two letters in the middle of a word say nothing', () => {
    expect(signs('')).toEqual([])
    expect(signs('   ')).toEqual([])
    expect(signs('xqzy')).toEqual([])
    expect(signs('oy')).not.toContain('😂')
  })

  test('Chinese is found from one character on, English shortcodes on a Chinese page too', () => {
    const inChinese = createFindEmoji([chinese])
    expect(signs('笑', inChinese)).toContain('😂')
    expect(signs('笑哭', inChinese)[0]).toBe('😂')
    expect(signs('joy', inChinese)[0]).toBe('😂')
    const inBoth = createFindEmoji([chinese, english])
    expect(signs('birthday', inBoth)).toContain('🎂')
    expect(signs('生日', inBoth)).toContain('🎂')
    expect(inBoth('生日')[0]?.label).not.toMatch(/[a-z]/)
  })

  test('a shortcode names exactly one', () => {
    expect(emojiNamed(english, 'joy')?.sign).toBe('😂')
    expect(emojiNamed(english, 'JOY')?.sign).toBe('😂')
    expect(emojiNamed(english, '-1')?.sign).toBe('👎')
    expect(emojiNamed(english, 'jo')).toBeNull()
  })
})
