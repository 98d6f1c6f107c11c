import { beforeAll, expect, test } from 'bun:test'
import { can, type Rank, ranks } from '../../src/shared/rights'
import { askDatabase } from '../helpers/database'
import { openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll({ env: { CHATROOM_RATE_LIMITS: 'off' } })

type Who = Rank | 'stranger' | 'signed out'
const everybody: Who[] = [...ranks, 'stranger', 'signed out']
/** Two of each rank, so that each meets an equal. */
const people = new Map<string, Person>()
const ids = new Map<string, number>()
let room = 0

const nobody: Person = { nickname: '', cookie: '' }
const personOf = (who: Who, n = 1): Person => people.get(`${who} ${n}`) ?? nobody

beforeAll(async () => {
  for (const who of [...ranks, 'stranger']) {
    for (const n of [1, 2]) {
      const person = await signIn(server(), `The ${who} ${n}x`)
      people.set(`${who} ${n}`, person)
      const socket = await openSocket(server(), person)
      ids.set(`${who} ${n}`, socket.hello.user.id)
      await socket.close()
    }
  }
  room = await makeRoom(server(), personOf('host'), 'Held')
  for (const who of ranks)
    for (const n of [1, 2]) await sendForm(server(), personOf(who, n), `/rooms/${room}/members`)
  for (const n of [1, 2]) {
    const id = ids.get(`host ${n}`) ?? 0
    const makeHost = `UPDATE memberships SET role = 'host' WHERE user_id = ? AND room_id = ?`
    await askDatabase(server(), makeHost, id, room)
    for (const role of ['moderator', 'owner'] as const)
      await askDatabase(
        server(),
        'UPDATE users SET role = ? WHERE id = ?',
        role,
        ids.get(`${role} ${n}`) ?? 0,
      )
  }
})

/** 303 where the table allows it; strangers learn of no room, and nobody is signed in. */
function statusOf(who: Who, isAllowed: boolean): number {
  if (who === 'signed out') return 401
  if (who === 'stranger') return 404
  return isAllowed ? 303 : 403
}

test.each(everybody)('a %s changes the switches of a room as the table says', async (who) => {
  const fields = { writers: 'hosts', slow: '5000', locked: 'yes' }
  const { status } = await sendForm(server(), personOf(who), `/rooms/${room}/switches`, fields)
  const isAllowed = ranks.some((rank) => rank === who && can(rank, 'room.switch'))
  expect({ who, status }).toEqual({ who, status: statusOf(who, isAllowed) })
  await sendForm(server(), personOf('owner'), `/rooms/${room}/switches`, {
    ...{ writers: 'everybody', slow: '0', locked: 'no' },
  })
})

test.each(everybody)('a %s mutes those of a lower rank, and lets them write again', async (who) => {
  for (const target of ranks) {
    const fields = { user: String(ids.get(`${target} 2`)), ms: '300000', reason: '' }
    const isAllowed = ranks.some((rank) => rank === who && can(rank, 'person.mute', target))
    const status = statusOf(who, isAllowed)
    const page = `/rooms/${room}/mute?user=${fields.user}`
    const { cookie } = personOf(who)
    const read = await fetch(server().origin + page, { headers: { Cookie: cookie } })
    expect({ who, target, read: read.status }).toEqual({
      ...{ who, target, read: status === 303 ? 200 : status },
    })
    for (const act of ['mute', 'unmute']) {
      const path = `/rooms/${room}/${act}`
      const answer = await sendForm(server(), personOf(who), path, fields)
      expect({ who, target, act, status: answer.status }).toEqual({ who, target, act, status })
    }
  }
})

test.each([...ranks])('a %s writes by the socket where only hosts may, or not', async (who) => {
  await sendForm(server(), personOf('owner'), `/rooms/${room}/switches`, { writers: 'hosts' })
  const socket = await openSocket(server(), personOf(who))
  const { type } = await socket.post(room, `by-${who}`, 'x')
  expect({ who, type }).toEqual({ who, type: can(who, 'room.switch') ? 'accepted' : 'refused' })
  await socket.close()
})
