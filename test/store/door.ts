import { expect } from 'bun:test'
import type { DoorMode, NewDoorRequest, Pass, Store, User } from '../../src/store/store'
import type { Within } from './contract'
import { hash, join, newUser, session } from './people'

const day = 24 * 60 * 60_000
const hour = 60 * 60_000

/** An owner with session 1. */
async function openHouse(store: Store): Promise<User> {
  const ada = await join(store, 'Ada', 1)
  await store.administration.offerOwnership(hash(99), 1)
  await store.administration.claimOwnership(hash(1), hash(99), 1)
  return ada
}

async function set(store: Store, mode: DoorMode, passwordHash: string | null = null) {
  return store.door.configure(hash(1), { mode, passwordHash }, 5)
}

async function link(store: Store, n: number, more: { uses?: number | null; room?: number } = {}) {
  const { uses = 1, room = null } = more
  const made = { linkHash: hash(n), at: 10, expiresAt: 10 + day, uses, room, isCode: false }
  return store.door.makeLink(hash(1), made)
}

const withLink = (n: number): Pass => ({ kind: 'link', hash: hash(n) })

async function come(store: Store, name: string, n: number, pass: Pass, at = 20) {
  const joined = await store.users.join(
    { ...newUser(name), createdAt: at },
    session(n, at),
    null,
    pass,
  )
  return 'refused' in joined ? joined.refused : joined.nickname
}

function request(name: string, n: number, at = 10): NewDoorRequest {
  const { createdAt: _, face: __, ...profile } = newUser(name)
  return { ...profile, line: '', tokenHash: hash(n), replaced: null, from: hash(200), at }
}

async function idOf(store: Store, name: string): Promise<number> {
  const requests = await store.door.requests(hash(1), 10)
  return requests.find(({ nickname }) => nickname === name)?.id ?? 0
}

/** What the contract says of the door: whatever was looked up before, the join asks again. */
export function testDoor(within: Within): void {
  testModes(within)
  testLinks(within)
  testRooms(within)
  testRequests(within)
}

function testModes(within: Within): void {
  within('what lets somebody in is asked in the transaction of the join', async ({ store }) => {
    await openHouse(store)
    const nothing: Pass = { kind: 'nothing' }
    const password: Pass = { kind: 'password', hash: 'one' }
    expect(await come(store, 'Bob', 2, nothing)).toBe('Bob')
    expect(await set(store, 'password')).toBe('password_short')
    expect(await set(store, 'password', 'one')).toBeNull()
    expect(await come(store, 'Cy', 3, nothing)).toBe('password_wrong')
    expect(await come(store, 'Cy', 3, password)).toBe('Cy')
    // It was right when it was checked, and has been changed since.
    await set(store, 'password', 'two')
    expect(await come(store, 'Dy', 4, password)).toBe('password_wrong')
    await set(store, 'links')
    expect(await come(store, 'Dy', 4, { kind: 'password', hash: 'two' })).toBe('invitation_needed')
    await set(store, 'ask')
    expect(await come(store, 'Dy', 4, nothing)).toBe('must_ask')
    await store.administration.offerOwnership(hash(98), 6)
    expect(await come(store, 'Dy', 4, { kind: 'owner', hash: hash(99) })).toBe('must_ask')
    expect(await come(store, 'Dy', 4, { kind: 'owner', hash: hash(98) })).toBe('Dy')
    const log = await store.administration.acts(hash(1), null, 9)
    expect(log.map(({ detail }) => detail).join()).not.toMatch(/one|two/)
  })

  within('who has no role sets, makes, lists and answers nothing', async ({ store }) => {
    await openHouse(store)
    await join(store, 'Bob', 2)
    await link(store, 20)
    await set(store, 'ask')
    await store.door.ask(request('Eve', 30))
    const id = await idOf(store, 'Eve')
    const { door } = store
    const wanted = { mode: 'open', passwordHash: 'x' } as const
    const made = { linkHash: hash(21), at: 10, expiresAt: 99, uses: 1, room: null, isCode: false }
    for (const [token, why] of [
      [hash(2), 'role_missing'],
      [hash(3), 'not_signed_in'],
    ] as const) {
      expect(await door.configure(token, wanted, 10)).toBe(why)
      expect(await door.makeLink(token, made)).toBe(why)
      expect(await door.revokeLink(token, 1, 10)).toBe(why)
      expect(await door.answer(token, id, true, 10)).toBe(why)
      expect(await door.links(token, { at: 10, before: null, limit: 9 })).toEqual([])
      expect(await door.requests(token, 10)).toEqual([])
    }
    expect(await come(store, 'Fay', 4, { kind: 'nothing' })).toBe('must_ask')
    expect(await door.findLink(hash(20), 20)).not.toBeNull()
  })
}

function testLinks(within: Within): void {
  within('the last use of a link is had once, and only by somebody who is in', async (engine) => {
    const { store } = engine
    await openHouse(store)
    await set(store, 'links')
    await link(store, 20, { uses: 2 })
    // A name that is taken spends nothing.
    expect(await come(store, 'Ada', 2, withLink(20))).toBe('name_taken')
    expect(await come(store, 'Bob', 2, withLink(20))).toBe('Bob')
    const tries = Array.from({ length: 50 }, (_, n) => come(store, `P${n}`, 50 + n, withLink(20)))
    const outcomes = await Promise.all(tries)
    expect(outcomes.filter((one) => one !== 'invitation_unusable')).toHaveLength(1)
    expect(await store.door.findLink(hash(20), 20)).toBeNull()
  })

  within(
    'a link ends with its time, when it is revoked, and with its maker’s role',
    async (engine) => {
      const { store } = engine
      const ada = await openHouse(store)
      await set(store, 'links')
      for (const n of [20, 21, 22]) await link(store, n, { uses: null })
      expect(await come(store, 'Bob', 2, withLink(20), 10 + day)).toBe('invitation_unusable')
      expect(await come(store, 'Bob', 2, withLink(20), 9 + day)).toBe('Bob')
      const wanted = { at: 20, before: null, limit: 9 }
      const [newest] = await store.door.links(hash(1), wanted)
      expect(newest).toMatchObject({ by: { id: ada.id }, uses: 0, usesLeft: null, room: null })
      await store.door.revokeLink(hash(1), newest?.id ?? 0, 20)
      expect(await come(store, 'Cy', 3, withLink(22))).toBe('invitation_unusable')
      // Another owner takes the role of the first.
      await store.administration.offerOwnership(hash(98), 6)
      await store.administration.claimOwnership(hash(2), hash(98), 6)
      await store.administration.setRole(hash(2), ada.id, 'member', { reason: '', at: 7 })
      expect(await come(store, 'Cy', 3, withLink(21))).toBe('invitation_unusable')
      expect(await store.door.links(hash(2), wanted)).toEqual([])
    },
  )
}

function testRooms(within: Within): void {
  within('a link leads where its maker may invite, at the moment of its use', async (engine) => {
    const { store } = engine
    const ada = await openHouse(store)
    const bob = await join(store, 'Bob', 2)
    const [closed, foreign] = [
      await engine.makeRoom('plans', [ada.id, bob.id]),
      await engine.makeRoom('secrets', [bob.id]),
    ]
    expect(await link(store, 20, { room: foreign })).toBe('room_missing')
    expect(await link(store, 21, { room: 999 })).toBe('room_missing')
    expect(await link(store, 22, { uses: null, room: closed })).toBeNull()
    expect(await store.door.findLink(hash(22), 20)).toMatchObject({ room: { id: closed } })
    expect(await come(store, 'Cy', 3, withLink(22))).toBe('Cy')
    const cy = await store.sessions.findUser(hash(3))
    expect(await store.invitations.preview(cy?.id ?? 0, closed)).toMatchObject({
      invitation: { by: { id: ada.id } },
    })
    // Who is here already uses it in the same way, and once in the room no more.
    expect(await store.door.useLink(hash(2), hash(22), 20)).toBeNull()
    expect(await store.invitations.count(bob.id)).toBe(0)
    await join(store, 'Eve', 5)
    const twice = [1, 2].map(() => store.door.useLink(hash(5), hash(22), 20))
    expect(await Promise.all(twice)).toEqual([null, null])
    const [listed] = await store.door.links(hash(1), { at: 20, before: null, limit: 9 })
    expect(listed?.uses).toBe(2)
    await store.rooms.leave({ roomId: closed, userId: ada.id }, 20)
    expect(await store.door.findLink(hash(22), 20)).toMatchObject({ room: null })
    expect(await come(store, 'Dy', 4, withLink(22))).toBe('Dy')
    const dy = await store.sessions.findUser(hash(4))
    expect(await store.invitations.count(dy?.id ?? 0)).toBe(0)
  })
}

function testRequests(within: Within): void {
  within('who asks holds the name, and comes in once, when allowed', async ({ store }) => {
    await openHouse(store)
    expect(await store.door.ask(request('Eve', 30))).toBe('request_over')
    await set(store, 'ask')
    expect(await store.door.ask(request('Eve', 30))).toBeNull()
    expect(await store.door.ask(request('EVE', 31))).toBe('name_taken')
    expect(await store.door.ask(request('Ada', 31))).toBe('name_taken')
    expect(await store.users.isNameFree('eve', 'x')).toBe(false)
    const { createdAt: _, ...profile } = newUser('Eve')
    expect(await store.users.change(hash(1), profile, 11)).toEqual({ refused: 'name_taken' })
    const asked: Pass = { kind: 'request', hash: hash(30) }
    expect(await come(store, 'Eve', 3, asked)).toBe('request_over')
    const id = await idOf(store, 'Eve')
    expect(await store.door.answer(hash(1), id, true, 12)).toBeNull()
    expect(await store.door.answer(hash(1), id, true, 12)).toBe('request_over')
    const tries = [3, 4, 5].map((n) => come(store, 'Eve', n, asked))
    expect((await Promise.all(tries)).toSorted()).toEqual(['Eve', 'request_over', 'request_over'])
    // A request that is refused, withdrawn or old frees the name.
    for (const end of [
      async () => store.door.answer(hash(1), await idOf(store, 'Fay'), false, 12),
      async () => store.door.withdraw(hash(40)),
      async () => store.door.sweep(11 + hour),
    ]) {
      expect(await store.door.ask(request('Fay', 40))).toBeNull()
      expect(await store.users.isNameFree('fay', 'fay')).toBe(false)
      await end()
      expect(await store.users.isNameFree('fay', 'fay')).toBe(true)
    }
  })

  testGrants(within)
}

function testGrants(within: Within): void {
  within('a grant ends with the role of who gave it, and where nobody asks', async (engine) => {
    const { store } = engine
    await openHouse(store)
    await join(store, 'Bob', 2)
    const bob = await store.sessions.findUser(hash(2))
    const give = (role: 'member' | 'moderator') =>
      store.administration.setRole(hash(1), bob?.id ?? 0, role, { reason: '', at: 7 })
    await give('moderator')
    await set(store, 'ask')
    await store.door.ask(request('Eve', 30))
    await store.door.answer(hash(2), await idOf(store, 'Eve'), true, 12)
    const asked: Pass = { kind: 'request', hash: hash(30) }
    await give('member')
    expect(await store.door.waiting(hash(30), 13)).toMatchObject({ isAllowed: false })
    expect(await come(store, 'Eve', 3, asked)).toBe('request_over')
    await give('moderator')
    // Where everybody comes in, so does who waits, and is not allowed yet.
    await store.door.ask(request('Fay', 31))
    await set(store, 'open')
    const fay: Pass = { kind: 'request', hash: hash(31) }
    expect(await come(store, 'Fay', 4, fay, 11 + hour)).toBe('request_over')
    expect(await come(store, 'Fay', 4, fay)).toBe('Fay')
    await set(store, 'links')
    expect(await store.door.waiting(hash(30), 13)).toBeNull()
    expect(await come(store, 'Eve', 3, asked)).toBe('request_over')
    expect(await store.users.isNameFree('eve', 'eve')).toBe(true)
  })

  within('no address fills the list of those who ask', async ({ store }) => {
    await openHouse(store)
    await set(store, 'ask')
    const ask = async (n: number, from: number) => {
      const tokenHash = new Uint8Array(new Uint32Array(8).fill(1_000 + n).buffer)
      return store.door.ask({ ...request(`P${n}`, 1), tokenHash, from: hash(from) })
    }
    const first = []
    for (let n = 0; n < 150; n += 1) first.push(await ask(n, 1))
    expect(first.filter((one) => one === null)).toHaveLength(100)
    const next = []
    for (let n = 150; n < 300; n += 1) next.push(await ask(n, 2))
    expect(next.filter((one) => one === null)).toHaveLength(50)
    expect(await ask(300, 3)).toBeNull()
    // The same browser with another name takes the place of its first request.
    const again = { ...request('Again', 40), from: hash(3) }
    expect(await store.door.ask(again)).toBeNull()
    const other = { ...request('Other', 41), from: hash(3), replaced: hash(40) }
    expect(await store.door.ask(other)).toBeNull()
    expect(await store.users.isNameFree('again', 'again')).toBe(true)
  })
}
