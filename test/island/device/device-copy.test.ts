import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { App } from '../../../src/island/app'
import { type ManagedCopy, openDeviceCopy } from '../../../src/island/device/device-copy'
import { readPage } from '../../../src/island/ui/page'
import { openStorage } from '../../../src/island/ui/storage'
import type { ChatEvent, RoomSummary } from '../../../src/shared/protocol'
import { toEvent } from '../../../src/chat/messages/events'
import { mei, say } from '../../views/samples'
import { documentForAll } from '../dom'

documentForAll()

/** The server, played here: what it is asked, and how it answers. */
let requests: string[] = []
let answer: (path: string) => Response | Promise<Response>
const { fetch: realFetch, setTimeout: realSetTimeout } = globalThis
/** The timers of the copy run so many times as fast as in a browser. */
const speed = 5

beforeEach(() => {
  requests = []
  answer = (path) => changes(path)
  globalThis.fetch = Object.assign(async (path: string | URL | Request) => {
    requests.push(String(path))
    return answer(String(path))
  }, realFetch)
  const hasten = (work: () => void, ms = 0) => realSetTimeout(work, ms / speed)
  globalThis.setTimeout = Object.assign(hasten, realSetTimeout) as typeof setTimeout
})

afterEach(() => {
  Object.assign(globalThis, { fetch: realFetch, setTimeout: realSetTimeout })
})

/** The messages of a room, one revision each: as many as the path asks for, up to `head`. */
function changes(path: string, head = 3): Response {
  const room = Number(/rooms\/(\d+)/.exec(path)?.[1])
  const after = Number(/after=(\d+)/.exec(path)?.[1])
  const events: ChatEvent[] = []
  for (let seq = after + 1; seq <= head; seq += 1) {
    const message = { ...say(mei, `text ${seq}`, seq), room, seq, revision: seq }
    events.push(toEvent({ ...message, clientId: `c-${seq}` }, after))
  }
  return Response.json({ epoch: 'e', revision: head, events, more: false })
}

const kinds = { 1: 'open', 2: 'closed' } as const
let opened = 0

/** A tab of the browser on room 1, of which nothing is known yet. Another id: another browser. */
function openTab(browser = (opened += 1)): ManagedCopy {
  const user = { id: 7, nickname: 'Ada' }
  const page = { ...readPage(), epoch: 'e', instance: `h${browser}`, user }
  const summary = (id: 1 | 2): RoomSummary => ({
    id,
    role: 'member',
    comings: true,
    hold: null,
    archived: false,
    name: `Room ${id}`,
    kind: kinds[id],
    revision: 0,
    read_seq: 0,
    unread: 0,
    mentions: 0,
    online: 1,
    checksum: 0,
    notify: 'all',
    recipient: null,
  })
  const rooms = new Map([1, 2].map((id) => [id, summary(id === 1 ? 1 : 2)]))
  const parts = {
    page,
    storage: openStorage(page),
    rooms: { list: () => [...rooms.values()], find: (id: number) => rooms.get(id) },
    positions: { known: () => 0 },
    timeline: { room: () => 1 },
  }
  return openDeviceCopy(parts as unknown as App)
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!isSo() && performance.now() < deadline) await Bun.sleep(10)
  expect(isSo()).toBe(true)
}

const texts = (copy: ManagedCopy, room = 1): string[] => copy.read(room).map(({ text }) => text)

test('changes of one moment are fetched with one request', async () => {
  const copy = openTab()
  for (const revision of [1, 2, 3]) copy.changed(1, revision)
  await until(() => texts(copy).length > 0)
  expect(texts(copy)).toEqual(['text 1', 'text 2', 'text 3'])
  copy.changed(1, 3)
  await Bun.sleep(1_000 / speed)
  expect(requests).toEqual(['/rooms/1/changes?epoch=e&after=0'])
})

test('of two tabs one fetches, and both have it', async () => {
  const [one, other] = [openTab(90), openTab(90)]
  for (const copy of [one, other]) copy.changed(1, 3)
  await until(() => texts(one).length === 3)
  await Bun.sleep(2_500 / speed)
  expect(requests.length).toBe(1)
  expect(texts(other)).toEqual(['text 1', 'text 2', 'text 3'])
})

test('another tab takes over when the one that fetched last is gone', async () => {
  const [one, other] = [openTab(91), openTab(91)]
  for (const copy of [one, other]) copy.changed(1, 3)
  await until(() => texts(one).length === 3)
  answer = (path) => changes(path, 4)
  other.changed(1, 4)
  await until(() => texts(other).length === 4)
  expect(requests.length).toBe(2)
})

test('a refused fetch is repeated when the server says so', async () => {
  const copy = openTab()
  let startedAt = 0
  answer = (path) => {
    if (requests.length > 1) return changes(path)
    startedAt = performance.now()
    return new Response(null, { status: 429, headers: { 'Retry-After': '6' } })
  }
  copy.changed(1, 3)
  await until(() => requests.length === 1)
  copy.changed(1, 3)
  await Bun.sleep(3_000 / speed)
  expect(requests.length).toBe(1)
  await until(() => texts(copy).length === 3)
  expect(performance.now() - startedAt).toBeGreaterThan(5_900 / speed)
})

test('an answer that helps nothing is not asked for again', async () => {
  const copy = openTab()
  for (const [n, response] of [
    Response.json({ epoch: 'other', revision: 3, events: [], more: false, reload: true }),
    new Response('not JSON'),
    new Response(null, { status: 500 }),
    Response.json({ epoch: 'e', revision: 0, events: [], more: true }),
  ].entries()) {
    answer = () => response.clone()
    copy.changed(1, 10 + n)
    await until(() => requests.length === n + 1)
    await Bun.sleep(700 / speed)
    expect(requests.length).toBe(n + 1)
  }
  expect(texts(copy)).toEqual([])
})

test('what was on its way when somebody cleared the copy does not come into it', async () => {
  const copy = openTab()
  const { promise, resolve } = Promise.withResolvers<void>()
  answer = async (path) => {
    await promise
    return changes(path)
  }
  copy.changed(1, 3)
  await until(() => requests.length === 1)
  copy.clear()
  resolve()
  await Bun.sleep(100)
  expect(texts(copy)).toEqual([])
  expect(JSON.stringify({ ...localStorage })).not.toContain('history.')
  // What was cleared does not come back with the next message.
  answer = (path) => changes(path, 4)
  copy.changed(1, 4)
  await until(() => texts(copy).length > 0)
  expect(texts(copy)).toEqual(['text 4'])
})

test('closed rooms are copied only on an own device, and go when it is none any more', async () => {
  const copy = openTab()
  copy.changed(2, 3)
  copy.keep('all')
  copy.changed(2, 3)
  await until(() => texts(copy, 2).length === 3)
  expect(requests.length).toBe(1)
  const { promise, resolve } = Promise.withResolvers<void>()
  answer = async (path) => {
    await promise
    return changes(path, 5)
  }
  copy.changed(2, 5)
  await until(() => requests.length === 2)
  copy.keep('open')
  resolve()
  await Bun.sleep(100)
  expect(texts(copy, 2)).toEqual([])
})

const removed = { type: 'message.removed', sender: 7, mentions: [] as number[] } as const

test('a deletion takes effect at once, without a request', async () => {
  const copy = openTab()
  copy.changed(1, 3)
  await until(() => texts(copy).length === 3)
  copy.onEvent({ ...removed, room: 1, seq: 2, revision: 4 })
  expect(texts(copy)).toEqual(['text 1', 'text 3'])
  expect(requests.length).toBe(1)
  await until(() => requests.length === 2)
  expect(requests[1]).toEndWith('after=3')
})

test('a room that the person is not in any more is forgotten', async () => {
  const copy = openTab()
  copy.changed(1, 3)
  await until(() => texts(copy).length === 3)
  answer = () => new Response(null, { status: 404 })
  copy.changed(1, 4)
  await until(() => texts(copy).length === 0)
  expect(requests.length).toBe(2)
})
