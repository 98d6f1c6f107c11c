import { beforeAll, expect, test } from 'bun:test'
import { openSocket, type Person, signIn } from '../helpers/client'
import { serverForAll } from '../helpers/server'

const server = serverForAll()
let ada: Person

beforeAll(async () => {
  ada = await signIn(server(), 'Ada')
  const socket = await openSocket(server(), ada)
  await socket.post(1, 'hello', 'Eve says hello')
  await socket.close()
})

async function ask({ cookie }: Person, query: string): Promise<Response> {
  const headers = { Accept: 'application/json', Cookie: cookie }
  return fetch(`${server().origin}/search?${query}`, { headers })
}

test('S9: forged cursors, limits and filters are refused or clamped', async () => {
  for (const query of ['offset=-1&q=hello', 'limit=999999&q=hello']) {
    expect([query, (await ask(ada, query)).status]).toEqual([query, 200])
  }
  const bad = ['limit=1e9', 'limit=-1', 'after=1', 'after=x.y', 'after=1.99999', 'after=-1.1']
  const worse = [
    'after=99.1',
    'sender=x',
    'room=-1',
    'since=yesterday',
    'until=2026-13-01',
    'has=gold',
  ]
  for (const query of [...bad, ...worse, 'tz=Nowhere/Land', `after=${'9'.repeat(400)}.1`]) {
    const answer = await ask(ada, `q=hello&${query}`)
    expect([query, answer.status]).toEqual([query, 400])
  }
})

test('S9: times without a day and words without a letter break nothing', async () => {
  const spans = ['since=2026-12-05&until=2026-11-01', 'since=2070-01-01', 'until=1960-01-01']
  const moments = 'since=1969-01-01T00:00:00Z&until=1969-02-01T00:00:00Z'
  const words = ['q=%CC%81', 'q=%EF%B8%8F', 'q=%00', 'q=xq%00zq', 'q=from:%00', 'q=%ED%A0%80']
  const edges = [
    'q=after:9999-12-31',
    'q=before:1970-01-01',
    'since=9999-12-31',
    'until=0001-01-01',
  ]
  for (const query of [...spans, moments, ...words, ...edges]) {
    const answer = await ask(ada, query)
    expect([query, answer.status, await answer.json()]).toEqual([
      query,
      200,
      { messages: [], next: null, complete: true },
    ])
  }
  const found = await ask(ada, 'q=says&since=0001-01-01')
  expect(await found.json()).toMatchObject({ messages: [{ content: 'Eve says hello' }] })
  // No thread had to be begun anew, which would have kept everybody waiting.
  expect(server().log()).not.toContain('fault')
})
