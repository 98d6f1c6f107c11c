import { type Address, history, openSocket, readJson, signIn } from '../../helpers/client'
import { fetchAs, photo, postFiles, upload } from '../../helpers/files'
import { letIn, makeRoom, openDirect, sendForm } from '../../helpers/rooms'

/** Everything that a client can do, done once: what is sent on the way is what fuzz begins with. */
export async function spendADay(server: Address): Promise<void> {
  const [mo, flo, zed] = await Promise.all(
    ['Mo', 'Flo', 'Zed'].map((name) => signIn(server, name, 'moon')),
  )
  if (mo === undefined || flo === undefined || zed === undefined) throw new Error('three people')
  const socket = await openSocket(server, mo)
  const page = await openSocket(server, flo, { subprotocol: 'chatroom.json' })
  await socket.post(1, 'day-1', 'Good morning, @Flo: **bold** `code` https://a.example')
  await socket.post(1, 'day-2', 'And an answer', 1)
  const place = { room: 1, seq: 1 }
  const changes = [
    { type: 'message.edit', ...place, content: 'Better said', client_id: 'day-3' },
    { type: 'reaction.set', ...place, emoji: '🎉', active: true, client_id: 'day-4' },
    { type: 'message.delete', room: 1, seq: 2, client_id: 'day-5' },
    { type: 'typing', room: 1, active: true },
    { type: 'read', ...place },
    { type: 'unread', ...place },
    { type: 'presence', state: 'away' },
    { type: 'presence', state: 'online' },
    { type: 'ping' },
  ]
  for (const frame of changes) socket.send(frame)
  socket.resume(1, 1)
  await socket.until((item) => item.type === 'caught_up', 'the end')
  const closed = await makeRoom(server, mo, 'Closed day', 'closed')
  const open = await makeRoom(server, mo, 'Open day')
  const user = String(page.hello.user.id)
  await sendForm(server, flo, `/rooms/${open}/members`)
  await letIn(server, mo, closed, flo)
  await sendForm(server, mo, `/rooms/${closed}`, { name: 'Closed night', topic: 'Stars' })
  await sendForm(server, flo, `/rooms/${open}/notify`, { notify: 'all' })
  await sendForm(server, mo, `/rooms/${closed}/members/remove`, { user })
  await sendForm(server, flo, `/rooms/${open}/leave`)
  const direct = await openDirect(server, mo, page.hello.user.id)
  const note = { room: direct, client_id: 'day-6', content: 'For you', written_in: 1 }
  socket.send({ type: 'message.post', attachments: [], reply_to: null, ...note })
  await sendForm(server, mo, '/rooms/1/messages', { client_id: 'day-7', content: 'By form' })
  await sendForm(server, mo, '/rooms/1/messages/1', { content: 'Changed by form' })
  await sendForm(server, mo, '/rooms/1/messages/1/reactions', { emoji: '🎉', active: 'true' })
  const file = await upload(server, mo, photo.jpeg, { name: 'day.jpg', description: 'A day' })
  await postFiles(server, mo, 1, 'day-8', [file.id])
  await fetchAs(server, flo, file.url, { Range: 'bytes=0-9' })
  await sendForm(server, mo, '/rooms/1/messages/2/delete')
  await sendForm(server, mo, '/preferences', { language: 'en', theme: 'dark', density: 'cosy' })
  await sendForm(server, mo, '/profile', { nickname: 'Mo M.', avatar: 'sun' })
  await history(server, mo, 1)
  for (const path of ['/rail', '/rooms/1/changes?after=0', '/search?q=morning&sender=1&limit=5']) {
    await readJson(server, mo, path)
  }
  for (const path of pages) await (await fetchAs(server, mo, path, { 'HX-Request': 'true' })).text()
  for (const path of pages) await (await fetchAs(server, mo, path)).text()
  await sendForm(server, zed, '/session/end', { asked: 'yes' })
  await socket.close()
  await page.close()
}

const pages = [
  ...['/', '/rooms', '/rooms/1', '/rooms/1?before=2', '/rooms/1/messages/1', '/rail?current=1'],
  ...['/rooms/1/settings', '/people?user=1', '/help', '/media-kit', '/preferences', '/healthz'],
  ...['/search?q=good&part=results', '/search?q=from:mo', '/rooms/1/export.txt?tz=Europe/Berlin'],
  '/rooms/1/export.html',
]
