import { expect, test } from 'bun:test'
import { createConnections, type SocketState } from '../../src/socket/connections'
import { createPublishing } from '../../src/socket/publishing'
import { chooseSeed, createRandom } from '../helpers/random'
import { waitUntil } from '../helpers/wait'

const room = 7
const people = [1, 2, 3, 4, 5]

/** Serves sockets at /PERSON that are in the room. */
function serve() {
  const connections = createConnections()
  const listener = Bun.serve({
    port: 0,
    fetch(request, itself) {
      const id = Number(new URL(request.url).pathname.slice(1))
      const user = { id, nickname: '', avatar: '', mark: null }
      const data: SocketState = {
        visitor: { user, role: 'member', session: '', address: '', language: 'en' },
        subprotocol: id % 2 === 0 ? 'json' : 'html',
        rooms: new Set([room]),
        isAway: false,
        heardAt: performance.now(),
        isOpen: true,
        outgoing: [],
        catchingUp: Promise.resolve(),
        changing: Promise.resolve(),
      }
      return itself.upgrade(request, { data }) ? undefined : new Response('no', { status: 400 })
    },
    websocket: { data: {} as SocketState, open: connections.add, message: () => {} },
  })
  return { connections, listener }
}

async function connect(port: number | undefined, id: number) {
  const texts: string[] = []
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${id}`)
  socket.onmessage = ({ data }) => void texts.push(String(data))
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  return { id, texts }
}

test('in a large room everybody is told everything once and in order, authors first', async () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const { connections, listener } = serve()
  const publishing = createPublishing(() => [listener], connections, { largeMin: 3, waitMs: 3 })
  const publish = (n: number, authors: number[]): void =>
    publishing.publish({ room }, { html: () => `${n}`, json: () => `${n}` }, authors)
  // Two tabs of each person; person 5 leaves and comes back.
  const tabs = await Promise.all([...people, ...people].map((id) => connect(listener.port, id)))
  await waitUntil(() => connections.countIn(room) === tabs.length, 'all tabs')
  const missed = new Set<number>()
  let isIn = true
  for (let n = 0; n < 400; n += 1) {
    const kind = random(10)
    if (kind < 7) {
      const authors = people.slice(0, 4).filter(() => random(3) === 0)
      publish(n, authors)
      for (const id of authors) for (const tab of connections.ofUser(id)) tab.send(`answer ${n}`)
    } else publish(n, [])
    if (!isIn) missed.add(n)
    if (random(8) === 0) {
      isIn = !isIn
      publishing.flush(room)
      if (isIn) connections.subscribeUser(5, room)
      else connections.unsubscribeUser(5, room)
    }
    if (random(4) === 0) await Bun.sleep(random(6))
  }
  publishing.flush()
  for (const tab of connections.all()) tab.send('end')
  await waitUntil(() => tabs.every(({ texts }) => texts.at(-1) === 'end'), 'the last text')
  for (const { id, texts } of tabs) {
    const told = texts.filter((text) => /^\d+$/.test(text)).map(Number)
    const all = Array.from({ length: 400 }, (_, n) => n)
    expect(told, `seed ${seed}`).toEqual(id === 5 ? all.filter((n) => !missed.has(n)) : all)
    const answers = texts.flatMap((text, index) =>
      text.startsWith('answer') ? [[text, texts[index - 1]]] : [],
    )
    for (const [answer, before] of answers) expect(answer, `seed ${seed}`).toBe(`answer ${before}`)
  }
  await listener.stop(true)
})

test('who is put out of a large room is told nothing that still waits', async () => {
  const { connections, listener } = serve()
  const publishing = createPublishing(() => [listener], connections, { largeMin: 2, waitMs: 50 })
  const [author, other] = await Promise.all([1, 2].map((id) => connect(listener.port, id)))
  await waitUntil(() => connections.countIn(room) === 2, 'both')
  publishing.publish({ room }, { html: () => 'hello', json: () => 'hello' }, [1])
  connections.unsubscribeUser(2, room)
  publishing.flush()
  for (const tab of connections.all()) tab.send('end')
  await waitUntil(() => other?.texts.at(-1) === 'end', 'the last text')
  expect(author?.texts).toEqual(['hello', 'end'])
  expect(other?.texts).toEqual(['end'])
  await listener.stop(true)
})
