import { expect, test } from 'bun:test'
import { limits } from '../../src/shared/limits'
import { history, openSocket, readJson, signIn } from '../helpers/client'
import { originOf, serverForAll, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const server = serverForAll()

test('a message posted by one member reaches another, escaped', async () => {
  const ada = await openSocket(server(), await signIn(server(), 'Ada'))
  const reader = await signIn(server(), 'Grace')
  const page = await openHtmlSocket(reader)
  const content = `<img src=x onerror=alert(1)> & "quotes" 'too' <hx-partial hx-target="#people">`
  const answer = await ada.post(1, 'escaped', content)
  expect(answer).toMatchObject({ type: 'accepted', client_id: 'escaped', room: 1 })
  const html = await page.until((text) => text.includes('escaped'))
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
  expect(html).not.toContain('<img')
  expect(html).not.toContain('<hx-partial')
  await ada.close()
})

test('a script hears the same message as JSON, its own included, once', async () => {
  const person = await signIn(server(), 'Robin')
  const one = await openSocket(server(), person)
  const two = await openSocket(server(), person)
  await one.post(1, 'json-1', 'with\nlines  and  spaces')
  const heard = await two.until((item) => 'client_id' in item && item.client_id === 'json-1', 'it')
  expect(heard).toMatchObject({
    type: 'message',
    room: 1,
    client_id: 'json-1',
    content: 'with\nlines  and  spaces',
    recipient: null,
    edited: null,
    attachments: [],
    reply_to: null,
  })
  await one.until((item) => item.type === 'message' && item.client_id === 'json-1', 'my own')
  const own = one.heard.filter((item) => item.type === 'message' && item.client_id === 'json-1')
  expect(own.length).toBe(1)
  await one.close()
  await two.close()
})

test('the greeting tells who I am and how far each room has come', async () => {
  const person = await signIn(server(), 'Edsger')
  const socket = await openSocket(server(), person)
  const { revision } = Object.assign({ revision: 0 }, socket.hello.rooms[0])
  expect(socket.hello.user).toMatchObject({ nickname: 'Edsger', avatar: 'letter' })
  expect(socket.hello.rooms).toMatchObject([{ id: 1, name: 'general', kind: 'open', unread: 0 }])
  await socket.post(1, 'edsger-1', 'one more')
  socket.send({ type: 'ping' })
  const pong = await socket.until((item) => item.type === 'pong', 'the heads')
  expect(pong).toEqual({ type: 'pong', heads: { 1: revision + 1 } })
  await socket.close()
})

test('a message is acknowledged only when it can be read', async () => {
  const person = await signIn(server(), 'Barbara')
  const socket = await openSocket(server(), person)
  for (let n = 0; n < 20; n += 1) {
    const answer = await socket.post(1, `read-${n}`, `number ${n}`)
    const { messages } = Object.assign(
      { messages: [] as object[] },
      await readJson(server(), person, '/rooms/1/messages?limit=1'),
    )
    expect(messages[0]).toMatchObject({ client_id: answer.client_id, content: `number ${n}` })
  }
  await socket.close()
})

test('a reply to a message is stored, and to a missing one it is refused', async () => {
  const person = await signIn(server(), 'Tony')
  const socket = await openSocket(server(), person)
  const first = await socket.post(1, 'reply-0', 'A question')
  const seq = first.type === 'accepted' ? first.seq : 0
  expect(await socket.post(1, 'reply-1', 'An answer', seq)).toMatchObject({ type: 'accepted' })
  expect(await socket.post(1, 'reply-2', 'To nothing', 999_999)).toMatchObject({
    type: 'refused',
    code: 'reply_missing',
  })
  const last = (await history(server(), person, 1)).at(-1)
  expect(last).toMatchObject({ content: 'An answer', reply_to: seq })
  await socket.close()
})

test('the longest message goes through whole, one more character does not', async () => {
  const person = await signIn(server(), 'Long')
  const socket = await openSocket(server(), person)
  for (const [id, text] of [
    ['latin', 'a'.repeat(limits.messageUnitsMax)],
    ['han', '字'.repeat(limits.messageUnitsMax)],
    ['family', '👩‍👩‍👧‍👦'.repeat(limits.messageUnitsMax / 11).padEnd(limits.messageUnitsMax, '.')],
    ['escaped', '\u0001"\\'.repeat(limits.messageUnitsMax / 3)],
  ] as const) {
    expect(await socket.post(1, id, text)).toMatchObject({ type: 'accepted' })
    expect((await history(server(), person, 1)).at(-1)?.content).toBe(text)
    const over = await socket.post(1, `${id}-over`, text.padEnd(limits.messageUnitsMax + 1, '.'))
    expect(over).toMatchObject({ type: 'refused', code: 'message_long' })
  }
  await socket.close()
})

test('a text that cannot be stored exactly is refused, any other is stored', async () => {
  const person = await signIn(server(), 'Letters')
  const socket = await openSocket(server(), person)
  const refused = {
    message_characters: ['nul\0', 'half \ud83d', '\udc00'],
    message_empty: ['', ' \n\t', '\u200b\u2060', '\u3164', '\u2800', '\u0301'],
    message_marks: [`tower e${'\u0301'.repeat(200)}`, 'o' + '\u0300\u0316'.repeat(3_999)],
  }
  for (const [code, texts] of Object.entries(refused)) {
    for (const [index, text] of texts.entries()) {
      expect(await socket.post(1, `${code}-${index}`, text)).toMatchObject({ code })
    }
  }
  const kept = ['\u2028 and \u2029', '\ufffe', 'abc \u202e', '𝒳 👩‍👩‍👧 नमस्ते', '{"content":"<b>"}']
  for (const [index, text] of kept.entries()) {
    expect(await socket.post(1, `kept-${index}`, text)).toMatchObject({ type: 'accepted' })
  }
  const messages = await history(server(), person, 1)
  expect(messages.slice(-kept.length).map(({ content }) => content)).toEqual(kept)
  await socket.close()
})

test('the read marker reaches my other devices and nobody else', async () => {
  const person = await signIn(server(), 'Reader')
  const one = await openSocket(server(), person)
  const two = await openSocket(server(), person)
  const stranger = await openSocket(server(), await signIn(server(), 'Stranger'))
  const answer = await stranger.post(1, 'to-read', 'Please read')
  const seq = answer.type === 'accepted' ? answer.seq : 0
  one.send({ type: 'read', room: 1, seq: 1e9 })
  const heard = await two.until((item) => item.type === 'read', 'the marker')
  expect(heard).toEqual({ type: 'read', room: 1, seq, unread: 0, mentions: 0 })
  const again = await openSocket(server(), person)
  expect(again.hello.rooms[0]).toMatchObject({ read_seq: seq, unread: 0 })
  expect(stranger.heard.some((item) => item.type === 'read')).toBe(false)
  for (const each of [one, two, stranger, again]) await each.close()
})

test('the same id with another text is answered with the first one, and says so', async () => {
  await using server = await startServer()
  const ada = await openSocket(server, await signIn(server, 'Ada'))
  const first = await ada.post(1, 'once', 'the first text')
  const again = await ada.post(1, 'once', 'another text')
  expect(first).toMatchObject({ type: 'accepted', seq: 1 })
  expect(first).not.toHaveProperty('already_sent_as')
  expect(again).toMatchObject({ type: 'accepted', seq: 1, already_sent_as: 'the first text' })
  await ada.close()
})

test('the same id from another person is that person’s own message', async () => {
  await using server = await startServer()
  const [ada, grace] = [await signIn(server, 'Ada'), await signIn(server, 'Grace')]
  const [hers, others] = [await openSocket(server, ada), await openSocket(server, grace)]
  expect(await hers.post(1, 'same', 'by Ada')).toMatchObject({ type: 'accepted', seq: 1 })
  expect(await others.post(1, 'same', 'by Grace')).toMatchObject({ type: 'accepted', seq: 2 })
  const said = (await history(server, ada, 1)).map(({ sender, content }) => [
    sender.nickname,
    content,
  ])
  expect(said).toEqual([
    ['Ada', 'by Ada'],
    ['Grace', 'by Grace'],
  ])
  await hers.close()
  await others.close()
})

/** A page's socket, heard as text. */
async function openHtmlSocket(person: { cookie: string }) {
  const frames: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const url = `${server().origin.replace('http', 'ws')}/socket`
  const headers = { Cookie: person.cookie, Origin: originOf(server()) }
  const socket = new WebSocket(url, { headers, protocols: ['chatroom.html'] } as never)
  socket.onmessage = ({ data }) => {
    frames.push(String(data))
    resolve()
  }
  await promise
  return {
    until: (fits: (text: string) => boolean): Promise<string> =>
      waitUntil(() => frames.find(fits), 'a frame of the page'),
  }
}
