import { expect, test } from 'bun:test'
import { startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

test('the printed address leads to the chat, and so do the ones beside it', async () => {
  for (const base of ['/', '/chat/', '/our/chat/']) {
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
      expect({ door, status: answer.status, pathname }).toEqual({
        door,
        status: 200,
        pathname: base,
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
