import { describe, expect, test } from 'bun:test'
import type { Storage } from '../../../src/island/ui/storage'
import { emojiHalfLifeMs, openEmojiUsed } from '../../../src/island/emoji/emoji'

/** A browser's storage; or one that keeps nothing, as in some private windows. */
function storageOf(kept: Map<string, unknown>, keeps = true): Storage {
  return {
    read: (key) => kept.get(key) ?? null,
    write: (key, value) => keeps && kept.set(key, structuredClone(value)) !== undefined,
    remove: (key) => kept.delete(key),
    keys: () => [...kept.keys()],
    size: (key) => String(kept.get(key) ?? '').length,
    makeRoom: () => false,
    seal: () => kept.clear(),
    watch: () => {},
  }
}

describe('emoji used lately', () => {
  test('what is used more comes first, until it is long ago', () => {
    let now = 0
    const used = openEmojiUsed(storageOf(new Map()), () => now)
    for (const sign of ['😂', '😂', '😂', '🎉']) used.note(sign)
    expect(used.recent()).toEqual(['😂', '🎉'])
    now += 3 * emojiHalfLifeMs
    used.note('🎉')
    expect(used.recent()).toEqual(['🎉', '😂'])
  })

  test('24 are kept, and a new one is among them', () => {
    const used = openEmojiUsed(storageOf(new Map()), () => 0)
    const signs = Array.from({ length: 30 }, (_, n) => String.fromCodePoint(0x1f400 + n))
    for (const sign of signs) for (let n = 0; n < 3; n += 1) used.note(sign)
    used.note('🎉')
    expect(used.recent().length).toBe(24)
    expect(used.recent()).toContain('🎉')
  })

  test('it lasts over a reload, and without storage as long as the page', () => {
    const kept = new Map<string, unknown>()
    const before = openEmojiUsed(storageOf(kept))
    before.note('😂')
    before.setTone(4)
    const after = openEmojiUsed(storageOf(kept))
    expect(after.recent()).toEqual(['😂'])
    expect(after.tone()).toBe(4)
    const lost = openEmojiUsed(storageOf(new Map(), false))
    lost.note('🎉')
    lost.setTone(2)
    expect(lost.recent()).toEqual(['🎉'])
    expect(lost.tone()).toBe(2)
  })

  test('nonsense in the storage is not believed', () => {
    const nonsense = [[1], [{ sign: 7 }], 'x', { sign: '😂' }, [{ sign: '😂', weight: 'a', at: 0 }]]
    for (const value of nonsense) {
      const kept = new Map<string, unknown>([
        ['emoji.used', value],
        ['emoji.tone', 9],
      ])
      expect(openEmojiUsed(storageOf(kept)).recent()).toEqual([])
      expect(openEmojiUsed(storageOf(kept)).tone()).toBe(0)
    }
  })
})
