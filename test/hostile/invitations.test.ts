import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { serverLimits } from '../../src/server/limits'
import { rates } from '../../src/server/rate-limits'
import { type ChatClient, openSocket, type Person, readJson, signIn } from '../helpers/client'
import { answerTo, inviteTo, letIn, makeRoom, sendForm } from '../helpers/rooms'
import type { Heard } from '../helpers/frames'
import { serverForAll, startServer } from '../helpers/server'

const server = serverForAll()
const rounds = 10

async function enter(name: string): Promise<{ person: Person; socket: ChatClient; id: number }> {
  const person = await signIn(server(), name)
  const socket = await openSocket(server(), person)
  return { person, socket, id: socket.hello.user.id }
}

async function isIn(person: Person, room: number): Promise<boolean> {
  const headers = { Cookie: person.cookie }
  const answer = await fetch(`${server().origin}/rooms/${room}/people`, { headers })
  return answer.ok
}

async function invitedTo(person: Person): Promise<number> {
  const { invitations } = Object.assign(
    { invitations: [] as unknown[] },
    await readJson(server(), person, '/invitations'),
  )
  return invitations.length
}

test('I1: who accepts while it is taken back is in the room, or not invited any more', async () => {
  const [ana, mei] = [await enter('Ana'), await enter('Mei')]
  const seen = new Set<string>()
  for (let round = 0; round < rounds; round += 1) {
    const room = await makeRoom(server(), ana.person, `I1 ${round}`, 'closed')
    await inviteTo(server(), ana.person, room, mei.id)
    const acts = [
      () => answerTo(server(), mei.person, room),
      () =>
        sendForm(server(), ana.person, `/rooms/${room}/invitations/withdraw`, {
          user: String(mei.id),
        }),
    ]
    if (round % 2 === 1) acts.reverse()
    const answers = await Promise.all(acts.map((act) => act()))
    if (round % 2 === 1) answers.reverse()
    const status = answers[0]?.status
    expect(await isIn(mei.person, room)).toBe(status === 303)
    expect([303, 404]).toContain(status ?? 0)
    expect(await invitedTo(mei.person)).toBe(0)
    seen.add(String(status))
  }
  expect([...seen].toSorted()).toEqual(['303', '404'])
})

test('I2: two tabs that accept at once are one membership, told once', async () => {
  const [ana, mei] = [await enter('Ana B'), await enter('Mei B')]
  for (let round = 0; round < rounds; round += 1) {
    const room = await makeRoom(server(), ana.person, `I2 ${round}`, 'closed')
    await inviteTo(server(), ana.person, room, mei.id)
    const both = await Promise.all([1, 2].map(() => answerTo(server(), mei.person, room)))
    expect(both.map(({ status }) => status)).toEqual([303, 303])
    const isTold = (item: Heard): boolean =>
      item.type === 'member.joined' && item.room === room && item.user.id === mei.id
    await ana.socket.until(isTold, 'who has come')
    await ana.socket.taken()
    expect(ana.socket.heard.filter(isTold)).toHaveLength(1)
  }
})

test('I3: who is removed while they invite leaves no invitation behind', async () => {
  const [ana, bob, mei] = [await enter('Ana C'), await enter('Bob C'), await enter('Mei C')]
  for (let round = 0; round < rounds; round += 1) {
    const room = await makeRoom(server(), ana.person, `I3 ${round}`, 'closed')
    await letIn(server(), ana.person, room, bob.person)
    const path = `/rooms/${room}/members/remove`
    const acts = [
      () => inviteTo(server(), bob.person, room, mei.id),
      () => sendForm(server(), ana.person, path, { user: String(bob.id) }),
    ]
    if (round % 2 === 1) acts.reverse()
    await Promise.all(acts.map((act) => act()))
    expect(await invitedTo(mei.person)).toBe(0)
    expect((await answerTo(server(), mei.person, room)).status).toBe(404)
  }
})

test('I4: of fifty that are accepted at once as many succeed as there is room for', async () => {
  const [ana, mei] = [await enter('Ana D'), await enter('Mei D')]
  const left = 10
  const db = new Database(join(server().data, 'chatroom.db'), { strict: true })
  const addRoom = db.query<{ id: number }, [string]>(
    `INSERT INTO rooms (kind, name, created_at, active_at) VALUES ('closed', ?, 1, 1) RETURNING id`,
  )
  const addMember = db.query(
    `INSERT INTO memberships (room_id, user_id, joined_at) VALUES (?, ?, 1)`,
  )
  const invite = db.query(
    `INSERT INTO invitations (room_id, user_id, invited_by, why, invited_at)
     VALUES (?, ?, ?, '', 1)`,
  )
  const rooms = db.transaction(() => {
    // They are in the first room, too.
    for (let n = 1; n < serverLimits.rooms.perPerson - left; n += 1) {
      addMember.run(addRoom.get(`Full ${n}`)?.id ?? 0, mei.id)
    }
    return Array.from({ length: 50 }, (_, n) => {
      const id = addRoom.get(`More ${n}`)?.id ?? 0
      invite.run(id, mei.id, ana.id)
      return id
    })
  })()
  const answers = await Promise.all(rooms.map((room) => answerTo(server(), mei.person, room)))
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 303)).toHaveLength(left)
  expect(statuses.filter((status) => status === 422)).toHaveLength(50 - left)
  const count = db.query<{ n: number }, [number]>(
    `SELECT count(*) AS n FROM memberships WHERE user_id = ?`,
  )
  expect(count.get(mei.id)?.n).toBe(serverLimits.rooms.perPerson)
  // Those that found no room wait on.
  expect(await invitedTo(mei.person)).toBe(50 - left)
  db.close()
})

test('I5: a person who invites very many is slowed down, and nobody is flooded', async () => {
  await using limited = await startServer({ env: { CHATROOM_RATE_LIMITS: 'on' } })
  const ana = await signIn(limited, 'Ana')
  const room = await makeRoom(limited, ana, 'I5', 'closed')
  const path = `/rooms/${room}/invitations`
  const names = Array.from({ length: 50 }, (_, n) => `Nobody ${n}`).join(',')
  const statuses = []
  for (let n = 0; n < 4; n += 1) {
    statuses.push((await sendForm(limited, ana, path, { names })).status)
  }
  expect(rates.invitations.burst).toBe(100)
  expect(statuses).toEqual([200, 200, 429, 429])
})

test('I6: what is typed into an invitation is text, and nonsense is refused', async () => {
  const [ana, mei] = [await enter('Ana F'), await enter('Mei F')]
  const room = await makeRoom(server(), ana.person, '<b hx-get=/x>', 'closed')
  const path = `/rooms/${room}/invitations`
  const why = '<img src=x onerror=alert(1)>‮ "\'`'
  const answer = await sendForm(server(), ana.person, path, { user: String(mei.id), why })
  expect(answer.status).toBe(200)
  const headers = { Cookie: mei.person.cookie, Accept: 'text/html' }
  for (const where of ['/rooms/1', '/invitations', `/rooms/${room}`]) {
    const page = await (await fetch(server().origin + where, { headers })).text()
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(page).not.toContain('<img src=x')
    expect(page).not.toContain('<b hx-get')
  }
  const users = new URLSearchParams(Array.from({ length: 200 }, () => ['user', '1']))
  const nonsense: [fields: Record<string, string> | URLSearchParams, status: number][] = [
    [{ user: String(mei.id), why: 'a\u0000b' }, 422],
    [{ user: '1e9' }, 422],
    [{ user: '-1', names: '' }, 422],
    [{ names: '\u0301'.repeat(5_000) }, 200],
    [{ names: 'x'.repeat(50_000) }, 200],
    [users, 400],
  ]
  for (const [fields, status] of nonsense) {
    const { status: got } = await sendForm(server(), ana.person, path, fields)
    expect({ fields: String(Object.keys(fields)), got }).toMatchObject({ got: status })
  }
  const strange = await sendForm(server(), mei.person, `${path}/answer`, { answer: 'maybe' })
  expect(strange.status).toBe(400)
})
