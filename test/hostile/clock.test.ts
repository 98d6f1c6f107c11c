import { expect, test } from 'bun:test'
import { rates } from '../../src/server/rate-limits'
import { type ChatClient, history, openSocket, readJson, signIn } from '../helpers/client'
import { serverForAll } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

/** A clock that stands still and is moved by a signal; the limits in force. */
const server = serverForAll({
  env: {
    BUN_OPTIONS: '--preload ./test/hostile/other-clock.ts',
    CHATROOM_RATE_LIMITS: 'on',
  },
})

const moveClock = async (): Promise<void> => {
  const moves = (): number => server().log().split('The clock has moved.').length
  const before = moves()
  process.kill(server().pid, 'SIGUSR2')
  await waitUntil(() => moves() > before, 'the clock to move')
}

async function exhaust(socket: ChatClient, name: string): Promise<string[]> {
  const many = Array.from({ length: rates.messages.burst + 10 }, (_, n) => n)
  const answers = await Promise.all(many.map((n) => socket.post(1, `${name}-${n}`, `${name} ${n}`)))
  return answers.map(({ type }) => type)
}

test('K3: many messages of one moment have an order, and pages of them no hole', async () => {
  const person = await signIn(server(), 'Ada')
  const socket = await openSocket(server(), person)
  expect(await exhaust(socket, 'k3')).toContain('refused')
  const said = await history(server(), person, 1)
  expect(new Set(said.map(({ timestamp }) => timestamp)).size).toBe(1)
  const paged: number[] = []
  for (let before = said.length + 1; before > 1; before = paged[0] ?? 0) {
    const path = `/rooms/1/messages?limit=7&before=${before}`
    const { messages } = Object.assign({ messages: [] as { seq: number }[] }, await read(path))
    paged.unshift(...messages.map(({ seq }) => seq))
  }
  expect(paged).toEqual(said.map((_, n) => n + 1))
  await socket.close()

  async function read(path: string): Promise<object> {
    return readJson(server(), person, path)
  }
})

test('K1: a clock that jumps days on and back changes no order, limit, session', async () => {
  const person = await signIn(server(), 'Grace')
  const socket = await openSocket(server(), person)
  const days: string[] = []
  for (const name of ['today', 'tomorrow', 'yesterday']) {
    const answers = await exhaust(socket, name)
    // A day more has not filled the bucket again, and a day less blocks nobody.
    const allowed = answers.filter((type) => type === 'accepted').length
    if (name !== 'today') expect(allowed).toBeLessThan(rates.messages.burst / 2)
    await Bun.sleep(1_000 / rates.messages.perSecond)
    expect(await socket.post(1, `${name}-later`, name)).toMatchObject({ type: 'accepted' })
    days.push((await history(server(), person, 1)).at(-1)?.timestamp.slice(0, 10) ?? '')
    await moveClock()
  }
  expect(new Set(days).size).toBe(3)
  const said = await history(server(), person, 1)
  expect(said.map(({ seq }) => seq)).toEqual(said.map((_, n) => n + 1))
  const later = said.filter(({ client_id }) => client_id.endsWith('-later'))
  expect(later.map(({ content }) => content)).toEqual(['today', 'tomorrow', 'yesterday'])
  const again = await openSocket(server(), person)
  expect(again.hello.user.nickname).toBe('Grace')
  for (const each of [socket, again]) await each.close()
})

test('K2: the time of a message is the server’s, whatever its sender says', async () => {
  const socket = await openSocket(server(), await signIn(server(), 'Tony'))
  const odd = { timestamp: '1999-12-31T23:59:59Z', createdAt: 1, at: -1, created_at: 1e15 }
  const post = { type: 'message.post', room: 1, client_id: 'k2', content: 'Happy new year' }
  socket.send({ ...post, ...odd })
  const heard = await socket.until((item) => item.type === 'message', 'the message')
  const { timestamp } = Object.assign({ timestamp: '' }, heard)
  expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(2 * 24 * 60 * 60_000)
  await socket.close()
})
