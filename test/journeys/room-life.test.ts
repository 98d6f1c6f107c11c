import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { askDatabase } from '../helpers/database'
import { promote } from '../helpers/door'
import type { Heard } from '../helpers/frames'
import { openSocket, type Person, signIn } from '../helpers/client'
import { postFiles, upload } from '../helpers/files'
import { inviteTo, letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const server = serverForAll({ env: { CHATROOM_RATE_LIMITS: 'off' } })

async function pageOf(person: Person, path: string, language = 'en'): Promise<string> {
  const headers = { Cookie: person.cookie, 'Accept-Language': language }
  const page = await (await fetch(server().origin + path, { headers })).text()
  // The script's words have all sentences.
  return page.replace(/data-words="[^"]*"/, '')
}

async function statusOf(person: Person, path: string): Promise<number> {
  return (await fetch(server().origin + path, { headers: { Cookie: person.cookie } })).status
}

const changed =
  (room: number) =>
  (item: Heard): boolean =>
    item.type === 'room.changed' && item.room === room

test('a room becomes public and invite-only again; everybody in it hears of it', async () => {
  const [ada, bob, eve] = [
    await signIn(server(), 'Ada'),
    await signIn(server(), 'Bob'),
    await signIn(server(), 'Eve'),
  ]
  const room = await makeRoom(server(), ada, 'Harbour', 'closed')
  await letIn(server(), ada, room, bob)
  const socket = await openSocket(server(), bob)
  expect((await sendForm(server(), bob, `/rooms/${room}/kind`, { kind: 'open' })).status).toBe(403)
  await sendForm(server(), ada, `/rooms/${room}/kind`, { kind: 'open' })
  expect(await socket.until(changed(room), 'the kind')).toMatchObject({
    kind: 'open',
    name: 'Harbour',
    archived: false,
  })
  const isLine = (item: Heard): boolean => item.type === 'system' && item.kind === 'kind'
  expect(await socket.until(isLine, 'a line')).toMatchObject({ from: 'closed', to: 'open' })
  expect(await pageOf(ada, `/rooms/${room}/export.txt`)).toContain('Ada made this room public')
  expect(await pageOf(ada, `/rooms/${room}/export.txt`, 'zh')).toContain('Ada 将此房间设为公开')
  expect((await sendForm(server(), eve, `/rooms/${room}/members`)).status).toBe(303)
  await sendForm(server(), ada, `/rooms/${room}/kind`, { kind: 'closed' })
  expect(await pageOf(eve, `/rooms/${room}`)).toContain('Harbour')
  const taken = await makeRoom(server(), eve, 'Harbour')
  expect(taken).toBeNumber()
  const refused = await sendForm(server(), ada, `/rooms/${room}/kind`, { kind: 'open' })
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('exists')])
  const wrong = await sendForm(server(), ada, `/rooms/${room}/kind`, { kind: 'direct' })
  expect(wrong.status).toBe(400)
  await socket.close()
})

test('a host makes another one, who is told, and hands the room over', async () => {
  const [mei, tom] = [await signIn(server(), 'Mei'), await signIn(server(), 'Tom')]
  const room = await makeRoom(server(), mei, 'Attic')
  await sendForm(server(), tom, `/rooms/${room}/members`)
  const [one, two] = [await openSocket(server(), mei), await openSocket(server(), tom)]
  const ids = [one.hello.user.id, two.hello.user.id].map(String)
  const set = (person: Person, user: string | undefined, host: string) =>
    sendForm(server(), person, `/rooms/${room}/hosts`, { user: user ?? '', host })
  const last = await set(mei, ids[0], 'no')
  expect([last.status, await last.text()]).toEqual([409, expect.stringContaining('needs a host')])
  expect((await set(mei, ids[1], 'yes')).status).toBe(303)
  const isHost = (item: Heard): boolean =>
    item.type === 'room' && item.room.id === room && item.room.role === 'host'
  await two.until(isHost, 'that he is a host')
  const hasChanged = (item: Heard): boolean => item.type === 'member.changed'
  expect(await one.until(hasChanged, 'that he is')).toMatchObject({ user: two.hello.user.id })
  expect(await pageOf(mei, `/rooms/${room}/people`)).toContain('Remove as host')
  expect((await set(tom, ids[0], 'no')).status).toBe(303)
  expect(await pageOf(mei, `/rooms/${room}/settings`)).not.toContain('Make host')
  expect((await set(mei, ids[0], 'yes')).status).toBe(403)
  await one.close()
  await two.close()
})

test('an archived room says so, is listed apart, and comes back', async () => {
  const [ivy, jon] = [await signIn(server(), 'Ivy'), await signIn(server(), 'Jon')]
  const room = await makeRoom(server(), ivy, 'Cellar')
  await sendForm(server(), jon, `/rooms/${room}/members`)
  await sendForm(server(), ivy, `/rooms/${room}/archive`, { archived: 'yes' })
  const page = await pageOf(jon, `/rooms/${room}`)
  expect(page).toContain('This room is archived.')
  expect(page).toContain('Archived (1)')
  expect(page).not.toContain('Reopen')
  expect(await pageOf(ivy, `/rooms/${room}`, 'zh')).toContain('恢复使用')
  expect(await pageOf(jon, '/rooms')).not.toContain('Cellar')
  expect(await pageOf(jon, '/rooms?archived=yes')).toContain('Cellar')
  await sendForm(server(), ivy, `/rooms/${room}/archive`, { archived: 'no' })
  expect(await pageOf(jon, `/rooms/${room}`)).not.toContain('This room is archived.')
})

test('a deleted room is gone for everybody, with its files, also from the disk', async () => {
  const [kim, leo, max] = [
    await signIn(server(), 'Kim'),
    await signIn(server(), 'Leo'),
    await signIn(server(), 'Max'),
  ]
  const room = await makeRoom(server(), kim, 'Boat house')
  await sendForm(server(), leo, `/rooms/${room}/members`)
  const [socket, invited] = [await openSocket(server(), leo), await openSocket(server(), max)]
  await inviteTo(server(), kim, room, invited.hello.user.id)
  const file = await upload(server(), leo, 'the plan')
  await postFiles(server(), leo, room, 'with-file', [file.id], 'quicksilver')
  const direct = await openDirect(server(), kim, socket.hello.user.id)
  const note = { client_id: 'note', content: 'between us', written_in: room }
  socket.send({ type: 'message.post', room: direct, ...note })
  await socket.taken()

  const ask = await pageOf(kim, `/rooms/${room}/delete`)
  expect(ask).toContain(`/rooms/${room}/export.html`)
  const wrong = await sendForm(server(), kim, `/rooms/${room}/delete`, { name: 'boat house' })
  expect(wrong.status).toBe(422)
  const name = { name: '  #Boat  house ' }
  expect((await sendForm(server(), leo, `/rooms/${room}/delete`, name)).status).toBe(403)
  expect((await sendForm(server(), kim, `/rooms/${room}/delete`, name)).status).toBe(303)
  const isLeft = (item: Heard): boolean => item.type === 'room.left'
  expect(await socket.until(isLeft, 'the end')).toEqual({
    type: 'room.left',
    room,
    deleted: 'Boat house',
  })
  await invited.until((item) => item.type === 'invitation.ended', 'the end of the invitation')
  for (const path of ['', '/messages', '/changes', '/settings', '/export.txt', '/delete'])
    expect([path, await statusOf(kim, `/rooms/${room}${path}`)]).toEqual([path, 404])
  expect(await socket.post(room, 'late', 'hello?')).toMatchObject({ code: 'room_missing' })
  expect(await pageOf(leo, '/search?q=quicksilver')).toContain('No results')
  expect(await statusOf(leo, file.url)).toBe(404)
  await waitUntil(() => server().log().includes(`room.erased room=${room}`), 'the erasing')
  const path = join(server().data, 'files', file.id.slice(0, 2), file.id)
  expect(existsSync(path)).toBe(false)
  const told = `SELECT 1 FROM messages WHERE content LIKE '%quicksilver%'`
  expect(await askDatabase(server(), told)).toEqual([])
  expect(await pageOf(leo, `/rooms/${direct}`)).toContain('between us')
  await socket.close()
  await invited.close()
})

test('a deletion that a crash interrupts is finished after the start', async () => {
  const nia = await signIn(server(), 'Nia')
  const room = await makeRoom(server(), nia, 'Quarry')
  const socket = await openSocket(server(), nia)
  for (let n = 0; n < 60; n += 1) await socket.post(room, `q${n}`, `slate ${n}`)
  await sendForm(server(), nia, `/rooms/${room}/delete`, { name: 'Quarry' })
  await server().kill()
  await server().restart()
  await waitUntil(() => server().log().includes(`room.erased room=${room}`), 'the erasing')
  const left = 'SELECT 1 FROM messages WHERE room_id = ?'
  expect(await askDatabase(server(), left, room)).toEqual([])
})

test('the room that everybody joins stays, also for an owner', async () => {
  const olga = await signIn(server(), 'Olga')
  await promote(server(), olga, 'owner')
  for (const [path, fields] of [
    ['kind', { kind: 'closed' }],
    ['archive', { archived: 'yes' }],
    ['delete', { name: 'general' }],
  ] as const) {
    const answer = await sendForm(server(), olga, `/rooms/1/${path}`, fields)
    const sentence = expect.stringContaining('Everyone joins this room')
    expect([path, answer.status, await answer.text()]).toEqual([path, 409, sentence])
  }
})

test('administration lists rooms without their content, and logs what is done there', async () => {
  const [pia, rob] = [await signIn(server(), 'Pia'), await signIn(server(), 'Rob')]
  const [owner, moderator] = [await signIn(server(), 'Una'), await signIn(server(), 'Vic')]
  await promote(server(), owner, 'owner')
  await promote(server(), moderator, 'moderator')
  const [open, closed] = [
    await makeRoom(server(), pia, 'Meadow'),
    await makeRoom(server(), pia, 'Grotto', 'closed'),
  ]
  await sendForm(server(), rob, `/rooms/${open}/members`)
  await postFiles(server(), pia, closed, 'secret', [], 'stalactite')
  const seen = await pageOf(owner, '/admin/rooms?q=grotto')
  expect(seen).toContain('Grotto')
  expect(seen).toContain('Pia')
  expect(seen).not.toContain('stalactite')
  expect(await pageOf(moderator, '/admin/rooms?q=grotto')).toContain('Nothing found.')
  expect(await pageOf(moderator, '/admin/rooms?q=meadow', 'zh')).toContain('Meadow')
  expect(await statusOf(owner, `/rooms/${closed}`)).toBe(404)

  const fields = { room: String(open), reason: 'She is on leave' }
  const made = await sendForm(server(), moderator, '/admin/rooms/host', { ...fields, name: 'rob' })
  expect(made.headers.get('location')).toEndWith('/admin/rooms?done=yes')
  const nobody = { ...fields, name: 'nobody here' }
  const missing = await sendForm(server(), moderator, '/admin/rooms/host', nobody)
  expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining('Meadow')])
  expect(await pageOf(rob, `/rooms/${open}/settings`)).toContain('Delete this room…')
  const gone = { room: String(closed), name: 'Grotto', reason: '' }
  expect((await sendForm(server(), owner, '/admin/rooms/delete', gone)).status).toBe(303)
  expect(await statusOf(pia, `/rooms/${closed}`)).toBe(404)
  const log = await pageOf(moderator, '/admin/log')
  expect(log).toContain('She is on leave')
  expect(log).toContain('an invite-only room')
  expect(log).not.toContain('Grotto')
  expect(await pageOf(owner, '/admin/log')).toContain('Grotto')
})
