import type { AppendOutcome, NewMessage, Room, Store, User } from '../../src/store/store'

/** The hash of the n-th session's token. */
export const hash = (n: number): Uint8Array => new Uint8Array(32).fill(n)

/** The n-th session, as it begins. */
export const session = (n: number, at = 1) => ({
  tokenHash: hash(n),
  browser: 'Firefox',
  system: 'Linux',
  at,
})

export function newUser(nickname: string) {
  const folded = nickname.toLowerCase()
  return { nickname, folded, skeleton: folded, avatar: 'letter', face: null, createdAt: 1 }
}

export async function join(store: Store, nickname: string, n: number): Promise<User> {
  const joined = await store.users.join(newUser(nickname), session(n), null)
  if ('refused' in joined) throw new Error(`${nickname} is taken`)
  return joined
}

export async function roomOf(store: Store, user: User): Promise<Room> {
  const room = await store.rooms.find(user.id, 1)
  if (room === null) throw new Error('everybody is in the first room')
  return room
}

export function message(author: User, fields: Partial<NewMessage>): NewMessage {
  const fresh = { room: 1, author: author.id, clientId: 'id', content: 'text', replyTo: null }
  return { ...fresh, mentions: [], attachments: [], writtenIn: null, createdAt: 1_000, ...fields }
}

export async function append(store: Store, author: User, fields: Partial<NewMessage>) {
  const [outcome] = await store.messages.append([message(author, fields)])
  if (outcome === undefined) throw new Error('every message has an outcome')
  return outcome
}

export async function say(store: Store, author: User, content: string): Promise<void> {
  await append(store, author, { content, clientId: content })
}

export function placeOf(outcome: AppendOutcome): number | string {
  return outcome.status === 'accepted' ? outcome.message.seq : outcome.code
}
