import { expect, test } from 'bun:test'
import { type ChatClient, history, openSocket, signIn } from '../helpers/client'
import { answered } from '../helpers/answers'
import { makeRoom } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'
import { limits } from '../../src/shared/limits'

const server = serverForAll()

const react = (room: number, seq: number, emoji: unknown, active: unknown = true) => ({
  type: 'reaction.set',
  room,
  seq,
  emoji,
  active,
  client_id: crypto.randomUUID(),
})

async function saySomething(socket: ChatClient, room = 1): Promise<number> {
  const said = await socket.post(room, crypto.randomUUID(), 'something')
  if (said.type !== 'accepted') throw new Error('it was not accepted')
  return said.seq
}

test('an emoji of mine is on a message once, for everybody, until taken back', async () => {
  const ada = await signIn(server(), 'Ada')
  const [one, two] = [
    await openSocket(server(), ada),
    await openSocket(server(), await signIn(server(), 'Grace')),
  ]
  const seq = await saySomething(one)
  expect(await answered(two, react(1, seq, '🎉'))).toMatchObject({ revision: seq + 1 })
  // Again is answered again, and changes nothing.
  expect(await answered(two, react(1, seq, '🎉'))).toMatchObject({ revision: seq + 1 })
  expect(await answered(one, react(1, seq, '🎉'))).toMatchObject({ revision: seq + 2 })
  expect(await answered(one, react(1, seq, '👩‍🚀'))).toMatchObject({ revision: seq + 3 })
  const [ids, [stored]] = [
    [two.hello.user.id, one.hello.user.id],
    (await history(server(), ada, 1)).slice(-1),
  ]
  expect(stored?.reactions).toEqual([
    { emoji: '🎉', people: ids },
    { emoji: '👩‍🚀', people: ids.slice(1) },
  ])
  const heard = await two.until(
    (item) => item.type === 'message.changed' && item.revision === seq + 3,
    'it',
  )
  expect(heard).toMatchObject({ reactions: stored?.reactions })
  expect(await answered(two, react(1, seq, '🎉', false))).toMatchObject({ type: 'accepted' })
  expect(await answered(two, react(1, seq, '🎉', false))).toMatchObject({ revision: seq + 4 })
  expect((await history(server(), ada, 1)).at(-1)?.reactions[0]?.people).toEqual(ids.slice(1))
  await one.close()
  await two.close()
})

test('only one emoji is a reaction, and a message carries a bounded number of them', async () => {
  const one = await openSocket(server(), await signIn(server(), 'Barbara'))
  const seq = await saySomething(one)
  const none = ['', 'x', '1', '<b>', '🎉🎉', '🎉 ', 'a🎉', '🎉'.repeat(2_000), 7, null, ['🎉'], {}]
  for (const emoji of none) {
    const refused = await answered(one, react(1, seq, emoji))
    expect({ emoji, refused }).toMatchObject({ emoji, refused: { code: 'emoji_unknown' } })
  }
  expect(await answered(one, react(1, seq, '🎉', 'yes'))).toMatchObject({ code: 'bad_frame' })
  for (let n = 0; n < limits.reactionKindsMax; n += 1) {
    const face = String.fromCodePoint(0x1f600 + n)
    expect(await answered(one, react(1, seq, face))).toMatchObject({ type: 'accepted' })
  }
  expect(await answered(one, react(1, seq, '🎉'))).toMatchObject({ code: 'reactions_full' })
  // One that is there already may still be taken back, and set again.
  expect(await answered(one, react(1, seq, '😀', false))).toMatchObject({ type: 'accepted' })
  expect(await answered(one, react(1, seq, '🎉'))).toMatchObject({ type: 'accepted' })
  await one.close()
})

test('a deleted, foreign or missing message takes no reaction', async () => {
  const owner = await signIn(server(), 'Maker')
  const [one, two] = [
    await openSocket(server(), owner),
    await openSocket(server(), await signIn(server(), 'Eve')),
  ]
  const room = await makeRoom(server(), owner, 'Closed', 'closed')
  await one.until((item) => item.type === 'room', 'the room')
  const seq = await saySomething(one, room)
  const refusal = { type: 'refused', code: 'message_missing' }
  for (const [place, at] of [
    [room, seq],
    [room, 99],
    [999, 1],
  ] as const) {
    expect(await answered(two, react(place, at, '🎉'))).toMatchObject(refusal)
  }
  one.send({ type: 'message.delete', room, seq, client_id: 'gone' })
  await one.until((item) => item.type === 'message.removed', 'the end')
  expect(await answered(one, react(room, seq, '🎉'))).toMatchObject(refusal)
  await one.close()
  await two.close()
})

test('a message marked unread is unread on all devices, and is counted again', async () => {
  const ada = await signIn(server(), 'Reader')
  const bob = await openSocket(server(), await signIn(server(), 'Talker'))
  const [one, two] = [await openSocket(server(), ada), await openSocket(server(), ada)]
  const first = await saySomething(bob)
  await bob.post(1, 'u-2', 'for you, @Reader')
  const last = await saySomething(bob)
  one.send({ type: 'read', room: 1, seq: last })
  await two.until((item) => item.type === 'read' && item.unread === 0, 'that it was read')
  one.send({ type: 'unread', room: 1, seq: first + 1 })
  const told = { type: 'read', room: 1, seq: first, unread: 2, mentions: 1 }
  for (const device of [one, two]) {
    await device.until((item) => item.type === 'read' && item.seq === first, 'the mark')
    expect(device.heard.findLast((item) => item.type === 'read')).toMatchObject(told)
  }
  // A place that is further on than the marker moves nothing, nor does a room of others.
  one.send({ type: 'unread', room: 1, seq: last + 50 })
  one.send({ type: 'unread', room: 999, seq: 1 })
  const back = await openSocket(server(), ada)
  expect(back.hello.rooms[0]).toMatchObject({ read_seq: first, unread: 2, mentions: 1 })
  for (const socket of [bob, one, two, back]) await socket.close()
})
