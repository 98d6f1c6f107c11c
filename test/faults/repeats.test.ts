import { expect, test } from 'bun:test'
import { history, openSocket, signIn } from '../helpers/client'
import { startServer } from '../helpers/server'
import { holds } from './in-suite'
import { repeated } from './repeats'

holds(repeated)

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
