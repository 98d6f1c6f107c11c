import { expect, test } from 'bun:test'
import { type ChatClient, openSocket, type Person, readJson, signIn } from '../helpers/client'
import { answerTo, inviteTo, letIn, makeRoom, sendForm } from '../helpers/rooms'
import { basePath, serverForAll, originOf } from '../helpers/server'

const server = serverForAll()

async function enter(name: string): Promise<{ person: Person; socket: ChatClient; id: number }> {
  const person = await signIn(server(), name)
  const socket = await openSocket(server(), person)
  return { person, socket, id: socket.hello.user.id }
}

async function readPage(person: Person | null, path: string) {
  const cookie: Record<string, string> = person === null ? {} : { Cookie: person.cookie }
  const headers = { ...cookie, Accept: 'text/html', 'Accept-Language': 'en' }
  const answer = await fetch(server().origin + path, { headers, redirect: 'manual' })
  const text = (await answer.text()).replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
  return { status: answer.status, text }
}

test('nobody is in a room before they have said yes, and nobody hears of a no', async () => {
  const [ana, mei, bob] = [await enter('Ana'), await enter('Mei'), await enter('Bob')]
  const room = await makeRoom(server(), ana.person, 'harbour', 'closed')
  const fields = { user: String(mei.id), why: '  We plan\n the party ' }
  const answer = await sendForm(server(), ana.person, `/rooms/${room}/invitations`, fields)
  expect(await answer.text()).toContain('is invited.')
  const told = await mei.socket.until((item) => item.type === 'invitation', 'the invitation')
  expect(told).toMatchObject({
    invitation: {
      room: { id: room, name: 'harbour', kind: 'closed', topic: '', members: 1 },
      by: { nickname: 'Ana' },
      why: 'We plan the party',
    },
  })
  expect(await readJson(server(), mei.person, '/invitations')).toMatchObject({
    invitations: [{ room: { id: room } }],
  })
  const rail = await readPage(mei.person, '/rooms/1')
  expect(rail.text).toContain('Invitations harbour Ana invited you We plan the party')
  expect((await openSocket(server(), mei.person)).hello).toMatchObject({ invitations: 1 })
  expect((await readPage(ana.person, `/rooms/${room}/invitations`)).text).toContain(
    'Invited, no answer yet M Mei Invited by Ana Withdraw Mei',
  )
  expect((await readPage(mei.person, `/rooms/${room}/export.txt`)).status).toBe(404)
  const [heardByAna] = [ana.socket.heard.length]
  expect((await answerTo(server(), mei.person, room, 'decline')).status).toBe(303)
  await mei.socket.until((item) => item.type === 'invitation.ended', 'the end')
  await ana.socket.taken()
  // Who is online may be told at any time.
  const since = ana.socket.heard.slice(heardByAna).map(({ type }) => type)
  expect(since.filter((type) => !/^(presence|online)$/.test(type))).toEqual(['pong'])
  expect(JSON.stringify(bob.socket.heard)).not.toContain('harbour')
  const again = await answerTo(server(), mei.person, room)
  expect(again.status).toBe(404)
  expect(await again.text()).toContain('This invitation is not valid any more.')
  expect((await readPage(mei.person, `/rooms/${room}`)).status).toBe(404)
})

test('who accepts is in the room, on all open tabs, and is announced there', async () => {
  const [ana, mei] = [await enter('Ana B'), await enter('Mei B')]
  const second = await openSocket(server(), mei.person)
  const room = await makeRoom(server(), ana.person, 'pier', 'closed')
  await inviteTo(server(), ana.person, room, mei.id)
  const answer = await answerTo(server(), mei.person, room)
  expect(answer.headers.get('location')).toBe(`${basePath()}/rooms/${room}`)
  await ana.socket.until((item) => item.type === 'member.joined' && item.room === room, 'them')
  for (const tab of [mei.socket, second]) {
    await tab.until((item) => item.type === 'room' && item.room.id === room, 'the room')
  }
  await ana.socket.post(room, 'welcome', 'Welcome')
  for (const tab of [mei.socket, second])
    await tab.until((item) => item.type === 'message' && item.room === room, 'the message')
  // A second yes, as from another tab, is no mistake.
  expect((await answerTo(server(), mei.person, room)).status).toBe(303)
  const joins = ana.socket.heard.filter((item) => item.type === 'member.joined')
  const whom = joins.flatMap(({ room: where, user }) => (where === room ? user.id : []))
  expect(whom.filter((id) => id === mei.id)).toEqual([mei.id])
})

test('an invitation that was taken back has the same answer as one that never was', async () => {
  const [ana, mei, eve] = [await enter('Ana C'), await enter('Mei C'), await enter('Eve C')]
  const room = await makeRoom(server(), ana.person, 'crane', 'closed')
  await inviteTo(server(), ana.person, room, mei.id)
  await mei.socket.until((item) => item.type === 'invitation', 'the invitation')
  const path = `/rooms/${room}/invitations/withdraw`
  expect((await sendForm(server(), ana.person, path, { user: String(mei.id) })).status).toBe(303)
  await mei.socket.until((item) => item.type === 'invitation.ended', 'the end')
  const over = []
  for (const [person, where] of [
    [mei.person, room],
    [eve.person, room],
    [eve.person, 999_999],
  ] as const) {
    const answer = await answerTo(server(), person, where)
    over.push(`${answer.status} ${(await answer.text()).replaceAll(/\b[0-9a-f]{8}\b/g, '')}`)
  }
  expect(new Set(over).size).toBe(1)
  expect(over[0]).toContain('404')
  // A member who is removed takes the invitations with them that they made.
  await letIn(server(), ana.person, room, mei.person)
  await inviteTo(server(), mei.person, room, eve.id)
  const removed = { user: String(mei.id) }
  await sendForm(server(), ana.person, `/rooms/${room}/members/remove`, removed)
  await eve.socket.until((item) => item.type === 'invitation.ended', 'the end')
  expect((await answerTo(server(), eve.person, room)).status).toBe(404)
})

test('several people are invited at once, and each who is not has a sentence', async () => {
  const ana = await enter('Ana D')
  const [mei, bob, zoe] = [await enter('Nadia D'), await enter('Bob D'), await enter('Zoë D')]
  const room = await makeRoom(server(), ana.person, 'ferry')
  await sendForm(server(), bob.person, `/rooms/${room}/members`)
  await inviteTo(server(), ana.person, room, zoe.id)
  const gone = await enter('Gone D')
  await sendForm(server(), gone.person, '/session/leave', { sure: 'yes' })
  const users = [mei.id, gone.id, 999_999].map((id) => ['user', String(id)])
  // “nad” is what Nadia was searched by.
  const names = ['names', 'bob d，ZOË d, Nobody Here, nad']
  const fields = new URLSearchParams([...users, names])
  const answer = await sendForm(server(), ana.person, `/rooms/${room}/invitations`, fields)
  const page = (await answer.text()).replaceAll(/<\/?bdi[^>]*>/g, '')
  for (const sentence of [
    'Nadia D is invited.',
    'Bob D is already in this room.',
    'Zoë D is already invited and has not answered yet.',
    'Gone D has left.',
    'No one here has the name Nobody Here.',
    'No one here has the name 999999.',
  ]) {
    expect(page).toContain(`>${sentence}<`)
  }
  expect(page).not.toContain('No one here has the name nad.')
  const headers = {
    Cookie: ana.person.cookie,
    Origin: originOf(server()),
    Accept: 'application/json',
  }
  const body = new URLSearchParams({ names: 'Bob D, Nobody' })
  const init = { method: 'POST', headers, body }
  const json = await fetch(`${server().origin}/rooms/${room}/invitations`, init)
  expect(await json.json()).toMatchObject({
    invited: [],
    refused: [
      { user: bob.id, code: 'already_member', reason: 'Bob D is already in this room.' },
      { user: null, name: 'Nobody', code: 'unknown' },
    ],
  })
})

test('a form that names nobody, too many, or explains too long is refused and kept', async () => {
  const ana = await enter('Ana E')
  const room = await makeRoom(server(), ana.person, 'quay')
  const path = `/rooms/${room}/invitations`
  const why = 'x'.repeat(101)
  const many = Array.from({ length: 51 }, (_, n) => `Nobody ${n}`).join(',')
  for (const [fields, sentence] of [
    [{ names: ' , ，' }, 'Choose somebody, or enter a name.'],
    [{ names: many }, 'These are too many people at once.'],
    [{ names: 'Zoë', why }, 'This line is too long.'],
  ] as const) {
    const answer = await sendForm(server(), ana.person, path, fields)
    expect(answer.status).toBe(422)
    const page = await answer.text()
    expect(page).toContain(sentence)
    if ('why' in fields) expect(page).toContain(`value="${why}"`)
  }
})

test('without a script people are found with a button, and chosen with boxes', async () => {
  const ana = await enter('Ana F')
  const finn = await enter('Finn Unique')
  const room = await makeRoom(server(), ana.person, 'slip')
  const headers = { Cookie: ana.person.cookie, 'Accept-Language': 'en' }
  const path = `${server().origin}/rooms/${room}/invitations?names=ana+f%2C+uniq&user=${finn.id}`
  const page = await (await fetch(path, { headers })).text()
  expect(page).toMatch(new RegExp(`<input[^>]*name="user"[^>]*value="${finn.id}"[^>]*checked`))
  expect(page).toContain('value="ana f, uniq"')
  expect(page).toContain('formmethod="get"')
})
