import { describe, expect, test } from 'bun:test'
import type { Store } from '../../src/store/store'
import { testAttachments, testFaces } from './attachments'
import { testAuthority } from './authority'
import { testDepartures } from './departures'
import { testDeviceLinks } from './device-links'
import { testDevices } from './devices'
import { testDoor } from './door'
import { testInvitations } from './invitations'
import { append, hash, join, message, newUser, placeOf, roomOf, say, session } from './people'
import { testAnswers, testEdits, testReactionLimits } from './edits'
import { testPush } from './push'
import { testMeasures, testReading } from './reading'
import { testRooms } from './rooms'
import { testSearch } from './search'
import { testSystemLines } from './system-lines'

/** What an engine hands to the contract: a fresh store, and the hands of later features. */
export type Engine = {
  store: Store
  folder: string
  reopen: () => Promise<Store>
  /** Waits until the index knows all that was said. */
  indexed: () => Promise<void>
  close: () => Promise<void>
  /** Makes a room with these members; gives its id. */
  makeRoom: (name: string, members: number[]) => Promise<number>
  /** Changes a stored message as an edit or a deletion would, taking the room's next revision. */
  edit: (room: number, seq: number, content: string) => Promise<void>
  remove: (room: number, seq: number) => Promise<void>
  /** From now on no system line can be written. */
  breakLines: () => Promise<void>
  /** When the first session was seen. */
  seenAt: () => Promise<number>
}

/** Holds an engine to everything that operations rely on. */
export function storeContract(name: string, open: () => Promise<Engine>): void {
  const within = withinEach(open)
  describe(`${name}: people`, () => testPeople(within))
  describe(`${name}: membership`, () => testMembership(within))
  describe(`${name}: messages`, () => testMessages(within))
  describe(`${name}: pages`, () => testPages(within))
  describe(`${name}: changes`, () => testChanges(within))
  describe(`${name}: files`, () => testAttachments(within))
  describe(`${name}: faces`, () => testFaces(within))
  describe(`${name}: edits`, () => testEdits(within))
  describe(`${name}: answers`, () => testAnswers(within))
  describe(`${name}: reactions`, () => testReactionLimits(within))
  describe(`${name}: rooms`, () => testRooms(within))
  describe(`${name}: invitations`, () => testInvitations(within))
  describe(`${name}: authority`, () => testAuthority(within))
  describe(`${name}: departures`, () => testDepartures(within))
  describe(`${name}: devices`, () => testDevices(within))
  describe(`${name}: system lines`, () => testSystemLines(within))
  describe(`${name}: links for devices`, () => testDeviceLinks(within))
  describe(`${name}: the door`, () => testDoor(within))
  describe(`${name}: notices on devices`, () => testPush(within))
  describe(`${name}: searching`, () => testSearch(within))
  describe(`${name}: reading`, () => testReading(within))
  describe(`${name}: measures`, () => testMeasures(within))
}

/** Gives each test an engine of its own. */
export function withinEach(open: () => Promise<Engine>): Within {
  return (sentence, work) => {
    test(sentence, async () => {
      const engine = await open()
      try {
        await work(engine)
      } finally {
        await engine.close()
      }
    })
  }
}

export type Within = (sentence: string, work: (engine: Engine) => Promise<void>) => void

function testPeople(within: Within): void {
  within(
    'a name is held by one person, and so is everything that looks like it',
    async (engine) => {
      const { users } = engine.store
      expect(await join(engine.store, 'Ada', 1)).toMatchObject({ nickname: 'Ada' })
      const alike = [
        { ...newUser('ADA'), skeleton: 'other' },
        { ...newUser('Аda'), skeleton: 'ada' },
      ]
      for (const [n, user] of alike.entries()) {
        expect(await users.join(user, session(n + 2), null)).toEqual({ refused: 'name_taken' })
      }
      expect(await users.isNameFree('ada', 'x')).toBe(false)
      expect(await users.isNameFree('grace', 'grace')).toBe(true)
    },
  )

  within('of a hundred who want one name at once, exactly one gets it', async ({ store }) => {
    const tries = Array.from({ length: 100 }, (_, n) =>
      store.users.join(newUser('Ada'), session(n), null),
    )
    const winners = (await Promise.all(tries)).filter((user) => !('refused' in user))
    expect(winners.length).toBe(1)
  })

  within('a session names its person until it ends', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    expect(await store.sessions.findUser(hash(1))).toEqual(ada)
    expect(await store.sessions.renew(hash(1), session(2, 5))).toEqual(ada)
    expect(await store.sessions.findUser(hash(1))).toBeNull()
    expect(await store.sessions.end(hash(1), 6)).toBe(false)
    expect(await store.sessions.findUser(hash(2))).toEqual(ada)
    expect(await store.sessions.end(hash(2), 6, false)).toBe(false)
    expect(await store.sessions.findUser(hash(2))).toEqual(ada)
    expect(await store.sessions.end(hash(2), 6)).toBe(true)
    expect(await store.sessions.findUser(hash(2))).toBeNull()
    expect(await store.sessions.renew(hash(2), session(3, 7))).toBeNull()
  })

  within('who leaves frees the name, and the messages keep their author', async (engine) => {
    const { store } = engine
    const ada = await join(store, 'Ada', 1)
    await say(store, ada, 'mine')
    expect(await store.sessions.leave(hash(1), 9)).not.toBeNull()
    const next = await join(store, 'Ada', 2)
    expect(next.id).not.toBe(ada.id)
    const room = await roomOf(store, next)
    const [message] = await store.messages.before(room, null, 10)
    expect(message?.sender).toEqual({ ...ada, mark: 'left' })
    const wanted = { part: '', after: null, without: [], limit: 9 }
    expect((await store.users.membersOf(room, wanted)).map(({ id }) => id)).toEqual([next.id])
    expect(room.members).toBe(1)
  })
}

function testMembership(within: Within): void {
  within(
    'membership is the only way to a room: a stranger finds nothing, as if there were none',
    async (engine) => {
      const { store } = engine
      const [ada, eve] = [await join(store, 'Ada', 1), await join(store, 'Eve', 2)]
      const closed = await engine.makeRoom('closed', [ada.id])
      expect(await store.rooms.find(ada.id, closed)).toMatchObject({ id: closed })
      expect(await store.rooms.find(eve.id, closed)).toBeNull()
      expect(await store.rooms.find(eve.id, 999)).toBeNull()
      expect((await store.rooms.heads(eve.id)).map(({ id }) => id)).not.toContain(closed)
      expect(await append(store, eve, { room: closed })).toEqual(
        await append(store, eve, { room: 999 }),
      )
    },
  )
}

function testMessages(within: Within): void {
  within('places are counted from one without holes, over groups and refusals', async (engine) => {
    const { store } = engine
    const ada = await join(store, 'Ada', 1)
    const first = await store.messages.append([
      message(ada, { clientId: 'a' }),
      message(ada, { clientId: 'b', room: 999 }),
      message(ada, { clientId: 'c', replyTo: 77 }),
      message(ada, { clientId: 'd' }),
    ])
    expect(first.map(placeOf)).toEqual([1, 'room_missing', 'reply_missing', 2])
    expect((await store.messages.append([message(ada, { clientId: 'e' })])).map(placeOf)).toEqual([
      3,
    ])
    expect(await roomOf(store, ada)).toMatchObject({ revision: 3 })
  })

  within('a repeat is answered with the first, within a group and later', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    const group = [
      message(ada, { clientId: 'a' }),
      message(ada, { clientId: 'a', content: 'other' }),
    ]
    const [first, again] = await store.messages.append(group)
    expect(first).toMatchObject({ repeat: false, message: { seq: 1, content: 'text' } })
    expect(again).toMatchObject({ repeat: true, message: { seq: 1, content: 'text' } })
    expect(await append(store, ada, { clientId: 'a' })).toMatchObject({ repeat: true })
    expect((await store.messages.before(await roomOf(store, ada), null, 9)).length).toBe(1)
  })

  within('an id belongs to its author and its room', async (engine) => {
    const { store } = engine
    const [ada, eve] = [await join(store, 'Ada', 1), await join(store, 'Eve', 2)]
    const second = await engine.makeRoom('second', [ada.id])
    expect(placeOf(await append(store, ada, { clientId: 'a' }))).toBe(1)
    expect(placeOf(await append(store, eve, { clientId: 'a' }))).toBe(2)
    expect(placeOf(await append(store, ada, { clientId: 'a', room: second }))).toBe(
      'client_id_reused',
    )
  })
}

function testPages(within: Within): void {
  within(
    'pages have no hole and no double, though all was said in one millisecond',
    async ({ store }) => {
      const ada = await join(store, 'Ada', 1)
      const all = Array.from({ length: 1_000 }, (_, n) => message(ada, { clientId: `m-${n}` }))
      await store.messages.append(all)
      const room = await roomOf(store, ada)
      const seqs: number[] = []
      for (let before: number | null = null; before !== 1; before = seqs[0] ?? 1) {
        seqs.unshift(...(await store.messages.before(room, before, 50)).map(({ seq }) => seq))
      }
      expect(seqs).toEqual(all.map((_, n) => n + 1))
      const onwards: number[] = []
      for (let after = 0; after < all.length; after = onwards.at(-1) ?? all.length) {
        onwards.push(...(await store.messages.after(room, after, 50)).map(({ seq }) => seq))
      }
      expect(onwards).toEqual(seqs)
    },
  )

  within('what was stored is what was sent, to the letter', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    const content = `"'; DROP TABLE messages; -- <b>$&</b> \u2028 👩‍🚀 नमस्ते \n\t end`
    await append(store, ada, { content })
    const [stored] = await store.messages.before(await roomOf(store, ada), null, 1)
    expect(stored?.content).toBe(content)
  })
}

function testChanges(within: Within): void {
  within(
    'changes tell the newest state of each message once, in the order of change',
    async (engine) => {
      const { store } = engine
      const ada = await join(store, 'Ada', 1)
      for (const clientId of ['a', 'b', 'c', 'd']) await append(store, ada, { clientId })
      await engine.edit(1, 1, 'edited once')
      await engine.remove(1, 2)
      await engine.edit(1, 1, 'edited twice')
      await append(store, ada, { clientId: 'e' })
      const room = await roomOf(store, ada)
      const { messages, revision, more } = await store.messages.changesAfter(room, 3, 100, 1e6)
      expect(messages.map(({ seq, revision }) => [seq, revision])).toEqual([
        [4, 4],
        [2, 6],
        [1, 7],
        [8, 8],
      ])
      expect(messages[1]?.deletedAt).not.toBeNull()
      expect(messages[2]?.content).toBe('edited twice')
      expect({ revision, more }).toEqual({ revision: 8, more: false })
      expect((await store.messages.before(room, null, 9)).map(({ seq }) => seq)).toEqual([
        1, 3, 4, 8,
      ])
    },
  )

  within('pages of changes, by rows and by size, join without a hole', async (engine) => {
    const { store } = engine
    const ada = await join(store, 'Ada', 1)
    for (let n = 0; n < 40; n += 1) await append(store, ada, { clientId: `m-${n}` })
    for (const seq of [3, 9, 3]) await engine.edit(1, seq, `edited ${'long '.repeat(40)}`)
    const room = await roomOf(store, ada)
    const whole = await store.messages.changesAfter(room, 0, 1_000, 1e6)
    for (const [limit, units] of [
      [7, 1e6],
      [1_000, 20],
      [1, 1],
    ] as const) {
      const joined = []
      for (let page, after = 0; page === undefined || page.more; after = page.revision) {
        page = await store.messages.changesAfter(room, after, limit, units)
        joined.push(...page.messages)
      }
      expect(joined).toEqual(whole.messages)
    }
  })
}
