import { beforeAll, describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { emojiLines } from '../../scripts/emoji'
import { type EmojiList, readEmoji } from '../../src/island/emoji/emoji-list'
import { tint, tones } from '../../src/island/emoji/emoji-tone'
import { isLargeEmoji } from '../../src/shared/emoji'
import { wordsFor } from '../../views/words'

let lines: { en: string; zh: string }
let lists: { en: EmojiList; zh: EmojiList }

beforeAll(async () => {
  lines = { en: await emojiLines('en'), zh: await emojiLines('zh') }
  lists = { en: readEmoji(lines.en), zh: readEmoji(lines.zh) }
})

describe('the emoji and their names', () => {
  test('are at most 40 KB in English and 52 KB in Chinese, compressed', () => {
    expect(gzipSync(lines.en).length).toBeLessThanOrEqual(40 * 1024)
    expect(gzipSync(lines.zh).length).toBeLessThanOrEqual(52 * 1024)
  })

  test('are the same in both languages, in the same order', () => {
    const signs = ({ all }: EmojiList): string[] => all.map(({ sign }) => sign)
    expect(signs(lists.en).length).toBeGreaterThan(1_900)
    expect(signs(lists.zh)).toEqual(signs(lists.en))
    expect(new Set(signs(lists.en)).size).toBe(lists.en.all.length)
  })

  test('carry everything the panel says', () => {
    for (const language of ['en', 'zh'] as const) {
      const { groups, say } = lists[language]
      const { emoji } = wordsFor(language)
      expect(say('search')).toBe(emoji.search)
      expect(say('tone5')).toBe(emoji.tone5)
      expect(groups.map(({ name }) => say(name))).toEqual(groups.map(({ name }) => emoji[name]))
      expect(groups.length).toBe(9)
    }
  })

  test('are each one emoji as keyboards write it, in every skin tone', () => {
    for (const emoji of lists.en.all) {
      for (const tone of tones) expect(tint(emoji, tone)).toMatch(/^\p{RGI_Emoji}$/v)
    }
    const waving = lists.en.all.find(({ codes }) => codes.includes('wave'))
    expect(waving && tint(waving, 3)).toBe('👋🏽')
    expect(lists.en.all.filter(({ takesTone }) => takesTone).length).toBeGreaterThan(300)
  })

  test('have a name each, and shortcodes that can be typed', () => {
    for (const { codes, label } of [...lists.en.all, ...lists.zh.all]) {
      expect(label).not.toBe('')
      for (const code of codes) expect(code).toMatch(/^(?:[a-z0-9_]+|[+-]1)$/)
    }
  })
})

test('up to six emoji alone are large', () => {
  for (const text of ['😂', '👍🏽 🎉', '😂😂😂😂😂😂', '❤️', '👨‍👩‍👧\n'])
    expect(isLargeEmoji(text)).toBe(true)
  for (const text of ['', '😂!', '😂😂😂😂😂😂😂', '7', 'no'])
    expect(isLargeEmoji(text)).toBe(false)
})
