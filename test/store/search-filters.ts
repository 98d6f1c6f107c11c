import { expect } from 'bun:test'
import type { SearchQuery } from '../../src/store/store'
import type { Within } from './contract'
import { find } from './finding'
import { append, join, message } from './people'

const dayMs = 86_400_000

/** Holds an engine to its filters, and to its pages. */
export function testFilters(within: Within): void {
  testFilesAndPages(within)
  within('sender, room, time and links narrow it, alone and together', async (engine) => {
    const { store } = engine
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    const tea = await engine.makeRoom('tea', [ada.id, bob.id])
    const days = [1, 15, 16, 17, 255, 256, 257, 400, 20_000]
    for (const [n, day] of days.entries()) {
      const fields = { content: `word ${day}`, clientId: `d${day}`, createdAt: day * dayMs + 5 }
      await append(store, n % 2 === 0 ? ada : bob, { ...fields, room: n % 3 === 0 ? tea : 1 })
    }
    await append(store, bob, { content: 'see http://a.example', clientId: 'link' })
    const days_ = async (query: Partial<SearchQuery>): Promise<number[]> =>
      (await find(store, ada, query)).hits.map(({ message }) => (message.createdAt - 5) / dayMs)
    const ends = [null, 0, 1, 14, 15, 16, 17, 254, 256, 258, 19_999, 20_001]
    for (const since of ends) {
      for (const until of ends) {
        const isIn = (day: number): boolean =>
          (since === null || day >= since) && (until === null || day < until)
        const query = { since: since && since * dayMs, until: until && until * dayMs }
        expect([since, until, await days_({ ...query, words: ['word'] })]).toEqual([
          since,
          until,
          days.filter(isIn).toReversed(),
        ])
      }
    }
    const exactly = 16 * dayMs + 5
    expect(await days_({ since: exactly, until: exactly + 1 })).toEqual([16])
    expect(await days_({ since: exactly + 1, until: exactly + 2 })).toEqual([])
    expect(await days_({ words: ['word'], sender: bob.id })).toEqual([400, 256, 17, 15])
    expect(await days_({ words: ['word'], room: tea })).toEqual([257, 17, 1])
    const all = { words: ['word'], room: tea, sender: bob.id, since: dayMs, until: 300 * dayMs }
    expect(await days_(all)).toEqual([17])
    await append(store, bob, { content: 'main.rs, and so on.', clientId: 'no-link' })
    await append(store, bob, { content: '`curl http://a.example`', clientId: 'in-code' })
    const links = await find(store, ada, { has: ['link'] })
    expect(links.hits.map(({ message }) => message.content)).toEqual(['see http://a.example'])
    await append(store, bob, { content: '去example.org看看', clientId: 'bare' })
    expect((await find(store, ada, { has: ['link'] })).hits.length).toBe(2)
    expect((await find(store, ada, { has: ['image'] })).hits).toEqual([])
  })
}

function testFilesAndPages(within: Within): void {
  within('files are found by their names, and by what they are', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    const usual = { owner: ada.id, size: 1, width: null, height: null, preview: '', createdAt: 1 }
    const file = { ...usual, description: '' }
    await store.attachments.add({
      ...file,
      id: 'a',
      name: '会议记录 Août.pdf',
      type: 'application/pdf',
    })
    await store.attachments.add({ ...file, id: 'b', name: 'harbour.png', type: 'image/png' })
    await append(store, ada, { clientId: 'a', content: '', attachments: ['a'] })
    await append(store, ada, { clientId: 'b', content: 'look', attachments: ['b'] })
    const places = async (query: Partial<SearchQuery>): Promise<number[]> =>
      (await find(store, ada, query)).hits.map(({ message }) => message.seq)
    expect(await places({ words: ['议'] })).toEqual([1])
    expect(await places({ words: ['aout.pdf'] })).toEqual([1])
    expect(await places({ words: ['look', 'harbour'] })).toEqual([2])
    expect(await places({ has: ['image'] })).toEqual([2])
    expect(await places({ has: ['file'] })).toEqual([1])
    const [hit] = (await find(store, ada, { words: ['aout'] })).hits
    expect(hit?.excerpt.filter(({ isHit }) => isHit).map(({ text }) => text)).toEqual(['Août'])
    await store.messages.remove({ room: 1, seq: 1, user: ada.id, at: 9 })
    expect(await places({ words: ['议'] })).toEqual([])
  })

  within('pages go on without hole or double, and the first one counts', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    const all = Array.from({ length: 100 }, (_, n) =>
      message(ada, { clientId: `m-${n}`, content: n % 2 === 0 ? `tea ${n}` : `milk ${n}` }),
    )
    await store.messages.append(all)
    const seen: number[] = []
    let first = await find(store, ada, { words: ['tea'], limit: 7 })
    // On a busy machine the time for counting may end early, which the count then says.
    while (first.count?.more) first = await find(store, ada, { words: ['tea'], limit: 7 })
    expect(first.count).toEqual({ messages: 50, rooms: 1, more: false })
    for (
      let page = first;
      ;
      page = await find(store, ada, { words: ['tea'], limit: 7, after: page.next })
    ) {
      seen.push(...page.hits.map(({ message }) => message.seq))
      expect(page.isAll).toBe(true)
      if (page.next === null) break
      expect(page.hits.length).toBe(7)
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => 99 - 2 * n))
  })
}
