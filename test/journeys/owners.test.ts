import { afterAll, beforeAll, expect, test } from 'bun:test'
import { actOn } from '../helpers/acts'
import { openSocket, type Person, signIn } from '../helpers/client'
import { addressOf } from '../helpers/database'
import { becomeOwner, giveRole, ownerLinkOf } from '../helpers/owners'
import { letIn, makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'

let server: RunningServer
let [olga, mo, mia]: Person[] = []

beforeAll(async () => {
  server = await startServer({ flags: ['--max-upload', '3MB', '--keep-names', '30'] })
  ;[olga, mo, mia] = [
    await signIn(server, 'Olga'),
    await signIn(server, 'Mo'),
    await signIn(server, 'Mia'),
  ]
})
afterAll(() => server.dispose())

const look = async (person: Person | undefined, path: string): Promise<Response> =>
  fetch(server.origin + path, {
    headers: { Cookie: person?.cookie ?? '', 'Accept-Language': 'en', Accept: 'text/html' },
    redirect: 'manual',
  })
const is = (person: Person | undefined): Person => person ?? { nickname: '', cookie: '' }

test('the link of the first start makes one person an owner, once', async () => {
  const path = await ownerLinkOf(server)
  // A preview of the link uses nothing up.
  expect((await look(undefined, path)).status).toBe(200)
  expect((await look(olga, path)).status).toBe(200)
  expect((await look(olga, '/admin/general')).status).toBe(403)
  await becomeOwner(server, is(olga))
  expect((await look(olga, '/admin/general')).status).toBe(200)
  expect((await sendForm(server, is(mia), path)).status).toBe(404)
  expect((await look(mia, path)).status).toBe(404)
  expect((await look(mia, '/admin')).status).toBe(403)
})

test('somebody new who opens the link signs in first, and is led to it', async () => {
  const made = await commandOf('owner')
  const link = /\/owner\/([\w-]{43})/.exec(made)?.[0] ?? ''
  const door = await look(undefined, link)
  const cookies = door.headers.getSetCookie().map((line) => line.split(';')[0])
  const body = new URLSearchParams({ nickname: 'Nora', avatar: 'letter' })
  const headers = { Origin: new URL(server.origin).origin, Cookie: cookies.join('; ') }
  const joined = await fetch(`${server.origin}/session`, {
    ...{ method: 'POST', redirect: 'manual', headers, body },
  })
  expect(joined.headers.get('location')).toEndWith(link)
  const session = joined.headers.getSetCookie().map((line) => line.split(';')[0])
  const nora = { nickname: 'Nora', cookie: session.join('; ') }
  expect((await sendForm(server, nora, link)).headers.get('location')).toEndWith('/admin')
  expect((await look(nora, '/admin/general')).status).toBe(200)
  // A server with an owner prints no link at its next start.
  await giveRole(server, is(olga), nora, 'member')
  expect((await look(nora, '/admin/general')).status).toBe(403)
})

test('the operator brings back somebody who has lost all devices', async () => {
  const made = await commandOf('way-back', 'mia')
  const link = /\/way-back\/([\w-]+)/.exec(made)?.[0] ?? ''
  const headers = { Origin: new URL(server.origin).origin }
  const back = await fetch(server.origin + link, { method: 'POST', redirect: 'manual', headers })
  const cookies = back.headers.getSetCookie().map((line) => line.split(';')[0])
  const socket = await openSocket(server, { nickname: 'Mia', cookie: cookies.join('; ') })
  expect(socket.hello.user.nickname).toBe('Mia')
  await socket.close()
  const again = await fetch(server.origin + link, { method: 'POST', redirect: 'manual', headers })
  expect(again.status).toBe(404)
})

test('the operator is told who is banned, and that the ban is undone first', async () => {
  const zed = await signIn(server, 'Zed')
  const socket = await openSocket(server, zed)
  await actOn(server, is(olga), 'ban', socket.hello.user.id)
  expect(await commandOf('way-back', 'zed', 1)).toContain('“zed” is banned. An owner or')
  expect(await commandOf('way-back', 'Nobody', 1)).toContain('Nobody here is called “Nobody”')
})

/** What a command of the operator says beside the server. */
async function commandOf(name: string, argument?: string, code = 0): Promise<string> {
  const names = argument === undefined ? [name] : [name, argument]
  const child = Bun.spawn(
    [process.execPath, 'src/main.ts', ...names, '--data', server.data, '--port', '1'],
    {
      ...{ stdout: 'pipe', stderr: 'pipe' },
      env: { ...process.env, CHATROOM_DATABASE: (await addressOf(server.data)) ?? '' },
    },
  )
  const [said, problem] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  expect(await child.exited).toBe(code)
  return code === 0 ? said : problem
}

test('a moderator does in a room what its host does, while the role lasts', async () => {
  const room = await makeRoom(server, is(mia), 'Harbour')
  await letIn(server, is(mia), room, is(mo))
  const rename = async (name: string) =>
    (await sendForm(server, is(mo), `/rooms/${room}`, { name })).status
  expect(await rename('Pier')).toBe(403)
  await giveRole(server, is(olga), is(mo), 'moderator')
  expect(await rename('Pier')).toBe(303)
  const socket = await openSocket(server, is(mo))
  const hello = socket.hello.rooms.find(({ id }) => id === room)
  expect(hello?.role).toBe('host')
  await giveRole(server, is(olga), is(mo), 'member')
  await socket.closed
  expect(await rename('Quay')).toBe(403)
})

test('owners say who may make rooms, and how the server is called', async () => {
  const wanted = { name: 'Harbour House', welcome: 'Mind the gap', roomMakers: 'moderators' }
  expect((await sendForm(server, is(olga), '/admin/general', wanted)).status).toBe(303)
  const page = await (await look(undefined, '/')).text()
  expect(page).toContain('Harbour House')
  expect(page).toContain('Mind the gap')
  const general = (await (await look(olga, '/admin/general')).text()).replaceAll(/<[^>]*>/g, ' ')
  // What only the operator changes is shown, too.
  expect(general).toMatch(/Largest file\s+3 MB\s+Set by the operator with .?--max-upload/)
  expect(general).toMatch(/kept for\s+30 days\s+Set by the operator with .?--keep-names/)
  const make = async (person: Person | undefined, name: string) =>
    (await sendForm(server, is(person), '/rooms', { name, topic: '', kind: 'open' })).status
  expect(await make(mia, 'Mine')).toBe(403)
  expect(await make(olga, 'Ours')).toBe(303)
  const refused = await sendForm(server, is(mia), '/admin/general', { welcome: 'Mine now' })
  expect(refused.status).toBe(403)
  const long = await sendForm(server, is(olga), '/admin/general', { name: 'x'.repeat(200) })
  expect(long.status).toBe(422)
  expect(await long.text()).toContain('too long')
  const log = await (await look(olga, '/admin/log')).text()
  expect(log).toContain('Who may make rooms: Moderators and owners')
  await sendForm(server, is(olga), '/admin/general', {
    name: '',
    welcome: '',
    roomMakers: 'everybody',
  })
})

test('the last owner stays one until there is another', async () => {
  const user = String((await openSocket(server, is(olga))).hello.user.id)
  const step = async (by: Person | undefined) =>
    (await sendForm(server, is(by), '/admin/people/role', { user, role: 'member' })).status
  expect(await step(olga)).toBe(409)
  await giveRole(server, is(olga), is(mo), 'owner')
  expect(await step(mo)).toBe(303)
  expect((await look(olga, '/admin')).status).toBe(403)
  await giveRole(server, is(mo), is(olga), 'owner')
  await giveRole(server, is(mo), is(mo), 'member')
})

test('the only owner leaves for good when there is another one, and is told how', async () => {
  const leave = (person: Person | undefined) =>
    sendForm(server, is(person), '/session/leave', { sure: 'yes' })
  const page = await (await look(olga, '/log-out')).text()
  expect(page).toMatch(/only owner[^<]*chatroom owner/)
  expect(page).toMatch(/href="[^"]*\/admin\/people"/)
  expect(page).not.toContain('id="leave-for-good"')
  const refused = await leave(olga)
  expect([refused.status, await refused.text()]).toEqual([
    409,
    expect.stringContaining('You are the only owner of this server.'),
  ])
  expect((await look(olga, '/admin/general')).status).toBe(200)
  // Of two who leave at the same time one stays.
  const una = await signIn(server, 'Una')
  await giveRole(server, is(olga), una, 'owner')
  expect(await (await look(olga, '/log-out')).text()).toContain('id="leave-for-good"')
  const [first, second] = await Promise.all([leave(olga), leave(una)])
  expect([first.status, second.status].toSorted()).toEqual([303, 409])
})
