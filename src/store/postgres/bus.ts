import { SQL } from 'bun'
import type { Bus, Channel } from '../../server/bus'

/** What the triggers say, too: there is a hint (migrations/0001-hints.sql). */
const channel = 'chatroom'
/** PostgreSQL refuses 8,000 bytes. */
const payloadBytesMax = 7_900
/** What is said in this time leaves together: each NOTIFY waits for a lock that all share. */
const gatherMs = 3
/** A message comes back to its own node: after so long without one, none arrives. */
const beatMs = 1_000
const silenceMsMax = 2_500
/** A connection that was silent for so long is replaced. */
const deadMs = 8_000

type Said = [channel: Channel, text: string]
type Subscriber = Parameters<Bus['subscribe']>

/**
 * The bus of PostgreSQL: NOTIFY on a connection of its own, which waits for no disk. `isPooled`: a
 * pool in between hears nothing, and says nothing of that.
 */
export function openBus(url: string, node: string, isPooled: boolean): Bus {
  const subscribers: Subscriber[] = []
  let waiting: Said[] = []
  let flushing: Timer | undefined
  let [heardAt, openedAt, wasUp] = [-Infinity, performance.now(), false]
  const hear = (payload: string): void => {
    const { sender, all } = parsePayload(payload)
    if (sender === node) heardAt = performance.now()
    else
      for (const [to, text] of all)
        for (const [of, on] of subscribers) if (of === to) on(text, sender)
  }
  const open = (): Listening => listen(url, node, hear, tellGap)
  const tellGap = (): void => {
    for (const [, , onGap] of subscribers) onGap?.()
  }
  let sql = isPooled ? null : open()
  const say = (all: Said[]): void => {
    void sql
      ?.unsafe('SELECT pg_notify($1, $2)', [channel, JSON.stringify([node, all])])
      .catch(() => {})
  }
  const flush = (): void => {
    flushing = undefined
    const all = waiting
    waiting = []
    for (const part of inParts(all)) say(part)
  }
  const isUp = (): boolean => performance.now() - heardAt < silenceMsMax
  const beat = setInterval(() => {
    if (isUp() && !wasUp) tellGap()
    wasUp = isUp()
    say([])
    const now = performance.now()
    if (sql === null || now - Math.max(heardAt, openedAt) < deadMs) return
    void sql.close({ timeout: 0 })
    openedAt = now
    sql = open()
  }, beatMs)
  return {
    node,
    isUp,
    send(to, text) {
      waiting.push([to, text])
      flushing ??= setTimeout(flush, gatherMs)
    },
    subscribe: (...subscriber) => void subscribers.push(subscriber),
    async close() {
      clearInterval(beat)
      clearTimeout(flushing)
      await sql?.close({ timeout: 0 })
    },
  }
}

/** A payload that no node has sent is ignored: each role that may connect can send one. */
function parsePayload(payload: string): { sender: string; all: [channel: string, text: string][] } {
  if (payload === '') return { sender: '', all: [['hints', '']] }
  try {
    const [sender, all]: unknown[] = JSON.parse(payload)
    if (typeof sender === 'string' && Array.isArray(all) && all.every(isSaid))
      return { sender, all }
  } catch {}
  return { sender: '', all: [] }
}

function isSaid(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string')
}

/** What Bun's client has beside its types. */
type Listening = SQL & {
  listen: (channel: string, hear: (payload: string) => void, onUp: () => void) => Promise<unknown>
}

function listen(url: string, node: string, hear: (payload: string) => void, onUp: () => void) {
  const connection = { synchronous_commit: 'off', application_name: node }
  const sql = new SQL({ url, max: 1, connection }) as Listening
  // It connects again by itself; where the first time fails, the silence is noticed.
  sql.listen(channel, hear, onUp).catch(() => {})
  return sql
}

/** As many as one payload holds; what is longer than that alone is left out. */
function inParts(all: Said[]): Said[][] {
  const parts: Said[][] = []
  let left = 0
  for (const said of all) {
    const bytes = Buffer.byteLength(JSON.stringify(said)) + 1
    if (bytes > payloadBytesMax - envelopeBytes) continue
    if (left < bytes) {
      parts.push([])
      left = payloadBytesMax - envelopeBytes
    }
    parts.at(-1)?.push(said)
    left -= bytes
  }
  return parts
}

/** The name of the node around them. */
const envelopeBytes = 60
