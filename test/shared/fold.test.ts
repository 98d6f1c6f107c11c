import { expect, test } from 'bun:test'
import { type CopiedMessage, findIn } from '../../src/island/device/copy-store'
import { excerptOf } from '../../src/shared/excerpt'
import { fold, foldInPlace } from '../../src/shared/fold'
import { rankName } from '../../src/shared/rank-name'
import { chooseSeed, createRandom } from '../helpers/random'
import { openEngine } from '../store/engine'
import { anything } from '../store/finding'
import { append, join } from '../store/people'

/** What people write, and what others type to find it. */
const alike: [written: string, typed: string][] = [
  ['Łódź', 'lodz'],
  ['Ørsted', 'orsted'],
  ['œuvre', 'oeuvre'],
  ['Œdipe', 'oed'],
  ['Straße', 'strasse'],
  ['STRAẞE', 'ass'],
  ['æther', 'aether'],
  ['Ðakovo đon', 'dakovo don'],
  ['ısı İSTANBUL', 'isi istanbul'],
  ['Þór', 'thor'],
  ['ħaġar', 'hagar'],
  ['Ŧŋ', 'tn'],
  ['ƒlorin', 'florin'],
  ['ﬁne ﬄuﬀ', 'fine fflu'],
  ['Ǆura', 'dzura'],
  ['ŀl', 'l·l'],
  ['Ғалым қала', 'галым кала'],
  ['한국어', '한국어'.normalize('NFD')],
  ['ｶﾞｲﾄﾞ', 'ガイド'],
  ['Ελλάς', 'ΕΛΛΑΣ'],
  ['naïve', 'NAIVE'],
  ['上海', '上海'],
  ['كتـــاب', 'كتاب'],
]
const unseen = [
  ...['\u00ad', '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u202a', '\u202e', '\u2060'],
  ...['\u2066', '\u2069', '\ufeff', '\u034f', '\u061c', '\u180e', '\ufe0e', '\u0001', '\u{e0041}'],
]

test('a search finds what eyes take for the same, everywhere, and marks just that', async () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const engine = await openEngine()
  const { store } = engine
  const ada = await join(store, 'Ada', 1)
  const hidden = (): string => unseen[random(unseen.length)] ?? ''
  const sprinkle = (text: string): string =>
    Array.from(text, (sign) => (random(3) === 0 ? sign + hidden() + hidden() : sign)).join('')
  for (let round = 0; round < 69; round += 1) {
    const [plain, typed] = alike[round % alike.length] ?? ['', '']
    const written = sprinkle(random(2) === 0 ? plain.normalize('NFD') : plain)
    const content = `${hidden()}so ${written} then${hidden()}`
    const words = fold(sprinkle(typed)).split(' ')
    const about = { seed, content, words }
    expect({ about, folded: fold(written) }).toEqual({ about, folded: fold(plain) })
    expect({ about, folded: foldInPlace(content).folded }).toEqual({ about, folded: fold(content) })
    const pieces = excerptOf(content, words)
    expect({ about, all: pieces.map(({ text }) => text).join('') }).toEqual({ about, all: content })
    const hits = pieces.filter(({ isHit }) => isHit).map(({ text }) => fold(text))
    expect({
      about,
      isMarked: words.every((word) => hits.some((hit) => hit.includes(word))),
    }).toEqual({ about, isMarked: true })
    const length = hits.join('').length - words.join('').length
    expect({ about, isShort: length <= words.length }).toEqual({ about, isShort: true })
    await append(store, ada, { clientId: `m-${round}`, content, createdAt: round })
    if (round === 35) await engine.indexed()
    const query = { ...anything, user: ada.id, words: [sprinkle(typed)], limit: 1 }
    const page = await store.search(query)
    const found = 'hits' in page ? page.hits[0]?.message.content : page.refused
    expect({ about, found }).toEqual({ about, found: content })
    const copied = { text: content, files: [], at: 1 } as unknown as CopiedMessage
    expect({ about, here: findIn([[copied]], sprinkle(typed), 9).length }).toEqual({
      about,
      here: 1,
    })
    expect({ about, rank: rankName(written, sprinkle(typed)) < 3 }).toEqual({ about, rank: true })
  }
  await engine.close()
})

test('letters of Latin scripts are found by what is on every keyboard', () => {
  for (let code = 0xc0; code < 0x180; code += 1) {
    const letter = String.fromCodePoint(code)
    const isLetter = /\p{L}/u.test(letter)
    if (isLetter)
      expect({ letter, folded: fold(letter) }).toEqual({
        letter,
        folded: expect.stringMatching(/^(?:[a-z]{1,3}|l·|ʼn)$/),
      })
  }
})
