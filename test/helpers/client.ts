import type { ChatEvent } from '../../src/shared/protocol'
import { type Heard, isChatEvent, readFrame } from './frames'
import { originOf } from './server'

/** Where a server answers; a RunningServer is one. */
export type Address = { readonly origin: string }

export type Person = { nickname: string; cookie: string }

export type MessageEvent = ChatEvent & { type: 'message' | 'message.changed' }
export type Hello = ChatEvent & { type: 'hello' }
export type Answer = ChatEvent & { type: 'accepted' | 'refused' }

/** Joins with a nickname; fails with the server's own sentence when it is refused. */
export async function signIn(
  { origin }: Address,
  nickname: string,
  avatar = 'letter',
  headers: Record<string, string> = {},
): Promise<Person> {
  return joinWith(origin, nickname, avatar, headers)
}

/** Signs in again under the same name, in the same browser: the session gets another cookie. */
export async function renew({ origin }: Address, { nickname, cookie }: Person): Promise<Person> {
  return joinWith(origin, nickname, 'letter', { Cookie: cookie })
}

async function joinWith(
  origin: string,
  nickname: string,
  avatar: string,
  headers: Record<string, string> = {},
): Promise<Person> {
  const answer = await fetch(`${origin}/session`, {
    method: 'POST',
    redirect: 'manual',
    keepalive: false,
    headers: { Origin: originOf({ origin }), 'Accept-Language': 'en', ...headers },
    body: new URLSearchParams({ nickname, avatar }),
  })
  const page = await answer.text()
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .find((pair) => /^(__Host-)?chatroom_[0-9a-f]+=./.test(pair))
  if (answer.status === 303 && cookie !== undefined) return { nickname, cookie }
  const sentence = /class="problem"[^>]*>([^<]*)/.exec(page)?.[1] ?? page.slice(0, 300)
  throw new Error(`${nickname} was not let in (${answer.status}): ${sentence.trim()}`)
}

export type SocketOptions = {
  subprotocol?: 'chatroom.json' | 'chatroom.html'
  origin?: string
  /** Of the page; else the reader's. */
  language?: string
}

/** Bun's own socket can send headers and hang up, which a browser's cannot. */
export type ScriptSocket = Bun.WebSocket
const ScriptSocket = WebSocket as unknown as new (
  url: string,
  options: Bun.WebSocketOptions,
) => ScriptSocket

/** A socket of this person, not yet open; everything else is the caller's. */
export function dial(server: Address, person: Person, options: SocketOptions = {}): ScriptSocket {
  const { subprotocol = 'chatroom.json', origin = originOf(server), language } = options
  const query = language === undefined ? '' : `?language=${language}`
  return new ScriptSocket(`${server.origin.replace('http', 'ws')}/socket${query}`, {
    headers: { Cookie: person.cookie, Origin: origin },
    protocols: [subprotocol],
  })
}

export type ChatClient = {
  hello: Hello
  /** Everything heard since the socket opened, in the order of arrival. */
  heard: Heard[]
  /** Sends any frame as it is, right or wrong. */
  send: (frame: object | string) => void
  /** Posts and waits for the answer; fails when the socket closes before it. */
  post: (room: number, clientId: string, content: string, replyTo?: number) => Promise<Answer>
  /** Asks for what happened after `after`, in the database that greeted unless told otherwise. */
  resume: (room: number, after: number, epoch?: string) => void
  /** The first thing heard, so far or from now on, that fits; `what` says it in a failure. */
  until: (fits: (item: Heard) => boolean, what: string, ms?: number) => Promise<Heard>
  /** Waits until the server has read everything that was sent before. */
  taken: () => Promise<void>
  closed: Promise<{ code: number; reason: string }>
  close: () => Promise<void>
  /** Drops the connection without a goodbye. */
  cut: () => void
}

type Waiting = { resolve: (answer: Answer) => void; reject: (fault: Error) => void }

/** Opens a socket and waits for the greeting; fails when the server refuses or closes it. */
export async function openSocket(
  server: Address,
  person: Person,
  options: SocketOptions = {},
): Promise<ChatClient> {
  const socket = dial(server, person, options)
  const heard: Heard[] = []
  const waiting = new Map<string, Waiting[]>()
  const bell = new EventTarget()
  const { promise: closed, resolve: close } = Promise.withResolvers<{
    code: number
    reason: string
  }>()
  socket.onmessage = ({ data }) => {
    for (const item of readFrame(String(data))) {
      heard.push(item)
      const isAnswer = item.type === 'accepted' || item.type === 'refused'
      if (isAnswer)
        waiting
          .get(item.client_id ?? '')
          ?.shift()
          ?.resolve(item)
    }
    bell.dispatchEvent(new Event('heard'))
  }
  socket.onclose = ({ code, reason }) => {
    const fault = new Error(`${person.nickname}’s socket closed (${code} ${reason})`)
    for (const one of [...waiting.values()].flat()) one.reject(fault)
    close({ code, reason })
  }
  const until = untilHeard(person, heard, bell, closed)
  const send = (frame: object | string): void =>
    socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  const hello = await until((item) => item.type === 'hello', 'the greeting')
  if (hello.type !== 'hello') throw new Error('The greeting is no greeting')

  return {
    hello,
    heard,
    send,
    post(room, clientId, content, replyTo) {
      const { promise, ...one } = Promise.withResolvers<Answer>()
      waiting.set(clientId, [...(waiting.get(clientId) ?? []), one])
      send(postFrame(room, clientId, content, replyTo))
      return promise
    },
    resume: (room, after, epoch = hello.epoch) =>
      send({ type: 'resume', epoch, rooms: { [room]: after } }),
    until,
    taken: () => untilTaken(heard, send, until),
    closed,
    async close() {
      socket.close(1000)
      await closed
    },
    cut: () => socket.terminate(),
  }
}

/** Posts texts to a room at once, in order. */
export function postAll(client: ChatClient, room: number, texts: string[]): Promise<Answer[]> {
  return Promise.all(texts.map((text) => client.post(room, crypto.randomUUID(), text)))
}

/** The frame that posts a message. */
export function postFrame(room: number, clientId: string, content: string, replyTo?: number) {
  return {
    type: 'message.post',
    room,
    client_id: clientId,
    content,
    attachments: [],
    reply_to: replyTo ?? null,
  }
}

/** All messages of a room, oldest first, page by page through `before`; no system lines. */
export async function history(
  server: Address,
  person: Person,
  room: number,
): Promise<MessageEvent[]> {
  return (await historyRows(server, person, room)).filter(isMessage)
}

/** The same with the system lines between them. */
export async function historyRows(
  server: Address,
  person: Person,
  room: number,
): Promise<Placed[]> {
  const pages: Placed[][] = []
  for (let before: number | undefined, isMore = true; isMore;) {
    const query = before === undefined ? 'limit=200' : `limit=200&before=${before}`
    const answer = await readJson(server, person, `/rooms/${room}/messages?${query}`)
    const rows = listOf(answer, 'messages')
    pages.push(rows.filter(isPlaced))
    before = seqOf(rows[0])
    isMore = before !== undefined && before > 1
  }
  return pages.reverse().flat()
}

/** How far a room has come, without reading it. */
export async function head(
  server: Address,
  person: Person,
  room: number,
): Promise<{ epoch: string; revision: number }> {
  // A place nobody can have reached: the server answers with its own instead of events.
  const path = `/rooms/${room}/changes?after=${1e14}`
  const answer = await readJson(server, person, path)
  const fields = new Map(Object.entries(answer))
  const [epoch, revision] = [fields.get('epoch'), fields.get('revision')]
  if (typeof epoch === 'string' && typeof revision === 'number') return { epoch, revision }
  throw new Error(`The head of room ${room} has no epoch or no revision`)
}

/** Fetches JSON as this person; fails with the status and what the server said. */
export async function readJson(server: Address, person: Person, path: string): Promise<object> {
  const answer = await fetch(server.origin + path, {
    // A kept connection may have died with the server before the last restart.
    keepalive: false,
    headers: { Cookie: person.cookie, Accept: 'application/json' },
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 300)}`)
  const value: unknown = JSON.parse(text)
  if (typeof value === 'object' && value !== null) return value
  throw new Error(`${path} answered no object: ${text.slice(0, 300)}`)
}

type Placed = ChatEvent & { seq: number; revision: number }

function isPlaced(value: unknown): value is Placed {
  return isChatEvent(value) && 'seq' in value && 'revision' in value
}

export function isMessage(value: unknown): value is MessageEvent {
  return isChatEvent(value) && (value.type === 'message' || value.type === 'message.changed')
}

function seqOf(row: unknown): number | undefined {
  return isChatEvent(row) && 'seq' in row ? row.seq : undefined
}

function listOf(answer: object, name: string): unknown[] {
  const list: unknown = new Map(Object.entries(answer)).get(name)
  return Array.isArray(list) ? list : []
}

async function untilTaken(
  heard: Heard[],
  send: ChatClient['send'],
  until: ChatClient['until'],
): Promise<void> {
  const before = heard.length
  send({ type: 'ping' })
  const isAnswer = (item: Heard): boolean => item.type === 'pong' && heard.includes(item, before)
  await until(isAnswer, 'the answer to a ping')
}

function untilHeard(
  person: Person,
  heard: Heard[],
  bell: EventTarget,
  closed: ChatClient['closed'],
): ChatClient['until'] {
  return async (fits, what, ms = 10_000) => {
    const { promise, resolve, reject } = Promise.withResolvers<Heard>()
    const look = (): void => {
      const found = heard.find(fits)
      if (found !== undefined) resolve(found)
    }
    const fail = (why: string): void => {
      const last = JSON.stringify(heard.slice(-5)).slice(0, 500)
      reject(new Error(`${person.nickname} did not hear ${what}: ${why}. Last heard: ${last}`))
    }
    const timer = setTimeout(() => fail(`${ms} ms are over`), ms)
    void closed.then(({ code, reason }) => fail(`the socket closed (${code} ${reason})`))
    bell.addEventListener('heard', look)
    look()
    return promise.finally(() => {
      clearTimeout(timer)
      bell.removeEventListener('heard', look)
    })
  }
}
