import { expect, test } from 'bun:test'
import { history, openSocket, signIn } from '../helpers/client'
import { openDirect, sendForm } from '../helpers/rooms'
import { startServer } from '../helpers/server'

test('N12: a name stays with its holder, also while offline', async () => {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  await server.kill()
  await server.restart()
  for (const name of ['Ada', 'ADA', 'Adа', 'A d a']) {
    expect(signIn(server, name)).rejects.toThrow(/looks like it, is taken|mix/)
  }
  const socket = await openSocket(server, ada)
  expect(socket.hello.user.nickname).toBe('Ada')
  await socket.close()
})

test('N13: the next holder of a name gets the name and nothing else', async () => {
  await using server = await startServer()
  const [first, bob] = [await signIn(server, 'Ada'), await signIn(server, 'Bob')]
  const [hers, his] = [await openSocket(server, first), await openSocket(server, bob)]
  const direct = await openDirect(server, first, his.hello.user.id)
  await hers.post(1, 'before', 'said as Ada')
  await hers.post(direct, 'secret', 'between us')
  await sendForm(server, first, '/profile', { nickname: 'Adeline', avatar: 'moon' })
  const second = await signIn(server, 'Ada')
  const other = await openSocket(server, second)
  const [said] = await history(server, second, 1)
  expect(said?.sender).toMatchObject({ id: hers.hello.user.id, nickname: 'Adeline' })
  expect(other.hello.user.id).not.toBe(hers.hello.user.id)
  expect(history(server, second, direct)).rejects.toThrow('404')
  const answer = 'still to the one who was asked'
  await his.post(direct, 'answer', answer)
  const isAnswer = (item: object): boolean =>
    Object.assign({ content: '' }, item).content === answer
  expect(await hers.until(isAnswer, 'the answer')).toMatchObject({
    recipient: { id: hers.hello.user.id, nickname: 'Adeline' },
  })
  expect(other.heard.some(isAnswer)).toBe(false)
  for (const socket of [hers, his, other]) await socket.close()
})
