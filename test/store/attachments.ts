import { expect } from 'bun:test'
import type { NewAttachment } from '../../src/store/store'
import type { Within } from './contract'
import { append, hash, join, newUser, roomOf } from './people'

/** An upload of somebody, as it is recorded. */
export function uploaded(owner: number, n: number, size = 10): NewAttachment {
  const id = n.toString(16).padStart(32, '0')
  const about = { name: `file ${n}`, type: 'image/png', preview: '', description: '' }
  return { id, owner, ...about, size, width: 4, height: 3, createdAt: 1_000 }
}

/** What the contract says of files. */
export function testAttachments(within: Within): void {
  within('an upload is its owner’s until a message has it, then the room’s', async (engine) => {
    const { store } = engine
    const [ada, eve] = [await join(store, 'Ada', 1), await join(store, 'Eve', 2)]
    const closed = await engine.makeRoom('closed', [ada.id])
    const file = uploaded(ada.id, 1)
    await store.attachments.add(file)
    expect(await store.attachments.find(ada.id, file.id)).toMatchObject({ name: 'file 1' })
    expect(await store.attachments.find(eve.id, file.id)).toBeNull()
    const wanted = { clientId: 'a', room: closed, content: '', attachments: [file.id] }
    expect(await append(store, ada, wanted)).toMatchObject({
      status: 'accepted',
      message: { attachments: [{ id: file.id, width: 4, height: 3 }] },
    })
    expect(await store.attachments.find(eve.id, file.id)).toBeNull()
    expect(await append(store, ada, wanted)).toMatchObject({ status: 'accepted', repeat: true })
    const second = await append(store, ada, { ...wanted, clientId: 'b' })
    expect(second).toEqual({ status: 'refused', code: 'attachment_missing' })
    const theirs = { clientId: 'c', attachments: [uploaded(ada.id, 2).id] }
    await store.attachments.add(uploaded(ada.id, 2))
    expect(await append(store, eve, theirs)).toMatchObject({ code: 'attachment_missing' })
  })

  within('a deleted message gives its files free, and their space', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    const ids = [1, 2].map((n) => uploaded(ada.id, n).id)
    for (const n of [1, 2]) await store.attachments.add(uploaded(ada.id, n, n * 100))
    await append(store, ada, { clientId: 'a', content: '', attachments: ids })
    expect(await store.attachments.stored(ada.id)).toEqual({
      own: { files: 2, bytes: 300 },
      all: { files: 2, bytes: 300 },
    })
    const gone = await store.messages.remove({ room: 1, seq: 1, user: ada.id, at: 9 })
    expect(gone).toMatchObject({ status: 'changed', message: { attachments: [] } })
    expect(gone.status === 'changed' ? gone.freed?.toSorted() : null).toEqual(ids)
    expect(await store.attachments.stored(ada.id)).toEqual({
      own: { files: 0, bytes: 0 },
      all: { files: 0, bytes: 0 },
    })
    expect(await store.attachments.unknown(ids)).toEqual(ids)
  })

  within('an answer to a picture without words quotes what it is called', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    await store.attachments.add({ ...uploaded(ada.id, 1), description: 'A cat' })
    await store.attachments.add({ ...uploaded(ada.id, 2), type: 'x', description: 'Notes' })
    const attachments = [1, 2].map((n) => uploaded(ada.id, n).id)
    await append(store, ada, { clientId: 'a', content: '', attachments })
    await append(store, ada, { clientId: 'b', content: 'Sweet', replyTo: 1 })
    const [, answer] = await store.messages.before(await roomOf(store, ada), null, 9)
    expect(answer?.quote?.content).toBe('A cat, file 2')
  })
}

/** …and of what is nobody's, and of faces. */
export function testFaces(within: Within): void {
  within('what nobody used is forgotten, and nothing else', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    for (const n of [1, 2, 3]) {
      await store.attachments.add({ ...uploaded(ada.id, n), createdAt: n * 1_000 })
    }
    await append(store, ada, { clientId: 'a', attachments: [uploaded(ada.id, 1).id] })
    expect(await store.attachments.dropUnused(2_500)).toEqual([uploaded(ada.id, 2).id])
  })

  within('a person has one face, and every name has one holder', async ({ store }) => {
    const [ada] = [await join(store, 'Ada', 1), await join(store, 'Eve', 2)]
    const face = (n: number) => {
      const { owner: _, ...about } = uploaded(ada.id, n)
      return about
    }
    const wanted = { ...newUser('Augusta'), avatar: face(1).id, face: face(1) }
    const { createdAt: _, ...profile } = wanted
    expect(await store.users.change(hash(1), profile, 9)).toEqual({
      user: { id: ada.id, nickname: 'Augusta', avatar: face(1).id, mark: null },
      freed: [],
    })
    expect(await store.attachments.findFace(face(1).id)).toMatchObject({ type: 'image/png' })
    expect(await store.attachments.find(ada.id, face(1).id)).toBeNull()
    const second = { ...profile, avatar: face(2).id, face: face(2) }
    expect(await store.users.change(hash(1), second, 9)).toMatchObject({ freed: [face(1).id] })
    expect(await store.users.change(hash(1), { ...second, folded: 'eve', face: null }, 9)).toEqual({
      refused: 'name_taken',
    })
    expect(await store.sessions.findUser(hash(1))).toMatchObject({ nickname: 'Augusta' })
  })
}
