import { expect, test } from 'bun:test'
import { readJson } from '../helpers/client'
import { comeOnline, fillLargeServer, listPages, type Size } from '../helpers/large-server'
import { startServer } from '../helpers/server'

const bytesMax = 100 * 1024
/** Longer numbers in names and addresses. */
const growthMax = 1.05

/** The bytes of each page that lists rooms or people, on a server of this size. */
async function measure(size: Size): Promise<Map<string, number>> {
  await using server = await startServer()
  await server.stop()
  const { reader, everybody } = fillLargeServer(server.data, size)
  await server.restart()
  await comeOnline(server, reader, size)
  const bytes = new Map<string, number>()
  for (const { path, headers } of listPages(everybody)) {
    const answer = await fetch(server.origin + path, {
      redirect: 'manual',
      headers: { Cookie: reader.cookie, 'Accept-Encoding': 'identity', ...headers },
    })
    expect({ path, isAnswered: answer.status < 400 }).toEqual({ path, isAnswered: true })
    bytes.set(`${path} ${JSON.stringify(headers)}`, (await answer.arrayBuffer()).byteLength)
  }
  return bytes
}

test('no page grows with the people and rooms of the server, or with one’s own rooms', async () => {
  const small = await measure({ people: 400, rooms: 300, online: 80, own: 150 })
  const large = await measure({ people: 1_200, rooms: 900, online: 240, own: 450 })
  for (const [page, bytes] of large) {
    expect({ page, isShort: bytes <= bytesMax }).toEqual({ page, isShort: true })
    const grown = bytes / Math.max(1, small.get(page) ?? 1)
    expect({ page, grown: grown > growthMax ? grown : 1 }).toEqual({ page, grown: 1 })
  }
})

test('the pages of rooms and people have everything once, without a script', async () => {
  await using server = await startServer()
  await server.stop()
  const size = { people: 130, rooms: 120, online: 1, own: 60 }
  const { reader, everybody } = fillLargeServer(server.data, size)
  await server.restart()
  const answer = await readJson(server, reader, '/rail')
  const { in_all: inAll } = Object.assign({ in_all: 0 }, answer)
  const namesIn = async (path: string): Promise<string[]> => {
    const page = await fetch(server.origin + path, { headers: { Cookie: reader.cookie } })
    const html = await page.text()
    const names = [...html.matchAll(/<bdi[^>]*>((?:Room|Person) \d+)<\/bdi>/g)].map(
      ([, name = '']) => name,
    )
    const next = /class="btn" href="([^"]+after=[^"]+)"/.exec(html)?.[1]
    return next === undefined
      ? names
      : [...names, ...(await namesIn(next.replaceAll('&amp;', '&')))]
  }
  for (const [path, count] of [
    ['/rooms', 120],
    ['/rooms?q=room+1', 32],
    // The name of #general does not fit.
    ['/rooms?mine=yes', inAll - 1],
    [`/rooms/${everybody}/people`, 130],
    [`/rooms/${everybody}/people?q=person+12`, 11],
  ] as const) {
    const names = await namesIn(path)
    expect({ path, count: names.length, once: new Set(names).size }).toEqual({
      path,
      count,
      once: count,
    })
  }
})
