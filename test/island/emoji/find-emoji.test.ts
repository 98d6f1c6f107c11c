import { beforeAll, describe, expect, test } from 'bun:test'
import { emojiHtml } from '../../../scripts/emoji'
import {
  cellsOf,
  type EmojiCells,
  emojiNamed,
  findEmoji,
  signOf,
} from '../../../src/island/emoji/emoji'
import { documentForAll } from '../dom'

documentForAll()

let english: EmojiCells
let chinese: EmojiCells

beforeAll(async () => {
  const parse = (html: string): EmojiCells =>
    cellsOf(new DOMParser().parseFromString(html, 'text/html'))
  english = parse(await emojiHtml('en'))
  chinese = parse(await emojiHtml('zh'))
})

const signs = (query: string, cells = english): string[] => findEmoji(cells, query).map(signOf)

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
    expect(signs('笑', chinese)).toContain('😂')
    expect(signs('笑哭', chinese)[0]).toBe('😂')
    expect(signs('joy', chinese)[0]).toBe('😂')
    expect(signs('birthday', chinese)).toContain('🎂')
    expect(signs('pinocchio', chinese)[0]).toBe('🤥')
    expect(signs('生日', chinese)).toContain('🎂')
    expect(findEmoji(chinese, '生日')[0]?.getAttribute('aria-label')).not.toMatch(/[a-z]/)
  })

  test('a shortcode names exactly one', () => {
    const named = (code: string): string | null => {
      const cell = emojiNamed(english, code)
      return cell && signOf(cell)
    }
    expect(named('joy')).toBe('😂')
    expect(named('JOY')).toBe('😂')
    expect(named('-1')).toBe('👎')
    expect(named('jo')).toBeNull()
    // These are the labels of others, too.
    expect(named('camel')).toBe('🐫')
    expect(named('calendar')).toBe('📆')
  })
})
