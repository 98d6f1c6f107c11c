import { expect, test } from 'bun:test'
import { chooseSeed, createRandom } from '../helpers/random'
import { startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

test('the printed address leads to the chat, and so do the ones beside it', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const segments = ['chat', 'our', 'Team-2', 'a.b', '_', 'rooms', 'static', 'session', '1']
  const paths = [1, 1 + random(3)].map((depth) =>
    Array.from({ length: depth }, () => segments[random(segments.length)]).join('/'),
  )
  for (const base of ['/', ...paths.map((path) => `/${path}/`)]) {
    await using server = await startServer({ flags: ['--base-path', base] })
    const [printed] = await waitUntil(
      () => /http:\/\/localhost:\S+/.exec(server.log()),
      'the addresses',
    )
    expect(new URL(printed).pathname).toBe(base)
    const { port } = server
    const doors = [base, base.slice(0, -1), '/', `${base}?from=link`]
    for (const door of doors) {
      const answer = await fetch(`http://127.0.0.1:${port}${door}`)
      const { pathname } = new URL(answer.url)
      expect({ seed, door, status: answer.status, pathname }).toEqual({
        ...{ seed, door, status: 200, pathname: base },
      })
      expect(await answer.text()).toContain(`action="${base}session"`)
    }
  }
})

test('a path beside the base is not the chat', async () => {
  await using server = await startServer({ flags: ['--base-path', '/chat/'] })
  for (const path of ['/chatter', '/chat2/', '/rooms/1', '/other/chat/', '/healthz']) {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`)
    expect({ path, status: answer.status }).toEqual({ path, status: 404 })
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  }
})
