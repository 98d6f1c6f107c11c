import { expect, test } from 'bun:test'
import type { Heard } from '../helpers/frames'
import { dial, history, openSocket, type Person, renew, signIn } from '../helpers/client'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()

async function pageOf(person: Person, path: string, language = 'en'): Promise<string> {
  const headers = { Cookie: person.cookie, 'Accept-Language': language }
  return (await fetch(server().origin + path, { headers })).text()
}

test('who leaves for good has left for all, and their rooms have other owners', async () => {
  const [ada, bob] = [await signIn(server(), 'Ada'), await signIn(server(), 'Bob')]
  const [one, two] = [await openSocket(server(), ada), await openSocket(server(), bob)]
  const room = await makeRoom(server(), ada, 'Harbour')
  await sendForm(server(), bob, `/rooms/${room}/members`)
  await one.post(room, 'before', 'My words')
  const direct = await openDirect(server(), ada, two.hello.user.id)
  await one.post(direct, 'secret', 'Between us')
  await sendForm(server(), ada, '/session/leave', { sure: 'yes' })
  expect((await one.closed).code).toBe(4401)
  const hasLeft = (item: Heard): boolean =>
    item.type === 'person.changed' && item.user.id === one.hello.user.id
  expect(await two.until(hasLeft, 'that she left')).toMatchObject({ user: { mark: 'left' } })
  // At once: nobody waits for them to come back.
  const isAlone = (item: Heard): boolean => item.type === 'online' && item.rooms[room]?.[0] === 1
  await two.until(isAlone, 'that he is alone', 5_000)
  const isHost = (item: Heard): boolean =>
    item.type === 'room' && item.room.id === room && item.room.role === 'host'
  await two.until(isHost, 'that the room is his')

  const [said] = await history(server(), bob, room)
  expect(said?.sender).toMatchObject({ nickname: 'Ada', mark: 'left' })
  expect(await pageOf(bob, `/rooms/${room}`)).toContain(
    '<bdi class="name--left" translate="no">Ada</bdi>',
  )
  expect(await pageOf(bob, `/rooms/${room}/export.txt`)).toContain('Ada (left): My words')
  expect(await pageOf(bob, `/rooms/${room}/export.html`, 'zh')).toContain('Ada（已离开）')
  const page = await pageOf(bob, `/rooms/${direct}`)
  expect(page).toContain(
    '<b><bdi>Ada</bdi></b> has left. You can read this conversation, but not write in it.',
  )
  expect(page).toMatch(/<textarea[^>]* disabled/)
  expect(await two.post(direct, 'late', 'Are you there?')).toMatchObject({ code: 'person_left' })
  const form = await sendForm(server(), bob, `/rooms/${direct}/messages`, {
    content: 'Are you there?',
    client_id: 'late-form',
  })
  expect(form.status).toBe(409)
  expect(await form.text()).toContain('This person has left.')
  await two.close()
})

test('who takes the name next is shown as new', async () => {
  const [mei, bob] = [await signIn(server(), 'Mei'), await signIn(server(), 'Ben')]
  await sendForm(server(), mei, '/session/leave', { sure: 'yes' })
  const next = await openSocket(server(), await signIn(server(), 'Mei'))
  expect(next.hello.user.mark).toBe('new')
  const note = '<b><bdi>Mei</bdi></b> took this name recently. Someone else had it before.'
  expect(await pageOf(bob, `/people?user=${next.hello.user.id}`)).toContain(note)
  const direct = await openDirect(server(), bob, next.hello.user.id)
  expect(await pageOf(bob, `/rooms/${direct}`)).toContain(note)
  expect(await pageOf(bob, '/rooms/1')).toContain('<bdi class="name--new">Mei</bdi>')
  await next.close()
})

test('with another name the old one is kept, and other tabs connect again', async () => {
  const ada = await signIn(server(), 'Adeline')
  const tab = await openSocket(server(), ada)
  await signIn(server(), 'Witness')
  const next = await renew(server(), { ...ada, nickname: 'Adele' })
  expect(await tab.closed).toEqual({ code: 4001, reason: 'session renewed' })
  expect(signIn(server(), 'Adeline')).rejects.toThrow('taken')
  const refused = dial(server(), ada)
  const code = await new Promise<number>((resolve) => {
    refused.onclose = ({ code: closed }) => resolve(closed)
  })
  expect(code).not.toBe(1000)
  expect((await openSocket(server(), next)).hello.user.nickname).toBe('Adele')
  // Refused, the browser keeps the person that it has.
  const taken = { ...next, nickname: 'Witness' }
  expect(renew(server(), taken)).rejects.toThrow('taken')
  expect((await openSocket(server(), next)).hello.user.nickname).toBe('Adele')
})
