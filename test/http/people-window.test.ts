import { expect, test } from 'bun:test'
import { dial, openSocket, type Person } from '../helpers/client'
import { comeOnline, fillLargeServer } from '../helpers/large-server'
import { chooseSeed, createRandom } from '../helpers/random'
import { sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

type Row = { id: number; name: string; state: string; isHost: boolean }

const asFragment = { 'HX-Request': 'true' }

async function fetchText(
  server: RunningServer,
  { cookie }: Person,
  path: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const all = { Cookie: cookie, 'Accept-Encoding': 'identity', ...headers }
  const answer = await fetch(server.origin + path, { headers: all })
  expect({ path, status: answer.status }).toEqual({ path, status: 200 })
  return answer.text()
}

function readRows(html: string): Row[] {
  return [...html.matchAll(/<li class="person"[^>]*>/g)].map(([tag]) => {
    const value = (name: string): string =>
      new RegExp(`data-${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
    return {
      id: Number(value('person')),
      name: value('name'),
      state: value('state'),
      isHost: tag.includes('data-host'),
    }
  })
}

/** All pages of the list, from the page of the room on. */
async function walk(server: RunningServer, person: Person, room: number): Promise<Row[][]> {
  const pages: Row[][] = []
  let html = await fetchText(server, person, `/rooms/${room}`)
  for (;;) {
    const list = html.slice(Math.max(0, html.indexOf('id="people-list"')))
    pages.push(readRows(list))
    const next = /id="people-next".*?hx-get="([^"]+)"/s.exec(list)?.[1]
    if (next === undefined) return pages
    html = await fetchText(server, person, next.replaceAll('&amp;', '&'), asFragment)
  }
}

function order(rows: Row[]): Row[] {
  return rows.toSorted(
    (a, b) =>
      Number(a.state === 'offline') - Number(b.state === 'offline') ||
      Number(b.isHost) - Number(a.isHost) ||
      Buffer.compare(Buffer.from(a.name.toLowerCase()), Buffer.from(b.name.toLowerCase())),
  )
}

test('the pages of the list have everybody once: owners and those online first', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  await using server = await startServer()
  await server.stop()
  const size = { people: 230, rooms: 5, online: 150, own: 2 }
  const { reader, personOf, everybody } = fillLargeServer(server.data, size)
  await server.restart()
  // Beyond the characters of one unit, where JavaScript and SQLite sort in different ways.
  const astral = await sendForm(server, personOf(7), '/profile', { nickname: '𠮷野' })
  const plain = await sendForm(server, personOf(8), '/profile', { nickname: '﨎野' })
  const owner = await sendForm(server, reader, '/profile', { nickname: 'Zora' })
  expect([astral.status, plain.status, owner.status]).toEqual([303, 303, 303])
  const online = [reader, personOf(7), personOf(8)]
  for (let n = 10; n <= size.online; n += 1) if (random(2) === 0) online.push(personOf(n))
  const sockets = await Promise.all(online.map((person) => openSocket(server, person)))
  const here = new Set(sockets.map(({ hello }) => hello.user.id))

  for (const watcher of [reader, personOf(9)]) {
    if (watcher !== reader) here.add(9)
    const pages = await walk(server, watcher, everybody)
    const rows = pages.flat()
    expect({ seed, ids: rows.map(({ id }) => id).toSorted((a, b) => a - b) }).toEqual({
      seed,
      ids: Array.from({ length: size.people }, (_, n) => n + 1),
    })
    expect({ seed, rows }).toEqual({ seed, rows: order(rows) })
    const shown = rows.filter(({ state }) => state === 'online').map(({ id }) => id)
    expect({ seed, shown: new Set(shown) }).toEqual({ seed, shown: here })
    expect(rows[0]).toMatchObject({ id: 1, isHost: true })
    expect(pages.map(({ length }) => length)).toEqual([20, 50, 50, 50, 50, 10])
    const again = await fetchText(
      server,
      watcher,
      `/rooms/${everybody}/people?part=window&pages=4`,
      asFragment,
    )
    expect(readRows(again)).toEqual(rows.slice(0, 200))
    const tooMany = `/rooms/${everybody}/people?part=window&pages=999`
    expect(readRows(await fetchText(server, watcher, tooMany, asFragment))).toHaveLength(200)
  }
  for (const socket of sockets) await socket.close()
})

test('without a script a page of all follows; places that no page named are refused', async () => {
  await using server = await startServer()
  await server.stop()
  const { reader, everybody } = fillLargeServer(server.data, {
    ...{ people: 130, rooms: 3, online: 1, own: 2 },
  })
  await server.restart()
  const html = await fetchText(server, reader, `/rooms/${everybody}`)
  expect(html).toMatch(/<h3>Offline 129<\/h3>/)
  const list = html.slice(html.indexOf('id="people-list"'))
  const more = /id="people-next".*?<a[^>]* href="([^"]+)"/s.exec(list)?.[1] ?? ''
  expect(readNames(await fetchText(server, reader, more))).toHaveLength(50)
  for (const after of [
    'x',
    'offline',
    'online.x.y',
    'offline.1',
    '1.1.a',
    `offline.1.${'a'.repeat(300)}`,
  ]) {
    const path = `/rooms/${everybody}/people?part=window&after=${encodeURIComponent(after)}`
    const answer = await fetch(server.origin + path, { headers: { Cookie: reader.cookie } })
    expect({ after, status: answer.status }).toEqual({ after, status: 400 })
  }
})

function readNames(html: string): string[] {
  return [...html.matchAll(/<bdi[^>]*>(Person \d+)<\/bdi>/g)].map(([, name = '']) => name)
}

test('300 people who come cost a reader a few bytes, and the page stays small', async () => {
  await using server = await startServer()
  await server.stop()
  const size = { people: 1_000, rooms: 60, online: 300, own: 50 }
  const { reader, personOf, everybody } = fillLargeServer(server.data, size)
  await server.restart()
  let [bytes, count] = [0, 0]
  const socket = dial(server, reader, { subprotocol: 'chatroom.html' })
  socket.onmessage = ({ data }) => {
    const text = String(data)
    if (/"type":"(?:presence|online)"/.test(text)) bytes += text.length
    const found = new RegExp(`"${everybody}":\\[(\\d+),`).exec(text)?.[1]
    if (found !== undefined) count = Number(found)
  }
  await waitUntil(() => socket.readyState === WebSocket.OPEN, 'the reader')
  await comeOnline(server, reader, size)
  await waitUntil(() => count === size.online, 'the last number')
  expect(bytes).toBeWithin(1, 10 * 1024)
  const html = await fetchText(server, personOf(200), `/rooms/${everybody}`)
  expect(readRows(html)).toHaveLength(20)
  expect(Buffer.byteLength(html)).toBeLessThan(60 * 1024)
  socket.close()
})
