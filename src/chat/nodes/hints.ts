import { serverLimits } from '../../server/limits'
import type { Hint, NodeStore } from '../../store/nodes'
import type { Chat } from '../chat'
import { tellOf } from '../administration/acts'
import { tellReaders } from '../administration/reports'
import { publishPerson } from '../people/departures'
import { tellDoorkeepers } from '../people/door'
import { asPublication } from '../publication'
import { toWire } from '../rooms/invitations'
import { publishHeir, publishInvitationsEnd, publishOwn, publishSummary } from '../rooms/membership'
import type { Follower, Here } from './follower'

type Acting = { chat: Chat; store: NodeStore; here: Here; follower: Follower }

/** Does for the sockets of this node what the operation did for those of its own. */
export async function actOn(acting: Acting, { kind, user, room, isOwn }: Hint): Promise<void> {
  const { chat, follower, here } = acting
  const isHere = user === 0 || here.isHere(user)
  if (kind === 'member') {
    follower.look(room)
    return isHere ? enterNew(acting, user, room) : undefined
  }
  if (kind === 'begun') return beginConversation(acting, room)
  if (kind === 'host') return isOwn ? undefined : publishHeir(chat, { room, user })
  if (kind === 'person') return isOwn ? undefined : renew(chat, user)
  if (isOwn || !isHere) return
  switch (kind) {
    case 'own':
      return publishOwn(chat, user, room)
    case 'invited':
      return publishInvitation(chat, user, room)
    case 'uninvited':
      return publishInvitationsEnd(chat, room, [user])
    case 'notice':
      return tellOf(chat, user)
    case 'reports':
      return tellReaders(chat)
    case 'door':
      return tellDoorkeepers(chat)
    case 'ended':
    case 'renewed':
      return closeEnded(acting, user, kind)
    case 'link':
      return chat.publish({ user }, asPublication({ type: 'device.link' }))
  }
}

/** Subscribes somebody to all of their rooms as they are now, or to one of them. */
export async function enterRooms(
  { store, follower }: Pick<Acting, 'store' | 'follower'>,
  user: number,
  only?: number,
): Promise<void> {
  let areKnown = false
  while (!areKnown) {
    const heads = await store.headsOf(user)
    const wanted = heads.filter(({ room }) => only === undefined || room === only)
    // Where somebody came or went since, what was read is obsolete.
    const isNew = only !== undefined
    areKnown = wanted.map((head) => follower.enter(user, head, isNew)).every(Boolean)
  }
}

async function enterNew(acting: Acting, user: number, room: number): Promise<void> {
  const { chat, here } = acting
  if (here.isIn(user, room)) return
  await enterRooms(acting, user, room)
  if (here.isIn(user, room)) await publishOwn(chat, user, room)
}

/** It appears for its people as it was before its first message, which follows for all of them. */
async function beginConversation({ chat, follower, here, store }: Acting, id: number) {
  const people = (await store.peopleIn(id)).filter((user) => here.isHere(user))
  for (const user of people) {
    const room = here.isIn(user, id) ? null : await chat.store.rooms.find(user, id)
    if (room === null) continue
    const before = { revision: 0, unread: 0, mentions: 0 }
    publishSummary(chat, user, room.pair === null ? room : { ...room, ...before })
  }
  for (let areIn = false; !areIn;) {
    const [head] = await store.heads([id])
    if (head === undefined) return
    areIn = people.map((user) => follower.enter(user, { ...head, revision: 0 })).every(Boolean)
  }
}

async function publishInvitation(chat: Chat, user: number, room: number): Promise<void> {
  const most = serverLimits.rooms.invitationsPerPerson
  const all = await chat.store.invitations.of(user, most)
  const found = all.find((one) => one.room.id === room)
  if (found === undefined) return
  chat.publish({ user }, asPublication({ type: 'invitation', invitation: toWire(found) }))
}

/** Sessions that have ended, got another token, or whose person got another role. */
async function closeEnded(
  { chat, here }: Acting,
  user: number,
  kind: 'ended' | 'renewed',
): Promise<void> {
  for (const { session, role } of here.sessionsOf(user)) {
    const hash = Uint8Array.fromHex(session)
    const now = await chat.store.sessions.find(hash)
    if (now?.role === role) continue
    const isOut = now === null && kind === 'ended'
    chat.closeSockets(user, isOut ? 'signed out' : 'session renewed', [hash])
  }
}

/** Somebody has another name or picture, or has left. */
async function renew(chat: Chat, id: number): Promise<void> {
  const user = await chat.store.users.find(id)
  if (user === null) return
  if (user.mark === 'left') chat.presence.forget(id)
  else chat.presence.rename(user)
  publishPerson(chat, user)
}
