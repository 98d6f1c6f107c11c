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
    const wanted = { room: 1, seq: 1, author: ada.id, content: 'One', mentions: [], at: 9 }
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
    const edit = { room: 1, seq: 1, author: bob.id, content: 'x', mentions: [], at: 9 }
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
