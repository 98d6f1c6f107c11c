import { beforeAll, describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { emojiFile, emojiHtml, loadEmoji } from '../../scripts/emoji'
import { linesOf, readEmoji } from '../../scripts/emoji-data'
import { isLargeEmoji, tint, tones } from '../../src/shared/emoji'
import { languageNames } from '../../src/shared/languages'
import type { Emoji, EmojiGroup } from '../../views/emoji/emoji-panel'

let groups: { en: EmojiGroup[]; zh: EmojiGroup[] }
let all: { en: Emoji[]; zh: Emoji[] }

beforeAll(async () => {
  groups = { en: await loadEmoji('en'), zh: await loadEmoji('zh') }
  const flat = (each: EmojiGroup[]): Emoji[] => each.flatMap(({ emoji }) => emoji)
  all = { en: flat(groups.en), zh: flat(groups.zh) }
})

describe('the emoji and their names', () => {
  test('are those of the package, from which scripts/emoji-data.ts writes them', async () => {
    for (const language of languageNames) {
      const kept = await Bun.file(emojiFile(language)).text()
      expect(kept === linesOf(await readEmoji(language))).toBe(true)
    }
  })

  test('are at most 48 KB in English and 78 KB in Chinese with English, compressed', async () => {
    expect(gzipSync(await emojiHtml('en')).length).toBeLessThanOrEqual(48 * 1024)
    expect(gzipSync(await emojiHtml('zh')).length).toBeLessThanOrEqual(78 * 1024)
  })

  test('are the same in both languages, in the same order', () => {
    const signs = (list: Emoji[]): string[] => list.map(({ sign }) => sign)
    expect(signs(all.en).length).toBeGreaterThan(1_900)
    expect(signs(all.zh)).toEqual(signs(all.en))
    expect(new Set(signs(all.en)).size).toBe(all.en.length)
    expect(groups.en.length).toBe(9)
  })

  test('are each one emoji as keyboards write it, in every skin tone', () => {
    for (const { sign, takesTone } of all.en) {
      for (const tone of takesTone ? tones : [0]) {
        expect(tint(sign, tone)).toMatch(/^\p{RGI_Emoji}$/v)
      }
    }
    expect(all.en.find(({ names }) => names[0] === 'wave')?.takesTone).toBe(true)
    expect(tint('👋', 3)).toBe('👋🏽')
    expect(tint('☝️', 3)).toBe('☝🏽')
    expect(all.en.filter(({ takesTone }) => takesTone).length).toBeGreaterThan(300)
  })

  test('have a name each, and shortcodes that can be typed', () => {
    for (const { label, names, tags } of [...all.en, ...all.zh]) {
      expect(label).not.toBe('')
      expect(names[0]).toMatch(/^(?:[a-z0-9_]+|[+-]1)$/)
      for (const name of [...names, ...tags]) expect(name).toMatch(/^[^\sA-Z]+$/)
    }
  })
})

test('up to six emoji alone are large', () => {
  for (const text of ['😂', '👍🏽 🎉', '😂😂😂😂😂😂', '❤️', '👨‍👩‍👧\n'])
    expect(isLargeEmoji(text)).toBe(true)
  for (const text of ['', '😂!', '😂😂😂😂😂😂😂', '7', 'no'])
    expect(isLargeEmoji(text)).toBe(false)
})
