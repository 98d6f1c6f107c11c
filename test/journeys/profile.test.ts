import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openSocket, readJson, signIn } from '../helpers/client'
import { fetchAs, png } from '../helpers/files'
import { sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const facesKept = (): number =>
  readdirSync(join(server().data, 'files'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name !== 'belongs-to',
  ).length

test('a renamed person keeps everything else, and scripts are told', async () => {
  const [ada, grace] = [await signIn(server(), 'Ada'), await signIn(server(), 'Grace')]
  const [speaker, hearer] = [await openSocket(server(), ada), await openSocket(server(), grace)]
  await speaker.post(1, 'before', 'said before')
  const picture = base64(png(64, 64))
  const answer = await sendForm(server(), ada, '/profile', {
    nickname: 'Ada L.',
    avatar: 'picture',
    picture,
  })
  expect(answer.status).toBe(303)
  const heard = await hearer.until((item) => item.type === 'person.changed', 'the change')
  const user = heard.type === 'person.changed' ? heard.user : null
  expect(user).toMatchObject({ id: speaker.hello.user.id, nickname: 'Ada L.' })
  const face = await fetchAs(server(), grace, `/faces/${user?.avatar}`)
  expect([face.status, face.headers.get('content-type')]).toEqual([200, 'image/png'])
  const page = JSON.stringify(await readJson(server(), grace, '/rooms/1/messages'))
  expect(page).toContain('"nickname":"Ada L."')
  // The old name is free, the new one is not.
  await signIn(server(), 'Ada')
  expect(signIn(server(), 'ADA L.')).rejects.toThrow('is taken')
  expect(facesKept()).toBe(1)
  await sendForm(server(), ada, '/profile', { nickname: 'Ada L.', avatar: 'picture', picture })
  expect(facesKept()).toBe(1)
  await sendForm(server(), ada, '/profile', { nickname: 'Ada L.', avatar: 'moon' })
  expect(facesKept()).toBe(0)
  await speaker.close()
  await hearer.close()
})

test('names keep their rules, and only small pictures are faces', async () => {
  const person = await signIn(server(), 'Rules')
  const refusal = async (fields: Record<string, string>): Promise<string> => {
    const answer = await sendForm(server(), person, '/profile', { nickname: 'Rules', ...fields })
    const text = await answer.text()
    return `${answer.status} ${/<p>([^<]*)/.exec(text)?.[1] ?? text.slice(0, 80)}`
  }
  expect(await refusal({ nickname: '' })).toStartWith('422')
  expect(await refusal({ nickname: 'admin' })).toStartWith('422')
  expect(await refusal({ nickname: 'grace' })).toStartWith('422')
  expect(await refusal({ avatar: 'f'.repeat(32) })).toStartWith('422')
  const unusable = [
    '',
    'x',
    base64(png(600, 20)),
    base64(Buffer.from('<svg/>')),
    'A'.repeat(90_000),
  ]
  for (const picture of unusable) {
    expect(await refusal({ avatar: 'picture', picture })).toStartWith('422')
  }
  expect(facesKept()).toBe(0)
})

test('a returning client gets the newest name and text, though others just did', async () => {
  const [writer, reader] = [await signIn(server(), 'Wren'), await signIn(server(), 'Reader')]
  const speaker = await openSocket(server(), writer)
  const answer = await speaker.post(1, 'first', 'said at first')
  const seq = answer.type === 'accepted' ? answer.seq : 0
  const replay = async (): Promise<string> => {
    const socket = await openSocket(server(), reader)
    socket.resume(1, seq - 1)
    await socket.until((item) => item.type === 'caught_up', 'the end of it')
    const heard = JSON.stringify(socket.heard)
    await socket.close()
    return heard
  }
  expect(await replay()).toContain('said at first')
  expect(await replay()).toContain('"nickname":"Wren"')
  await sendForm(server(), writer, '/profile', { nickname: 'Wren B.', avatar: 'moon' })
  expect(await replay()).toContain('"nickname":"Wren B."')
  const edit = { type: 'message.edit', room: 1, seq, content: 'said better', client_id: 'edit' }
  speaker.send(edit)
  await speaker.until((item) => item.type === 'message.changed', 'the change')
  expect(await replay()).toContain('said better')
  await speaker.close()
})
