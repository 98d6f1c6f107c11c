import { describe, expect, test } from 'bun:test'
import {
  nameRules,
  parseNickname,
  parseRoomName,
  suggestNicknames,
} from '../../../src/chat/people/name'
import type { Name } from '../../../src/chat/people/name'
import {
  bases,
  decorations,
  disguises,
  honestNames,
  markedNames,
  posedNames,
} from '../../helpers/look-alikes'

describe('an honest name', () => {
  test.each(honestNames)('is accepted: %s', (typed) => {
    expect(held(typed).shown).toBe(typed.normalize('NFC'))
  })

  test('is accepted beside all the others', () => {
    // Of three pairs that look alike only one each.
    const twins = new Set(['ALI', "O'Brien", 'A. Li'])
    const names = [...honestNames, ...markedNames].filter((name) => !twins.has(name)).map(held)
    const met = names.flatMap((name, n) =>
      names
        .slice(0, n)
        .flatMap((other) => (collide(name, other) ? [[name.shown, other.shown]] : [])),
    )
    expect(names.length).toBeGreaterThanOrEqual(100)
    expect(met).toEqual([])
  })

  test('loses blanks at its ends and repeated blanks inside', () => {
    expect(held('  Ann\u00a0\u3000 Lee ').shown).toBe('Ann Lee')
  })

  test('is the same from either normal form', () => {
    expect(held('Jose\u0301')).toEqual(held('José'))
  })

  test('may have twenty-four letters, even with four marks each or outside the basic plane', () => {
    expect(held('x'.repeat(24)).shown).toHaveLength(24)
    expect(held('𠮷'.repeat(24)).shown).toHaveLength(48)
    expect(held('x\u0323\u0301\u0306\u030a').shown).toHaveLength(5)
    expect(parseNickname('x'.repeat(25))).toBe('name_long')
  })

  test.each([
    ['Mei', 'Mai'],
    ['Tom', 'Tim'],
    ['李雷', '李蕾'],
    ['Anna', 'Hanna'],
    ['Will', 'Bill'],
    ['Alan', 'Allan'],
    ['राम', 'रामा'],
    ['はる', 'ばる'],
    ['ก้อย', 'กอย'],
    ['Kim (Sales)', 'Tim (Sales)'],
    ['Ali', 'Al(i)ce'],
    ['Nick', 'Vick'],
    ['Mary', 'Maru'],
    ['Mei', 'Mei 2'],
    ['이', 'Ol'],
  ])('%s does not keep %s out', (one, other) => {
    expect(collide(held(one), held(other))).toBeFalse()
  })
})

describe('an unreadable name', () => {
  test.each(['', ' ', '\u3000\u00a0', '\n'])('is empty: %j', (typed) => {
    expect(parseNickname(typed)).toBe('name_empty')
  })

  const hidden = [0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x200b, 0x200c, 0x200d, 0x200e, 0x202a]
  const hiddenToo = [0x202e, 0x2060, 0x2064, 0x2066, 0x2069, 0x2800, 0x3164, 0xfe0f, 0xfeff, 0xffa0]
  const odd = [0, 9, 10, 13, 0x7f, 0x85, 0x378, 0x2028, 0xd800, 0xdc00, 0xe000, 0xfdd0, 0xffff]
  const far = [0x1d173, 0xe0001, 0xe0041, 0xe0100, 0xf0000, 0x10ffff]
  test.each([...hidden, ...hiddenToo, ...odd, ...far])('cannot hide U+%i', (point) => {
    expect(parseNickname(`al${String.fromCodePoint(point)}ice`)).toBe('name_characters')
  })

  const signs = [
    '…',
    '...',
    '🌸',
    '❤️',
    '👩‍💻',
    '🇱🇮',
    '\u0301',
    'ʹ',
    '— —',
    '⠀',
    '™',
    '？！',
    '\u200b',
  ]
  test.each(signs)('needs a letter or digit: %j', (typed) => {
    expect(parseNickname(typed)).toBe('name_signs')
    expect(parseRoomName(typed)).toBe('name_signs')
  })

  const unreadable = ['\u0301Mei', 'Mei \u0301', 'e\u0301\u0301', '٠']
  const joined = ['❤️Mei', '👩‍👩‍👧Mei']
  const drawn = ['M\u20ddei', 'M\u0336ei', `x${'\u0300\u0316'.repeat(3)}`, 'ᚠᚢ']
  test.each([...unreadable, ...joined, ...drawn])('is refused: %j', (typed) => {
    expect(parseNickname(typed)).toBe('name_characters')
  })

  const mixed = ['Аlice', 'Αlice', 'Aliсe', 'Alի', 'Aمحمد', 'Aדוד', 'Бορις', '梅Мэй', 'Борис梅']
  test.each([...mixed, '𝐀лиса', 'さ민', 'Aअ'])('cannot mix the scripts of %s', (typed) => {
    expect(parseNickname(typed)).toBe('name_mixed_scripts')
  })

  test.each([
    ['64 KB of marks', 'x' + '\u0300\u0316'.repeat(32_768)],
    ['5,000 marks', 'x' + '\u0300'.repeat(5_000)],
    ['a crowd of ligatures', '\ufdfa'.repeat(32)],
    ['fewer ligatures that unfold to 72', '\ufdfa'.repeat(4)],
    ['letters without end', 'x'.repeat(65)],
  ])('cannot keep the server busy with %s', (_, typed) => {
    const startedAt = performance.now()
    expect(parseNickname(typed)).toBe('name_long')
    expect(parseRoomName(typed)).toBe('name_long')
    // Normalising the longest would take a second and a half.
    expect(performance.now() - startedAt).toBeLessThan(100)
  })
})

describe('a name that could pass for the server', () => {
  const posed = ['admin', 'ADMIN', 'Adm1n', 'adrnin', 'a d m i n', 'Chat-Room', 'ｒｏｏｔ']
  const others = ['All', 'a11', 'AlI', 'ALL', 'aLL', 'Me', 'You', 'deleted user', '管理员', '系 统']
  test.each([...posed, ...others, '所有人', '全体成员', '匿名'])('is refused: %s', (typed) => {
    expect(parseNickname(typed)).toBe('name_reserved')
  })

  test.each(posedNames)('is refused, decorated: %s', (typed) => {
    expect(parseNickname(typed)).toBe('name_reserved')
  })

  test('is allowed for a room', () => {
    expect(parseRoomName('admin')).toMatchObject({ shown: 'admin', folded: 'admin' })
    expect(parseRoomName('аdmin')).toBe('name_mixed_scripts')
  })

  test('is compared without decoration for a room, but with what brackets say', () => {
    const skeleton = (typed: string): string => {
      const name = parseRoomName(typed)
      return typeof name === 'string' ? name : name.skeleton
    }
    for (const lure of ['General!', '★ general', 'Génèral', '[general]']) {
      expect(skeleton(lure)).toBe(skeleton('general'))
    }
    expect(skeleton('Release (2024)')).not.toBe(skeleton('Release (2025)'))
  })
})

describe('a name that could pass for another', () => {
  test('is refused for all of 380 look-alikes', () => {
    const accepted = bases.flatMap((base) => {
      const owner = held(base)
      return disguises.flatMap(([disguise, wear]) => {
        const typed = wear(base)
        expect(typed).not.toBe(base)
        const name = parseNickname(typed)
        return typeof name === 'string' || collide(name, owner) ? [] : [`${typed} (${disguise})`]
      })
    })
    expect(bases.length * disguises.length).toBe(380)
    expect(accepted).toEqual([])
  })

  test('is refused for all of 800 decorated names', () => {
    const accepted = bases.flatMap((base) => {
      const owner = held(base)
      return decorations.flatMap(([decoration, wear]) => {
        const name = parseNickname(wear(base))
        const isRefused = typeof name === 'string' || collide(name, owner)
        return isRefused ? [] : [`${wear(base)} (${decoration})`]
      })
    })
    expect(bases.length * decorations.length).toBeGreaterThanOrEqual(800)
    expect(accepted).toEqual([])
  })

  test('is refused with any punctuation, emoji or mark at its end', () => {
    const kinds = /^[[\p{P}\p{M}][\p{So}&&\p{Emoji}]]$/v
    const signs = Array.from({ length: 0x1fbff }, (_, point) => String.fromCodePoint(point))
    const tried = signs.filter((sign) => kinds.test(sign) && sign.normalize('NFKD') === sign)
    const accepted = tried.filter((sign) => {
      const name = parseNickname(`Alice${sign}`)
      // Flags are letters where no flag is drawn.
      return typeof name === 'object' && !collide(name, held('Alice')) && !/\p{RI}/u.test(sign)
    })
    expect(tried.length).toBeGreaterThan(2_500)
    expect(accepted.filter((sign) => !/[🅰🅱🅾🅿\u{16ff0}\u{16ff1}]/u.test(sign))).toEqual([])
  })

  const alices = ['Alice', 'ALICE', 'alıce', 'ALİCE', 'a lice', 'alice.', 'al1ce', 'a|ice', 'aIice']
  const foreign = ['ａｌｉｃｅ', '𝐚𝐥𝐢𝐜𝐞', 'ᴀʟɪᴄᴇ', 'ꓮꓡꓲꓚꓰ', 'A🇱ice', 'a-l_i c.e', 'ali̇ce', 'al丨ce']
  test.each([...alices, ...foreign])('is refused beside alice: %s', (typed) => {
    expect(collide(held(typed), held('alice'))).toBeTrue()
  })

  test.each([
    ['ΑΝΝΑ', 'Anna'],
    ['ТОМ', 'Tom'],
    ['Сосо', 'Coco'],
    ['Straße', 'STRASSE'],
    ['STRAẞE', 'strasse'],
    ['ﬁona', 'Fiona'],
    ['Νίκος', 'ΝΊΚΟΣ'],
    ['محـمد', 'محمد'],
    ['ロー', '口一'],
    ['B0b', 'BOB'],
    ['José', 'Jose'],
    ['Łukasz', 'Lukasz'],
    ['Nguyễn', 'Nguyen'],
    ['أَحْمَد', 'احمد'],
    ['Kim (Sales)', 'Kim (IT)'],
    ['Ali🇮🇹', 'Ali'],
    ['Emil🇮🇴', 'Emilio'],
    ['A🇱🇮ce', 'Alice'],
  ])('is kept out as %s by %s', (one, other) => {
    expect(collide(held(one), held(other))).toBeTrue()
  })
})

describe('a taken name', () => {
  const taken = [
    'Mei',
    'Ann Lee 2',
    '梅'.repeat(24),
    'x\u0323\u0301'.repeat(21),
    'محمد',
    'm'.repeat(24),
  ]
  test.each(taken)('has free names near it: %s', (typed) => {
    const name = held(typed)
    const offered = [...suggestNicknames(name).take(20)]
    expect(new Set([name, ...offered].map(({ skeleton }) => skeleton)).size).toBe(21)
    for (const offer of offered) expect(parseNickname(offer.shown)).toEqual(offer)
  })

  test('has the next number near it, and none that looks like a letter', () => {
    const offered = suggestNicknames(held('Ann Lee 2')).take(30)
    const shown = offered.map((name) => name.shown).toArray()
    expect(shown.slice(0, 2)).toEqual(['Ann Lee 3', 'Ann Lee 4'])
    expect(shown.filter((name) => /[01]/.test(name))).toEqual([])
  })
})

function held(typed: string): Name {
  const name = parseNickname(typed)
  if (typeof name === 'string') throw new Error(`${typed}: ${name}`)
  return name
}

function collide(one: Name, other: Name): boolean {
  return one.folded === other.folded || one.skeleton === other.skeleton
}

/** What each version of the rules gives for many names; a new one is added with a new version. */
const formsByVersion: Record<string, string> = {
  '1, Unicode 17.0': '1ow6wfzqcv9mx',
}

test('names are compared as the version of the rules says, also those that are stored', () => {
  const decorated = decorations.map(([, decorate]) => decorate('Alice'))
  const names = [...honestNames, ...markedNames, ...bases, ...decorated]
  const forms = names.map((name) => [nameRules.ofPerson(name), nameRules.ofRoom(name)])
  const digest = Bun.hash(JSON.stringify(forms)).toString(36)
  expect({ [nameRules.version]: digest }).toEqual({
    [nameRules.version]: formsByVersion[nameRules.version] ?? 'a version that is not listed',
  })
  for (const name of [...honestNames, ...markedNames]) {
    const { folded, skeleton } = held(name)
    expect(nameRules.ofPerson(name.trim().normalize('NFC'))).toEqual({ folded, skeleton })
  }
})
