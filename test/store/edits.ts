import { expect } from 'bun:test'
import type { Within } from './contract'
import { append, join, roomOf } from './people'

/** What the contract says of messages after they were said. */
export function testEdits(within: Within): void {
  within('an edit takes the next revision and keeps the place', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    const mentions = [{ user: ada.id, start: 0, length: 4 }]
    await append(store, ada, { clientId: 'a', content: 'one', mentions })
    await append(store, ada, { clientId: 'b', content: 'two' })
    const wanted = { room: 1, seq: 1, author: ada.id, content: 'One', mentions: () => [], at: 9 }
    expect(await store.messages.edit(wanted)).toMatchObject({
      status: 'changed',
      message: { seq: 1, revision: 3, content: 'One', mentions: [], editedAt: 9 },
    })
    expect(await store.messages.edit(wanted)).toMatchObject({
      status: 'unchanged',
      message: { revision: 3 },
    })
    const room = await roomOf(store, ada)
    expect((await store.messages.before(room, null, 9)).map(({ content }) => content)).toEqual([
      'One',
      'two',
    ])
  })

  within('only its author edits a message, and the owner takes any away', async ({ store }) => {
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    await append(store, ada, { clientId: 'a' })
    const edit = { room: 1, seq: 1, author: bob.id, content: 'x', mentions: () => [], at: 9 }
    const refused = { status: 'refused', code: 'message_missing' } as const
    expect(await store.messages.edit(edit)).toEqual(refused)
    expect(await store.messages.remove({ room: 1, seq: 1, user: bob.id, at: 9 })).toEqual(refused)
    expect(await store.messages.edit({ ...edit, seq: 7 })).toEqual(refused)
    const gone = await store.messages.remove({ room: 1, seq: 1, user: ada.id, at: 9 })
    expect(gone).toMatchObject({ status: 'changed', message: { content: '', deletedAt: 9 } })
    expect(await store.messages.remove({ room: 1, seq: 1, user: ada.id, at: 9 })).toEqual(refused)
    expect(await roomOf(store, bob)).toMatchObject({ unread: 0, revision: 2 })
  })
}

/** What the contract says of reactions and answers. */
export function testAnswers(within: Within): void {
  within(
    'a reaction takes the next revision; the same one again changes nothing',
    async (engine) => {
      const { store } = engine
      const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
      await append(store, ada, { clientId: 'a' })
      const wish = {
        room: 1,
        seq: 1,
        emoji: '🎉',
        isActive: true,
        kindsMax: 2,
        reactionsMax: 3,
        at: 9,
      }
      const reactions = [{ emoji: '🎉', people: [{ id: bob.id, nickname: 'Bob' }] }]
      expect(await store.messages.react({ ...wish, user: bob.id })).toMatchObject({
        status: 'changed',
        message: { revision: 2, editedAt: null, reactions },
      })
      expect(await store.messages.react({ ...wish, user: bob.id })).toMatchObject({
        status: 'unchanged',
        message: { revision: 2 },
      })
      await store.messages.react({ ...wish, user: ada.id, emoji: '👍' })
      expect(await store.messages.react({ ...wish, user: ada.id, emoji: '😀' })).toEqual({
        status: 'refused',
        code: 'reactions_full',
      })
      const room = await roomOf(store, ada)
      const [stored] = await store.messages.before(room, null, 1)
      expect(stored?.reactions.map(({ emoji }) => emoji)).toEqual(['🎉', '👍'])
      const { messages } = await store.messages.changesAfter(room, 1, 9, 1e6)
      expect(messages).toMatchObject([{ seq: 1, revision: 3 }])
      await store.messages.remove({ room: 1, seq: 1, user: ada.id, at: 9 })
      const gone = await store.messages.changesAfter(await roomOf(store, ada), 3, 9, 1e6)
      expect(gone.messages).toMatchObject([{ revision: 4, reactions: [] }])
    },
  )

  within('an answer carries what it answers for as long as that is there', async ({ store }) => {
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    await append(store, ada, { clientId: 'a', content: 'a question' })
    const quote = { sender: ada, content: 'a question' }
    const said = await append(store, bob, { clientId: 'b', replyTo: 1 })
    expect(said).toMatchObject({ message: { quote, notifiedUserIds: [ada.id] } })
    expect((await roomOf(store, ada)).mentions).toBe(1)
    const room = await roomOf(store, ada)
    expect((await store.messages.before(room, null, 1))[0]).toMatchObject({ quote })
    const edit = { room: 1, seq: 2, author: bob.id, content: 'other', mentions: () => [], at: 9 }
    expect(await store.messages.edit(edit)).toMatchObject({
      message: { quote, notifiedUserIds: [ada.id] },
    })
    expect((await roomOf(store, ada)).mentions).toBe(1)
    await store.messages.remove({ room: 1, seq: 1, user: ada.id, at: 9 })
    const [answer] = await store.messages.before(room, null, 1)
    expect(answer).toMatchObject({ replyTo: 1, quote: null, notifiedUserIds: [] })
  })
}

/** How many reactions a message may have. */
export function testReactionLimits(within: Within): void {
  within('a message takes only so many reactions; old ones can be taken back', async (engine) => {
    const { store } = engine
    const ada = await join(store, 'Ada', 1)
    const [bob, eve] = [await join(store, 'Bob', 2), await join(store, 'Eve', 3)]
    await append(store, ada, {})
    const wish = {
      room: 1,
      seq: 1,
      emoji: '🎉',
      isActive: true,
      kindsMax: 9,
      reactionsMax: 2,
      at: 9,
    }
    for (const { id } of [ada, bob]) await store.messages.react({ ...wish, user: id })
    const late = () => store.messages.react({ ...wish, user: eve.id })
    expect(await late()).toEqual({ status: 'refused', code: 'reactions_many' })
    const again = await store.messages.react({ ...wish, user: ada.id })
    expect(again).toMatchObject({ status: 'unchanged' })
    await store.messages.react({ ...wish, user: ada.id, isActive: false })
    expect(await late()).toMatchObject({ status: 'changed' })
  })
}
