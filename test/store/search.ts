import { expect } from 'bun:test'
import type { Hit } from '../../src/store/store'
import type { Within } from './contract'
import { anything, find, texts } from './finding'
import { append, join, say } from './people'
import { testFilters } from './search-filters'

/** Holds an engine to what people expect to find, and to what they must not. */
export function testSearch(within: Within): void {
  testWords(within)
  testSigns(within)
  testContext(within)
  testFilters(within)
  testKeepingUp(within)
  testSecrets(within)
}

function testWords(within: Within): void {
  within('any part of a text is found: Chinese from one sign, Latin from two', async (engine) => {
    const { store } = engine
    const ada = await join(store, 'Ada', 1)
    const text = '明天去上海喝咖啡 with Renée in the Harbour'
    await say(store, ada, text)
    await say(store, ada, 'something else')
    for (const word of ['海', '上海', '去上海喝', '咖啡', 'ha', 'arb', 'HARBOUR', 'ren', 'renee']) {
      expect([word, await texts(store, ada, word)]).toEqual([word, [text]])
    }
    expect(await texts(store, ada, '海上')).toEqual([])
    expect(await texts(store, ada, 'harbours')).toEqual([])
  })

  within('case, accents and width make no difference, in either', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    const said = ['ＣＡＦＥ １２３', 'Straße', 'ΣΊΣΥΦΟΣ', 'ガギグ', 'Ёлка', 'naïve cafe\u0301']
    for (const text of said) await say(store, ada, text)
    expect(await texts(store, ada, 'café')).toEqual([said[5] ?? '', said[0] ?? ''])
    expect(await texts(store, ada, '123')).toEqual([said[0] ?? ''])
    expect(await texts(store, ada, 'STRASSE')).toEqual([said[1] ?? ''])
    expect(await texts(store, ada, 'σίσυφος')).toEqual([said[2] ?? ''])
    expect(await texts(store, ada, 'ｶﾞｷﾞ')).toEqual([said[3] ?? ''])
    expect(await texts(store, ada, 'カキ')).toEqual([])
    expect(await texts(store, ada, 'елка')).toEqual([said[4] ?? ''])
  })

  within('every word must be there, and an exact phrase as it stands', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    await say(store, ada, 'the quick brown fox')
    await say(store, ada, 'the brown quick fox')
    expect((await texts(store, ada, 'quick', 'brown')).length).toBe(2)
    expect(await texts(store, ada, 'quick brown')).toEqual(['the quick brown fox'])
    expect(await texts(store, ada, 'quick', 'wolf')).toEqual([])
  })
}

function testSigns(within: Within): void {
  within('signs are what they are, whatever a query language makes of them', async (engine) => {
    const { store } = engine
    const ada = await join(store, 'Ada', 1)
    const signs = ['"', 'AND', 'NEAR(', '*', '-x', '^', '(', '{', 'col:"x"', "'", '\\', '%', '_']
    const more = [
      '[',
      "' OR 1=1 --",
      '100%',
      'a_b',
      '🎉',
      '👩‍🚀',
      'C++',
      'room1',
      'from1',
      '\u{e021}',
    ]
    for (const sign of [...signs, ...more]) {
      const before = await texts(store, ada, sign)
      expect(before.filter((text) => !text.includes(sign))).toEqual([])
      await say(store, ada, `<${sign}>`)
      expect(await texts(store, ada, sign)).toEqual([`<${sign}>`, ...before])
    }
    expect(await texts(store, ada, '100_')).toEqual([])
  })

  within('what was found is marked in one line of what was written', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    await say(store, ada, `${'before '.repeat(50)}Ｃafé\nau  lait ${'after '.repeat(90)}`)
    const [hit] = (await find(store, ada, { words: ['cafe', 'AU'] })).hits
    const pieces = hit?.excerpt ?? []
    expect(pieces.filter(({ isHit }) => isHit).map(({ text }) => text)).toEqual(['Ｃafé', 'au'])
    const line = pieces.map(({ text }) => text).join('')
    expect(line).toStartWith('… before')
    expect(line).toContain('before Ｃafé au lait after')
    expect(line).toEndWith(' …')
    expect(line.length).toBeLessThan(260)
  })
}

function testContext(within: Within): void {
  within('with it comes what was said before and after, of the same room only', async (engine) => {
    const { store } = engine
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const tea = await engine.makeRoom('tea', [ada.id])
    await say(store, bob, `shall we\n meet ${'x'.repeat(300)}`)
    await say(store, bob, 'taken back')
    await say(store, ada, 'at the harbour')
    await append(store, ada, { room: tea, content: 'elsewhere', clientId: 'tea' })
    await say(store, bob, 'fine')
    await store.messages.remove({ room: 1, seq: 2, user: bob.id, at: 2_000 })
    const [hit] = (await find(store, ada, { words: ['harbour'] })).hits
    expect(hit?.before).toEqual({
      nickname: 'Bob',
      mark: null,
      text: `shall we meet ${'x'.repeat(106)}`,
    })
    expect(hit?.after).toEqual({ nickname: 'Bob', mark: null, text: 'fine' })
    const [alone] = (await find(store, ada, { words: ['elsewhere'] })).hits
    expect([alone?.before, alone?.after]).toEqual([null, null])
  })
}

function testKeepingUp(within: Within): void {
  within('right after an edit the new words are found and the old ones are not', async (engine) => {
    const { store } = engine
    const ada = await join(store, 'Ada', 1)
    await say(store, ada, 'first words')
    const edit = { room: 1, seq: 1, author: ada.id, mentions: () => [], at: 2_000 }
    await store.messages.edit({ ...edit, content: 'second thoughts' })
    expect(await texts(store, ada, 'first')).toEqual([])
    expect(await texts(store, ada, 'thoughts')).toEqual(['second thoughts'])
    await store.messages.remove({ room: 1, seq: 1, user: ada.id, at: 3_000 })
    expect(await texts(store, ada, 'thoughts')).toEqual([])
    expect((await find(store, ada, { sender: ada.id })).hits).toEqual([])
  })

  within('a repeat is indexed once, and a restart finds all there was', async (engine) => {
    const ada = await join(engine.store, 'Ada', 1)
    await append(engine.store, ada, { clientId: 'a', content: 'only once' })
    await append(engine.store, ada, { clientId: 'a', content: 'other words' })
    const store = await engine.reopen()
    expect(await texts(store, ada, 'once')).toEqual(['only once'])
    expect(await texts(store, ada, 'other')).toEqual([])
  })
}

function testSecrets(within: Within): void {
  within('nothing of a room is found by who is not in it, or not any more', async (engine) => {
    const { store } = engine
    const [ada, eve] = [await join(store, 'Ada', 1), await join(store, 'Eve', 2)]
    const closed = await engine.makeRoom('closed', [ada.id, eve.id])
    await append(store, ada, { room: closed, content: 'the canary sings' })
    expect(await texts(store, eve, 'canary')).toEqual(['the canary sings'])
    await store.rooms.leave({ roomId: closed, userId: eve.id }, 9)
    const count = { messages: 0, rooms: 0, more: false }
    const empty = { hits: [], next: null, isAll: true, count }
    for (const query of [
      { words: ['canary'] },
      { words: ['xyzzy'] },
      { room: closed },
      { sender: ada.id },
    ]) {
      expect(await find(store, eve, query)).toMatchObject(empty)
    }
    expect(await find(store, eve, { words: ['can'] })).toMatchObject(empty)
    const after = { room: closed, seq: 1 }
    const forged = await store.search({ ...anything, user: eve.id, words: ['can'], after })
    expect(forged).toEqual({ refused: 'place_missing' })
    expect(forged).toEqual(
      await store.search({
        ...anything,
        user: eve.id,
        words: ['can'],
        after: { room: 99, seq: 1 },
      }),
    )
  })

  within('a member of one small room finds its messages among many others', async (engine) => {
    const { store } = engine
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const tea = await engine.makeRoom('tea', [bob.id])
    const closed = await engine.makeRoom('closed', [ada.id])
    for (let n = 0; n < 40; n += 1) {
      await append(store, ada, { room: closed, clientId: `n-${n}`, content: `a word ${n}` })
    }
    await append(store, bob, { room: tea, clientId: 'tea', content: 'a word with tea' })
    await append(store, bob, { clientId: 'hall', content: 'a word in the hall' })
    expect(await texts(store, bob, 'word')).toEqual(['a word in the hall', 'a word with tea'])
    expect((await find(store, bob, { words: ['word'], sender: ada.id })).hits).toEqual([])
    expect((await texts(store, ada, 'word')).length).toBe(41)
  })

  within('a private message is found by both, and says with whom it was', async ({ store }) => {
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const direct = await store.rooms.direct(ada.id, bob.id, 1)
    await append(store, ada, { room: direct?.id ?? 0, content: 'between us' })
    for (const person of [ada, bob]) {
      const [hit]: Hit[] = (await find(store, person, { words: ['between'] })).hits
      expect(hit).toMatchObject({ kind: 'direct', message: { recipient: bob, sender: ada } })
    }
  })
}
