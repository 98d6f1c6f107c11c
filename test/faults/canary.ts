import { openSocket, type Person } from '../helpers/client'
import { startServer } from '../helpers/server'
import { framesAbout, openRoutes, type Route, roomRoutes, fileRoutes } from './canary-routes'
import { hideCanary, type Scene } from './canary-scene'
import { above, below, type FaultTest, type Figures, unlike } from './promise'

type Size = {
  /** Times that the answers to what is forbidden and to what is missing are timed. */
  timings: number
  /** How many formats of each page are asked for, and what that takes at least. */
  formats: number
  probesMin: number
  medianMsMax: number
  /** The planted fault: the third person was let in. */
  invites?: boolean
}

const small: Size = { timings: 10, medianMsMax: 200, formats: 1, probesMin: 700 }

/** T7: a third person, somebody who was put out and a stranger try every route to a secret. */
export const hidden: FaultTest<Size> = {
  id: 'P7',
  says: 'Closed rooms and private messages reach nobody else, and look like what is not there.',
  small,
  full: { timings: 200, medianMsMax: 5, formats: 3, probesMin: 2_000 },
  run,
  broken: (figures, { medianMsMax, probesMin }) => [
    ...unlike(figures, { hits: 0, logHits: 0, toldApart: 0, foundBySearch: 0 }),
    ...below(figures, { probes: probesMin, ownersHits: 6 }),
    ...above(figures, { medianMsApart: medianMsMax }),
  ],
  control: () => run({ ...small, invites: true }),
}

/** All that was answered to anybody who should not know. */
type Heard = { answers: string[]; probes: number }

async function run({ timings, formats: asked, invites = false }: Size): Promise<Figures> {
  await using server = await startServer()
  const scene = await hideCanary(server, invites)
  const { heard, toldApart, foundBySearch } = await sweep(scene, formats.slice(0, asked))
  const medianMsApart = await timeApart(scene, timings)
  const secret = scene.canary.slice(0, 20)
  const figures = {
    probes: heard.probes,
    answers: heard.answers.length,
    hits: heard.answers.filter((answer) => answer.includes(secret)).length,
    logHits: server.log().split(secret).length - 1,
    toldApart,
    foundBySearch,
    medianMsApart,
    ownersHits: await countOwnersHits(scene),
  }
  for (const socket of scene.sockets) await socket.close()
  return figures
}

type Format = Record<string, string>

/** Tries every route as each of those who should not know, and asks for these formats. */
export async function sweep(scene: Scene, formats: Format[]) {
  const heard: Heard = { answers: [], probes: 0 }
  const toldApart = await compareWithMissing(scene, heard, formats)
  const foundBySearch = await search(scene, heard, formats)
  for (const person of scene.prowlers) {
    for (const format of formats) {
      for (const route of openRoutes()) await probe(scene, heard, person, route, format)
    }
  }
  await listen(scene, heard)
  return { heard, toldApart, foundBySearch }
}

export const formats: Format[] = [
  { Accept: 'text/html' },
  { Accept: 'application/json' },
  { Accept: 'text/html', 'HX-Request': 'true' },
]

async function probe(
  { server }: Scene,
  heard: Heard,
  person: Person | null,
  { method, path, body }: Route,
  format: Format = {},
): Promise<string> {
  // Uncompressed: the address that was asked for stands on the page, and packs a byte differently.
  const plain = { Origin: server.origin, 'Accept-Encoding': 'identity' }
  const headers: Format = { ...format, ...plain }
  if (person !== null) headers.Cookie = person.cookie
  const isFrame = body?.startsWith('{') === true
  const type = isFrame ? 'application/json' : 'application/x-www-form-urlencoded'
  if (body !== undefined) headers['Content-Type'] = type
  const init = { method, headers, redirect: 'manual' as const }
  const answer = await fetch(server.origin + path, body === undefined ? init : { ...init, body })
  const seen = [...answer.headers].filter(([name]) => name !== 'date').sort()
  const text = `${answer.status} ${JSON.stringify(seen)} ${await answer.text()}`
  heard.answers.push(text)
  heard.probes += 1
  return text
}

/** Answers that differ between what somebody may not see and what is not there. */
async function compareWithMissing(scene: Scene, heard: Heard, formats: Format[]): Promise<number> {
  const { closed, direct, files, prowlers } = scene
  // As long as the real ones, so that the addresses have one length.
  const missing = 9
  const nowhere = (files[0] ?? '').replace(/.$/, (sign) => (sign === '0' ? '1' : '0'))
  const pairs = [
    ...[closed, direct].map((room) => [roomRoutes(room), roomRoutes(missing)] as const),
    ...files.map((id) => [fileRoutes(id), fileRoutes(nowhere)] as const),
  ]
  const names = new RegExp(
    [`/${closed}`, `/${direct}`, `/${missing}`, ...files, nowhere].join('|'),
    'g',
  )
  const same = (text: string): string =>
    text.replace(names, '/N').replace(/value="\d+"/g, 'value="N"')
  let toldApart = 0
  for (const person of prowlers) {
    for (const format of formats) {
      for (const [there, absent] of pairs) {
        for (const [n, route] of there.entries()) {
          const other = absent[n]
          if (other === undefined) throw new Error('both have the same routes')
          const found = same(await probe(scene, heard, person, route, format))
          if (found !== same(await probe(scene, heard, person, other, format))) toldApart += 1
        }
      }
    }
  }
  return toldApart
}

/** Searches for the secret and its parts; how many found a message or named one. */
async function search(scene: Scene, heard: Heard, formats: Format[]): Promise<number> {
  const { canary, closed, direct } = scene
  const parts = [canary, canary.slice(0, 20), canary.slice(7, 12), canary.slice(-6), 'CANA']
  const words = [...parts, 'between two', 'in the closed room', 'from:ada', `in:${canary}`]
  const rooms = [`&room=${closed}`, `&room=${direct}`]
  const filters = ['', '&sender=1', ...rooms, '&when=today', '&has=link', '&has=file']
  let found = 0
  for (const person of scene.prowlers) {
    for (const format of formats) {
      for (const word of words) {
        const path = `/search?q=${encodeURIComponent(word)}`
        for (const filter of filters) {
          const route = { method: 'GET', path: path + filter }
          const answer = await probe(scene, heard, person, route, format)
          // What was typed stands in the answer, so that it is cut out.
          const typed = new RegExp(RegExp.escape(word), 'gi')
          heard.answers.pop()
          heard.answers.push(answer.replaceAll(encodeURIComponent(word), '').replace(typed, ''))
          if (word.startsWith('from')) continue
          if (/class="hit"|"type":"message"/.test(answer)) found += 1
        }
      }
      for (const after of [`${closed}.1`, `${direct}.1`]) {
        const route = { method: 'GET', path: `/search?q=e&after=${after}` }
        await probe(scene, heard, person, route, format)
      }
    }
  }
  return found
}

/** Says everything there is to say about sixty rooms, in both languages of the socket. */
async function listen({ server, prowlers, sockets }: Scene, heard: Heard): Promise<void> {
  for (const person of prowlers) {
    if (person === null) continue
    for (const subprotocol of ['chatroom.json', 'chatroom.html'] as const) {
      const socket = await openSocket(server, person, { subprotocol })
      for (let room = 1; room <= 60; room += 1) {
        socket.resume(room, 0)
        const frames = framesAbout(room)
        for (const frame of frames) socket.send(frame)
        heard.probes += 1 + frames.length
      }
      socket.send({ type: 'ping' })
      await socket.until((item) => item.type === 'pong', 'the end of the sweep')
      heard.answers.push(...socket.heard.map((item) => JSON.stringify(item)))
      await socket.close()
    }
  }
  for (const socket of sockets.slice(2)) {
    heard.answers.push(...socket.heard.map((item) => JSON.stringify(item)))
  }
}

/** How far the medians of what is forbidden and of what is missing lie apart. */
async function timeApart(scene: Scene, times: number): Promise<number> {
  const [eve = null] = scene.prowlers
  const spent = new Map<string, number[]>()
  for (let n = 0; n < times; n += 1) {
    for (const path of [`/rooms/${scene.closed}/messages`, '/rooms/9/messages']) {
      const startedAt = performance.now()
      await probe(scene, { answers: [], probes: 0 }, eve, { method: 'GET', path })
      spent.set(path, [...(spent.get(path) ?? []), performance.now() - startedAt])
    }
  }
  const [one = 0, other = 0] = [...spent.values()].map(
    (ms) => ms.toSorted((a, b) => a - b)[Math.floor(ms.length / 2)],
  )
  return Math.round(Math.abs(one - other) * 100) / 100
}

/** The sweep would see it: its owner meets the secret on so many routes. */
async function countOwnersHits(scene: Scene): Promise<number> {
  const { ada, canary, closed, files } = scene
  const paths = [
    `/rooms/${closed}`,
    '/rooms/1',
    `/search?q=${canary}`,
    `/rooms/${closed}/export.txt`,
    `/rooms/${closed}/messages`,
    `/attachments/${files[0]}`,
    `/attachments/${files[2]}`,
  ]
  let hits = 0
  for (const path of paths) {
    const answer = await probe(scene, { answers: [], probes: 0 }, ada, { method: 'GET', path })
    if (answer.includes(canary)) hits += 1
  }
  return hits
}
