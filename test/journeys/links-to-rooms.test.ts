import { expect, test } from 'bun:test'
import { openSocket, type Person, signIn } from '../helpers/client'
import { inviteTo, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { basePath, originOf, serverForAll } from '../helpers/server'

const server = serverForAll()

async function open(
  person: Person | null,
  path: string,
  more: Record<string, string> = {},
): Promise<{ status: number; html: string; text: string }> {
  const cookie: Record<string, string> = person === null ? {} : { Cookie: person.cookie }
  const headers = { ...cookie, Accept: 'text/html', 'Accept-Language': 'en', ...more }
  const answer = await fetch(server().origin + path, { headers, redirect: 'manual' })
  const html = await answer.text()
  const text = html
    .replaceAll(/<\/?bdi[^>]*>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
  return { status: answer.status, html, text }
}

/** Signs in with the form of a page, with what it has hidden. */
async function signInFrom(page: string, nickname: string, more: Record<string, string> = {}) {
  const form = /<form[^>]*id="sign-in-form".*?<\/form>/s.exec(page)?.[0] ?? ''
  const hidden = [...form.matchAll(/<input type="hidden" name="(room|seq)" value="(\d+)"/g)]
  const kept = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]))
  const answer = await fetch(`${server().origin}/session`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: originOf(server()), 'Accept-Language': 'en' },
    body: new URLSearchParams({ nickname, avatar: 'letter', ...kept, ...more }),
  })
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return { person: { nickname, cookie }, to: answer.headers.get('location') }
}

test('a link to an open room asks whether to join, and leads to its message', async () => {
  const [ana, mei] = [await signIn(server(), 'Ana'), await signIn(server(), 'Mei')]
  const room = await makeRoom(server(), ana, 'harbour')
  await sendForm(server(), ana, `/rooms/${room}`, { topic: 'Ships and tides' })
  const socket = await openSocket(server(), ana)
  await socket.post(room, 'first', 'Low tide at nine')
  for (const path of [`/rooms/${room}`, `/rooms/${room}/messages/1`]) {
    const page = await open(mei, path)
    expect(page.status).toBe(200)
    expect(page.text).toContain('Join #harbour? Ships and tides 1 member')
    expect(page.text).not.toContain('Low tide')
  }
  const panel = await open(mei, `/rooms/${room}/join?seq=1`, { 'HX-Request': 'true' })
  expect(panel.html).not.toContain('<html')
  expect(panel.html).toContain('name="here"')
  // For the page that switches rooms in place it stays a room that is not there.
  expect((await open(mei, `/rooms/${room}`, { 'HX-Request': 'true' })).status).toBe(404)
  expect((await open(mei, `/rooms/${room}`, { Accept: 'application/json' })).status).toBe(404)
  const joined = await sendForm(server(), mei, `/rooms/${room}/members`, { seq: '1' })
  expect(joined.headers.get('location')).toBe(`${basePath}/rooms/${room}/messages/1`)
  expect((await open(mei, `/rooms/${room}/messages/1`)).text).toContain('Low tide at nine')
  expect((await open(mei, `/rooms/${room}/join`)).status).toBe(303)
  await socket.close()
})

test('a closed room is not there for strangers, and asks those who are invited', async () => {
  const [ana, mei, eve] = [
    await signIn(server(), 'Ana C'),
    await signIn(server(), 'Mei C'),
    await signIn(server(), 'Eve C'),
  ]
  const room = await makeRoom(server(), ana, 'vault', 'closed')
  await sendForm(server(), ana, `/rooms/${room}`, { topic: 'Gold' })
  const { user } = (await openSocket(server(), mei)).hello
  await inviteTo(server(), ana, room, user.id)
  for (const path of [`/rooms/${room}`, `/rooms/${room}/messages/1`, `/rooms/${room}/join`]) {
    const page = await open(mei, path)
    expect(page.status).toBe(200)
    expect(page.text).toContain('Invitation to #vault Gold 1 member Ana C invited you')
    const [closed, none] = [await open(eve, path), await open(eve, path.replace(/\d+/, '99999'))]
    expect([closed.status, none.status]).toEqual([404, 404])
    expect(closed.html.replaceAll(`/rooms/${room}`, '')).toBe(
      none.html.replaceAll('/rooms/99999', ''),
    )
    const stranger = await open(null, path)
    expect(stranger.text).not.toContain('vault')
  }
  const direct = await openDirect(server(), ana, user.id)
  expect((await open(eve, `/rooms/${direct}`)).status).toBe(404)
  expect((await open(null, `/rooms/${direct}`)).text).not.toContain('Ana C')
})

test('a newcomer signs in on a page that names the room of the link, and is in it', async () => {
  const ana = await signIn(server(), 'Ana D')
  const room = await makeRoom(server(), ana, 'lighthouse')
  const socket = await openSocket(server(), ana)
  await socket.post(room, 'first', 'A light')
  const page = await open(null, `/rooms/${room}/messages/1`)
  expect(page.status).toBe(401)
  expect(page.text).toContain('Pick a name to join #lighthouse.')
  const { person, to } = await signInFrom(page.html, 'Newcomer')
  expect(to).toBe(`${basePath}/rooms/${room}/messages/1`)
  expect((await open(person, `/rooms/${room}/messages/1`)).text).toContain('A light')
  await socket.until((item) => item.type === 'member.joined' && item.room === room, 'them')
  // A refused name keeps the place, and the name of the room.
  const again = await fetch(`${server().origin}/session`, {
    method: 'POST',
    headers: { Origin: originOf(server()), 'Accept-Language': 'en' },
    body: new URLSearchParams({
      nickname: 'Ana D',
      avatar: 'letter',
      room: String(room),
      seq: '1',
    }),
  })
  const refused = await again.text()
  expect(refused).toContain('#lighthouse')
  expect((await signInFrom(refused, 'Newcomer Two')).to).toBe(
    `${basePath}/rooms/${room}/messages/1`,
  )
  await socket.close()
})

test('signing in leads to places of this server only, and to no secret room', async () => {
  const ana = await signIn(server(), 'Ana E')
  const closed = await makeRoom(server(), ana, 'cellar', 'closed')
  const page = await open(null, `/rooms/${closed}`)
  expect((await signInFrom(page.html, 'Stray')).to).toBe(`${basePath}/`)
  const places = ['//evil.example', 'https://evil.example', '../1', '1/../../x', '-1', '1e3', '\\']
  for (const [n, place] of places.entries()) {
    const name = `Stray ${'ABCDEFG'[n]}`
    expect((await signInFrom('', name, { room: place })).to).toBe(`${basePath}/`)
    expect((await signInFrom('', `${name} too`, { room: '1', seq: place })).to).toBe(
      `${basePath}/rooms/1`,
    )
  }
})
