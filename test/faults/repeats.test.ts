import { expect, test } from 'bun:test'
import { history, openSocket, signIn } from '../helpers/client'
import { startServer } from '../helpers/server'

const count = 500
const ids = Array.from({ length: count }, (_, n) => `r-${n}`)

test('sending three times, also over a restart, stores once and answers alike', async () => {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  const first = await openSocket(server, ada)
  const second = await openSocket(server, ada)
  const answers = await Promise.all(
    ids.flatMap((id) => [first.post(1, id, `text of ${id}`), second.post(1, id, `text of ${id}`)]),
  )
  await server.restart()
  const third = await openSocket(server, ada)
  answers.push(...(await Promise.all(ids.map((id) => third.post(1, id, `text of ${id}`)))))
  const seqsById = Map.groupBy(answers, (answer) => answer.client_id)
  for (const [id, given] of seqsById) {
    const places = new Set(given.map((answer) => answer.type === 'accepted' && answer.seq))
    expect({ id, answers: given.length, places: places.size }).toEqual({
      id,
      answers: 3,
      places: 1,
    })
  }
  const stored = await history(server, ada, 1)
  expect(stored.length).toBe(count)
  expect(new Set(stored.map(({ client_id }) => client_id)).size).toBe(count)
  expect(stored.every(({ client_id, content }) => content === `text of ${client_id}`)).toBe(true)
  await third.close()
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
