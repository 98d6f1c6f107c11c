import { expect } from 'bun:test'
import type { InviteOutcome, Store, User } from '../../src/store/store'
import type { Within } from './contract'
import { pauseMs } from '../../src/store/sql/invitations'
import { hash, join } from './people'
import { asMember, letIn, make } from './rooms'

type Outcome = InviteOutcome['outcome']

/** Asks people into a room; gives what became of each. */
async function ask(
  store: Store,
  by: User,
  room: { id: number },
  users: number[],
  why = '',
): Promise<Outcome[] | string> {
  const outcomes = await store.invitations.invite(asMember(room, by), users, why, 9)
  return 'refused' in outcomes ? outcomes.refused : outcomes.map(({ outcome }) => outcome)
}

/** A closed room of Ada's, and people who are not in it. */
async function settle(store: Store) {
  const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
  const eve = await join(store, 'Eve', 3)
  return { ada, bob, eve, room: await make(store, ada, 'Tea', 'closed') }
}

export function testInvitations(within: Within): void {
  testAsking(within)
  testEnding(within)
  testDeclining(within)
  within('who is asked sees the room, who asks and why; others see nothing', async (engine) => {
    const { store } = engine
    const { ada, bob, eve, room } = await settle(store)
    expect(await ask(store, ada, room, [bob.id], 'cake')).toEqual(['invited'])
    const shown = {
      id: room.id,
      kind: 'closed' as const,
      name: 'Tea',
      topic: '',
      members: 1,
      isLocked: false,
    }
    const invitation = { room: shown, by: ada, why: 'cake', invitedAt: 9 }
    expect(await store.invitations.of(bob.id, 9)).toEqual([invitation])
    expect(await store.invitations.count(bob.id)).toBe(1)
    expect(await store.invitations.preview(bob.id, room.id)).toEqual({ room: shown, invitation })
    for (const stranger of [eve.id, 0, 999]) {
      expect(await store.invitations.of(stranger, 9)).toEqual([])
      expect(await store.invitations.preview(stranger, room.id)).toBeNull()
    }
    expect(await store.rooms.find(bob.id, room.id)).toBeNull()
    const open = await make(store, ada, 'Open')
    const seen = await store.invitations.preview(0, open.id)
    expect(seen).toMatchObject({ room: { name: 'Open' }, invitation: null })
    const direct = await store.rooms.direct(ada.id, bob.id, 1)
    expect(await store.invitations.preview(eve.id, direct?.id ?? 0)).toBeNull()
    const pending = [{ user: bob, by: ada, why: 'cake', invitedAt: 9 }]
    expect(await store.invitations.pending(asMember(room, ada), 0, 9)).toEqual(pending)
    expect(await store.invitations.pending(asMember(room, ada), bob.id, 9)).toEqual([])
    expect(await store.invitations.pending(asMember(room, bob), 0, 9)).toEqual([])
    const all = [eve.id, bob.id, ada.id, 999]
    const standings = await store.invitations.candidates(asMember(room, ada), all)
    expect(standings.map(({ standing }) => standing)).toEqual([null, 'invited', 'member'])
    expect(await store.invitations.candidates(asMember(room, eve), all)).toEqual([])
  })
}

function testAsking(within: Within): void {
  within('each person who is asked has an outcome of their own', async ({ store }) => {
    const { ada, bob, eve, room } = await settle(store)
    const gone = await join(store, 'Gone', 4)
    await store.sessions.leave(hash(4), 5)
    await letIn(store, ada, room, eve)
    await ask(store, ada, room, [bob.id])
    const fay = await join(store, 'Fay', 5)
    const users = [fay.id, eve.id, bob.id, gone.id, 999]
    const outcomes = ['invited', 'already_member', 'already_invited', 'left', 'unknown']
    expect(await ask(store, ada, room, users)).toEqual(outcomes as Outcome[])
  })

  within(
    'only members ask, and only those who made it or own the room take it back',
    async (engine) => {
      const { store } = engine
      const { ada, bob, eve, room } = await settle(store)
      expect(await ask(store, eve, room, [bob.id])).toBe('room_missing')
      await ask(store, ada, room, [bob.id])
      const { withdraw } = store.invitations
      expect(await withdraw(asMember(room, eve), bob.id)).toBe(false)
      await letIn(store, ada, room, eve)
      expect(await withdraw(asMember(room, eve), bob.id)).toBe(false)
      expect(await withdraw(asMember(room, bob), bob.id)).toBe(false)
      expect(await withdraw(asMember(room, ada), bob.id)).toBe(true)
      await ask(store, eve, room, [bob.id])
      expect(await withdraw(asMember(room, ada), bob.id)).toBe(true)
      expect(await store.rooms.accept(bob.id, room.id, 10)).toEqual({ refused: 'invitation_over' })
    },
  )
}

function testEnding(within: Within): void {
  within('an invitation is used once, by its person, though its maker left', async ({ store }) => {
    const { ada, bob, eve, room } = await settle(store)
    await ask(store, ada, room, [bob.id])
    expect(await store.rooms.accept(eve.id, room.id, 10)).toEqual({ refused: 'invitation_over' })
    await store.rooms.leave(asMember(room, ada), 9)
    const joined = await store.rooms.accept(bob.id, room.id, 10)
    // The room had nobody left, so it is theirs.
    expect(joined).toMatchObject({ invitedBy: ada, isNew: true, room: { rank: 'host' } })
    expect(await store.rooms.accept(bob.id, room.id, 11)).toMatchObject({ isNew: false })
    expect(await store.invitations.of(bob.id, 9)).toEqual([])
    await store.rooms.leave(asMember(room, bob), 11)
    expect(await store.rooms.accept(bob.id, room.id, 12)).toEqual({ refused: 'invitation_over' })
  })

  within('who joins by another way, declines or leaves is not invited any more', async (engine) => {
    const { store } = engine
    const { ada, bob, eve } = await settle(store)
    const room = await make(store, ada, 'Open')
    expect(await ask(store, ada, room, [bob.id, eve.id])).toEqual(['invited', 'invited'])
    await store.rooms.join(bob.id, room.id, 10)
    expect(await store.invitations.of(bob.id, 9)).toEqual([])
    expect(await store.invitations.decline(eve.id, room.id, 10)).toBe(true)
    expect(await store.invitations.decline(eve.id, room.id, 10)).toBe(false)
    expect(await store.rooms.accept(eve.id, room.id, 10)).toEqual({ refused: 'invitation_over' })
    await store.sessions.leave(hash(3), 11)
    expect(await store.invitations.pending(asMember(room, ada), 0, 9)).toEqual([])
  })

  within('with a member who is removed go the invitations that they made', async ({ store }) => {
    const { ada, bob, eve, room } = await settle(store)
    const fay = await join(store, 'Fay', 4)
    await letIn(store, ada, room, bob)
    await ask(store, bob, room, [eve.id])
    await ask(store, ada, room, [fay.id])
    const removed = await store.rooms.remove(asMember(room, ada), bob.id, 9)
    expect(removed).toEqual({ uninvited: [eve.id] })
    expect(await store.rooms.accept(eve.id, room.id, 10)).toEqual({ refused: 'invitation_over' })
    expect(await store.rooms.accept(fay.id, room.id, 10)).toMatchObject({ isNew: true })
  })
}

function testDeclining(within: Within): void {
  within(
    'who declines hears no more of that room for a day, and nobody sees that',
    async (engine) => {
      const { store } = engine
      const { ada, bob, eve, room } = await settle(store)
      const { count, decline, invite, of, pending, preview, withdraw } = store.invitations
      const by = asMember(room, ada)
      const again = async (at: number) => {
        expect(await withdraw(by, bob.id)).toBe(true)
        return invite(by, [bob.id, eve.id], '', at)
      }
      const bobs = async () => ({
        counted: await count(bob.id),
        listed: await of(bob.id, 9),
        seen: await preview(bob.id, room.id),
        accepted: await store.rooms.accept(bob.id, room.id, 11),
        declined: await decline(bob.id, room.id, 11),
      })
      const accepted = { refused: 'invitation_over' } as const
      const none = { counted: 0, listed: [], seen: null, accepted, declined: false }
      await invite(by, [bob.id, eve.id], '', 9)
      const waiting = await pending(by, 0, 9)
      expect(await decline(bob.id, room.id, 10)).toBe(true)
      expect(await pending(by, 0, 9)).toEqual(waiting)
      expect(await ask(store, ada, room, [bob.id])).toEqual(['already_invited'])
      expect(await bobs()).toEqual(none)
      await withdraw(by, eve.id)
      // Of two who are asked again one had declined: their answers are the same.
      const answers = await again(pauseMs + 9)
      expect(answers).toMatchObject([
        { outcome: 'invited', isShown: false },
        { outcome: 'invited' },
      ])
      expect(await bobs()).toEqual(none)
      expect(await again(pauseMs + 10)).toMatchObject([{ outcome: 'invited', isShown: true }, {}])
      expect(await count(bob.id)).toBe(1)
      expect(await decline(bob.id, room.id, pauseMs + 11)).toBe(true)
      expect(await count(eve.id)).toBe(1)
    },
  )
}
