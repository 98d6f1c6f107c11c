import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { parseEmoji } from '../../../src/chat/messages/parse-message'
import { chooseSeed, createRandom } from '../../helpers/random'

type Listed = { emoji: string; skins?: Listed[] }

const file = import.meta.resolve('emojibase-data/en/data.json').replace('file://', '')
const listed: Listed[] = JSON.parse(readFileSync(file, 'utf8'))
const every = listed.flatMap((one) => [one, ...(one.skins ?? [])]).map(({ emoji }) => emoji)

test('every way to write an emoji is one reaction, with and without its selectors', () => {
  const seed = chooseSeed()
  console.log(`SEED=${seed}`)
  const random = createRandom(seed)
  const known = every.filter((emoji) => parseEmoji(emoji) !== null)
  expect(known.length).toBeGreaterThan(3_700)
  for (const emoji of known) {
    const whole = parseEmoji(emoji)
    expect(whole).toMatch(/^\p{RGI_Emoji}$/v)
    const some = emoji.replace(/\uFE0F/g, () => ['', '\uFE0E', '\uFE0F'][random(3)] ?? '')
    for (const written of [emoji.replaceAll('\uFE0F', ''), some])
      expect({ written, is: parseEmoji(written) }).toEqual({ written, is: whole })
  }
  expect(['❤', '1⃣', '👍\uFE0F', '❤\u200d🔥'].map(parseEmoji)).toEqual(['❤️', '1️⃣', '👍', '❤️‍🔥'])
})

test('a sign that is no emoji is no reaction, whatever selectors it has', () => {
  for (const sign of ['1', '#', 'x', '\uFE0F', '1\uFE0F', '❤❤', '❤x', '🇦', '\u200d', '❤\uFE0F '])
    expect({ sign, is: parseEmoji(sign) }).toEqual({ sign, is: null })
})
