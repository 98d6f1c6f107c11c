import { expect, test } from 'bun:test'
import { history, openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/rooms'
import { basePath, originOf, serverForAll } from '../helpers/server'

const server = serverForAll()

async function pageOf({ cookie }: Person, path: string): Promise<string> {
  const headers = { Cookie: cookie, 'Accept-Language': 'en' }
  return (await fetch(server().origin + path, { headers })).text()
}

async function newest(person: Person) {
  return (await history(server(), person, 1)).at(-1)
}

test('without JavaScript the page of a message changes it, answers and deletes', async () => {
  const ada = await signIn(server(), 'Ada')
  await sendForm(server(), ada, '/rooms/1/messages', { client_id: 'f-1', content: 'Helo' })
  const seq = (await newest(ada))?.seq ?? 0
  const path = `/rooms/1/messages/${seq}`
  expect(await pageOf(ada, '/rooms/1')).toContain(`href="${basePath()}${path}"`)
  const page = await pageOf(ada, path)
  expect(page).toContain(`action="${basePath()}${path}"`)
  expect(page).not.toContain('http-equiv="refresh"')
  const changed = await sendForm(server(), ada, path, { content: 'Hello\r\nall' })
  expect([changed.status, changed.headers.get('location')]).toEqual([303, basePath() + path])
  expect(await newest(ada)).toMatchObject({ seq, content: 'Hello\nall' })
  await sendForm(server(), ada, `${path}/reactions`, { emoji: '🎉' })
  expect(await newest(ada)).toMatchObject({ reactions: [{ emoji: '🎉' }] })
  await sendForm(server(), ada, `${path}/reactions`, { emoji: '🎉' })
  expect(await newest(ada)).toMatchObject({ reactions: [] })
  const answer = { client_id: 'f-2', content: 'An answer', reply_to: String(seq) }
  expect(page).toContain(`name="reply_to" value="${seq}"`)
  await sendForm(server(), ada, '/rooms/1/messages', answer)
  expect(await newest(ada)).toMatchObject({ content: 'An answer', reply_to: seq })
  const deleted = await sendForm(server(), ada, `${path}/delete`)
  expect([deleted.status, deleted.headers.get('location')]).toEqual([303, `${basePath()}/rooms/1`])
  expect((await history(server(), ada, 1)).some((message) => message.seq === seq)).toBe(false)
})

test('a refused edit comes back with its text and a reason', async () => {
  const ada = await signIn(server(), 'Barbara')
  await sendForm(server(), ada, '/rooms/1/messages', { client_id: 'r-1', content: 'First words' })
  const path = `/rooms/1/messages/${(await newest(ada))?.seq}`
  const answer = await sendForm(server(), ada, path, { content: `much ${'x'.repeat(8_000)}` })
  expect(answer.status).toBe(422)
  const page = await answer.text()
  expect(page).toContain('This message is too long.')
  expect(page).toContain('much xxx')
  expect((await newest(ada))?.content).toBe('First words')
  const emoji = await sendForm(server(), ada, `${path}/reactions`, { emoji: '<b>' })
  expect(emoji.status).toBe(422)
})

test('messages and rooms of others cannot be changed, and look like missing ones', async () => {
  const [ada, eve] = [await signIn(server(), 'Maker'), await signIn(server(), 'Eve')]
  const room = await makeRoom(server(), ada, 'Closed', 'closed')
  await sendForm(server(), ada, '/rooms/1/messages', { client_id: 'o-1', content: 'Mine' })
  await sendForm(server(), ada, `/rooms/${room}/messages`, { client_id: 'o-2', content: 'Secret' })
  const here = `/rooms/1/messages/${(await newest(ada))?.seq}`
  expect(await pageOf(eve, here)).not.toContain('id="edit-content"')
  for (const path of [here, `${here}/delete`]) {
    expect((await sendForm(server(), eve, path, { content: 'x' })).status).toBe(404)
  }
  expect((await newest(ada))?.content).toBe('Mine')
  for (const end of ['', '/delete', '/reactions']) {
    const fields = { content: 'x', emoji: '🎉' }
    const hidden = await sendForm(server(), eve, `/rooms/${room}/messages/1${end}`, fields)
    const missing = await sendForm(server(), eve, `/rooms/999/messages/1${end}`, fields)
    expect(hidden.status).toBe(404)
    expect(await hidden.text()).toBe(await missing.text())
  }
})

test('a script does the same with JSON and is answered as on the socket', async () => {
  const ada = await signIn(server(), 'Curl')
  const socket = await openSocket(server(), ada)
  const said = await socket.post(1, 'j-1', 'by a script')
  const seq = said.type === 'accepted' ? said.seq : 0
  const send = (path: string, body: object): Promise<Response> =>
    fetch(`${server().origin}/rooms/1/messages/${seq}${path}`, {
      method: 'POST',
      headers: {
        Cookie: ada.cookie,
        Origin: originOf(server()),
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(body),
    })
  const react = { emoji: '👍', active: true }
  expect(await (await send('/reactions', react)).json()).toMatchObject({ revision: seq + 1 })
  expect(await (await send('/reactions', react)).json()).toMatchObject({ revision: seq + 1 })
  expect((await send('/reactions', { ...react, active: 'no' })).status).toBe(400)
  expect(await (await send('', { content: 'other' })).json()).toMatchObject({ type: 'accepted' })
  expect((await send('', { content: '' })).status).toBe(422)
  expect(await (await send('/delete', {})).json()).toMatchObject({ type: 'accepted', seq })
  expect(await (await send('/delete', {})).json()).toMatchObject({ code: 'message_missing' })
  await socket.close()
})
