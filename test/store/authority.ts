import { expect } from 'bun:test'
import type { Store, User } from '../../src/store/store'
import { uploaded } from './attachments'
import type { Within } from './contract'
import { append, hash, join, newUser } from './people'
import { asMember, letIn, make, newRoom } from './rooms'

/** Every write of a person in a room; each gives what it answers. */
function writesOf(store: Store, user: User, room: number): Record<string, () => Promise<unknown>> {
  const by = { roomId: room, userId: user.id }
  const name = { name: 'Other', folded: 'other', skeleton: 'other' }
  // The first row tells that Bob has joined.
  const [place, at] = [{ room, seq: 2 }, 9]
  const emoji = { emoji: '🎉', isActive: true, kindsMax: 9, reactionsMax: 9 }
  return {
    rename: () => store.rooms.change(by, name, null, at),
    setTopic: () => store.rooms.change(by, null, 'Other', at),
    setNotify: () => store.rooms.setNotify(by, 'nothing', null),
    invite: () => store.invitations.invite(by, [3], '', at),
    withdraw: () => store.invitations.withdraw(by, 4),
    remove: () => store.rooms.remove(by, 2, at),
    leave: () => store.rooms.leave(by, at),
    append: () => append(store, user, { room, clientId: 'late' }),
    edit: () => {
      const edit = { author: user.id, content: 'x', mentions: () => [], at }
      return store.messages.edit({ ...place, ...edit })
    },
    delete: () => store.messages.remove({ ...place, user: user.id, at }),
    react: () => store.messages.react({ ...place, user: user.id, at, ...emoji }),
  }
}

const missing = { status: 'refused', code: 'message_missing' }

const refusals: Record<string, unknown> = {
  rename: { refused: 'room_missing' },
  setTopic: { refused: 'room_missing' },
  setNotify: 'room_missing',
  invite: { refused: 'room_missing' },
  withdraw: false,
  remove: { refused: 'room_missing' },
  leave: null,
  append: { status: 'refused', code: 'room_missing' },
  edit: missing,
  delete: missing,
  react: missing,
}

/** What the contract says of people who were in a room, owned it, or had a session. */
export function testAuthority(within: Within): void {
  testSignedOut(within)
  within('who is not in a room any more writes nothing in it', async ({ store }) => {
    const { ada, room } = await settle(store)
    await store.rooms.leave(asMember(room, ada), 9)
    for (const [name, write] of Object.entries(writesOf(store, ada, room.id))) {
      expect({ [name]: await write() }).toEqual({ [name]: refusals[name] })
    }
  })

  within('who has left writes nothing, and reads nothing', async ({ store }) => {
    const { ada, bob, room } = await settle(store)
    expect(await store.sessions.leave(hash(1), 9)).not.toBeNull()
    for (const [name, write] of Object.entries(writesOf(store, ada, room.id))) {
      expect({ [name]: await write() }).toEqual({ [name]: refusals[name] })
    }
    const { createdAt: _, ...profile } = newUser('Augusta')
    const gone = { refused: 'not_signed_in' as const }
    expect(await store.users.change(hash(1), profile, 9)).toEqual(gone)
    expect(await store.rooms.create(newRoom(ada, 'New'))).toEqual(gone)
    expect(await store.rooms.direct(ada.id, bob.id, 9)).toBeNull()
    expect(await store.rooms.join(ada.id, 1, 9)).toEqual({ refused: 'room_missing' })
    expect(await store.attachments.add(uploaded(ada.id, 1))).toBe(false)
    const { rooms } = store
    expect(await rooms.find(ada.id, room.id)).toBeNull()
    expect(await rooms.head(ada.id, room.id)).toBeNull()
    expect([await rooms.heads(ada.id), await rooms.ofUser(ada.id, 9, null)]).toEqual([[], []])
    expect(await store.measure(room, ada.id)).toBeNull()
    expect(await store.readOn(room, { id: ada.id, address: '' }, 0, 9)).toBeNull()
    expect(await store.users.namedIn(room.id, ada.id, ['bob'])).toEqual([])
  })

  within('who owned a room and came back as a member does only what members do', async (engine) => {
    const { store } = engine
    const { ada, bob, room } = await settle(store)
    await store.rooms.leave(asMember(room, ada), 9)
    await letIn(store, bob, room, ada)
    const writes = writesOf(store, ada, room.id)
    expect(await writes.rename?.()).toEqual({ refused: 'host_only' })
    expect(await writes.remove?.()).toEqual({ refused: 'host_only' })
    const hers = { room: room.id, seq: 3, user: ada.id, at: 9 }
    expect(await store.messages.remove(hers)).toEqual({
      status: 'refused',
      code: 'message_missing',
    })
    expect(await writes.setTopic?.()).toMatchObject({ name: 'Tea', topic: 'Other' })
  })
}

/** A room of Ada's with Bob, and a message of each. */
async function settle(store: Store) {
  const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
  await join(store, 'Eve', 3)
  const room = await make(store, ada, 'Tea', 'closed')
  await letIn(store, ada, room, bob)
  await join(store, 'Fay', 4)
  await store.invitations.invite(asMember(room, ada), [4], '', 2)
  for (const author of [ada, bob]) await append(store, author, { room: room.id, clientId: 'first' })
  return { ada, bob, room }
}

function testSignedOut(within: Within): void {
  within('what a device sent is not stored once it is signed out', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    await join(store, 'Eve', 2)
    const stored = async (n: number): Promise<unknown> =>
      (await append(store, ada, { clientId: `by-${n}`, session: hash(n) })).status
    expect([await stored(1), await stored(2)]).toEqual(['accepted', 'refused'])
    await store.sessions.end(hash(1), 9)
    const late = { clientId: 'late', session: hash(1) }
    expect(await append(store, ada, late)).toMatchObject({ code: 'not_signed_in' })
    const { createdAt: _, ...profile } = newUser('Augusta')
    const change = store.users.change(hash(1), { ...profile, face: null }, 9)
    expect(await change).toEqual({ refused: 'not_signed_in' })
  })
}
