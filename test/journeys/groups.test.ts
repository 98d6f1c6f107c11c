import { expect, test } from 'bun:test'
import { actOn, idOf as personId } from '../helpers/acts'
import type { Heard } from '../helpers/frames'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { becomeOwner } from '../helpers/owners'
import { openDirect, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll({ env: { CHATROOM_RATE_LIMITS: 'off' } })

async function pageOf(person: Person, path: string, language = 'en'): Promise<string> {
  const headers = { Cookie: person.cookie, 'Accept-Language': language }
  return (await fetch(server().origin + path, { headers })).text()
}

const idOf = (answer: Response): number =>
  Number(/\/rooms\/(\d+)$/.exec(answer.headers.get('location') ?? '')?.[1])

test('somebody is added to a private conversation, which begins anew for three', async () => {
  // One after another: a group is named in the order in which its people came.
  const ada = await signIn(server(), 'Ada')
  const bob = await signIn(server(), 'Bob')
  const cara = await signIn(server(), 'Cara')
  const eve = await signIn(server(), 'Eve')
  const sockets: ChatClient[] = []
  for (const person of [ada, bob, cara, eve]) sockets.push(await openSocket(server(), person))
  const [one, two, three, other] = sockets
  const direct = await openDirect(server(), ada, two?.hello.user.id ?? 0)
  await one?.post(direct, 'secret', 'only for Bob')
  const add = (who: Person, room: number, names: string) =>
    sendForm(server(), who, `/rooms/${room}/group`, { names })
  for (const [names, status] of [
    ['Bob', 422],
    ['Nobody', 404],
    ['', 422],
  ] as const)
    expect([names, (await add(ada, direct, names)).status]).toEqual([names, status])
  expect((await add(ada, 1, 'Cara')).status).toBe(404)
  expect((await add(eve, direct, 'Cara')).status).toBe(404)
  const room = idOf(await add(ada, direct, 'cara'))
  expect(idOf(await add(bob, direct, 'Cara'))).toBe(room)

  await one?.post(room, 'first', 'all three of us')
  const isNew = (item: Heard): boolean => item.type === 'room' && item.room.id === room
  const told = await three?.until(isNew, 'the conversation')
  // Before or after its first message is counted.
  const revision = told?.type === 'room' ? told.room.revision : -1
  const shown = { name: 'Ada, Bob', kind: 'direct', unread: revision, mentions: revision }
  expect(told).toMatchObject({ room: { ...shown, recipient: null } })
  await three?.until((item) => item.type === 'message' && item.room === room, 'the message')
  await two?.until((item) => item.type === 'message' && item.room === room, 'the message')
  const page = await pageOf(cara, `/rooms/${room}`)
  expect(page).toContain('all three of us')
  expect(page).not.toContain('only for Bob')
  expect(page).toContain('<title>Ada, Bob')
  expect(await pageOf(cara, `/rooms/${room}`, 'zh')).toContain('只有此对话中的成员可以阅读。')
  expect(await pageOf(bob, `/rooms/${room}/export.txt`)).toStartWith('Ada, Cara ·')
  expect(await pageOf(bob, '/search?q=three')).toContain('Ada, Cara')
  expect(await pageOf(eve, `/rooms/${room}`)).not.toContain('all three')
  expect(other?.heard.some((item) => 'room' in item && item.room === room)).toBe(false)

  // A member of four is another conversation; who leaves hears nothing more.
  expect(idOf(await add(bob, room, 'Eve'))).not.toBe(room)
  expect((await sendForm(server(), cara, `/rooms/${room}/leave`)).status).toBe(303)
  const isRenamed = (item: Heard): boolean =>
    item.type === 'room' && item.room.id === room && item.room.name === 'Ada'
  await two?.until(isRenamed, 'the others')
  await one?.post(room, 'later', 'only two of us now')
  await two?.until((item) => item.type === 'message' && item.content.startsWith('only two'), 'it')
  expect(await pageOf(cara, `/rooms/${room}`)).not.toContain('all three')
  const heard = three?.heard.filter((item) => item.type === 'message' && item.room === room)
  expect(heard).toHaveLength(1)
  expect(idOf(await add(ada, direct, 'Cara'))).not.toBe(room)
  for (const socket of sockets) await socket.close()
})

test('a group in which somebody was banned goes on, and others are added to it', async () => {
  const olga = await signIn(server(), 'Olga')
  const gus = await signIn(server(), 'Gus')
  const mallory = await signIn(server(), 'Mallory')
  const dora = await signIn(server(), 'Dora')
  await becomeOwner(server(), olga)
  const ids = await Promise.all([gus, mallory].map((person) => personId(server(), person)))
  const [gusId = 0, malloryId = 0] = ids
  const direct = await openDirect(server(), olga, gusId)
  const add = async (room: number, names: string) =>
    idOf(await sendForm(server(), gus, `/rooms/${room}/group`, { names }))
  const room = await add(direct, 'Mallory')
  const socket = await openSocket(server(), gus)
  expect((await socket.post(room, 'one', 'Hello')).type).toBe('accepted')
  await actOn(server(), olga, 'ban', malloryId)
  expect((await socket.post(room, 'two', 'She is banned')).type).toBe('accepted')
  const other = await add(room, 'Dora')
  expect(other).toBeNumber()
  expect((await socket.post(other, 'three', 'Welcome')).type).toBe('accepted')
  const title = /<title>([^<]*)/.exec(await pageOf(dora, `/rooms/${other}`))?.[1]
  expect(title).toStartWith('Olga, Gus')
  await socket.close()
})
