import type { S3Place } from './place'
import { type Method, signUrl } from './signature'

/** Longer than any request may take; its signature is looked at when it begins. */
const signedSeconds = 900
/** For a request that somebody waits for. */
const shortTimes = { tries: 4, tryMs: 4_000, allMs: 8_000 }
/** The pause before the second try; it doubles, and is varied so that servers do not agree. */
const pauseMs = 50
/** What a store says about a failure is short; more is not read. */
const problemBytesMax = 64 * 1024
/** A list has at most 1,000 keys of 1,024 bytes, and more about each. */
const listBytesMax = 8 * 1024 * 1024

/** How often a request is tried, and how long one try and all together may take. */
export type Times = { tries: number; tryMs: number; allMs: number }

type Request = {
  method: Method
  key: string
  query?: Record<string, string>
  headers?: Record<string, string>
  /** Makes the body, again for each try. */
  body?: () => ReadableStream | string
  times?: Times
}

/** Why a store refused a request: `said` is its own code. */
type S3Fault = Error & { code: string; status: number; said: string }

export type S3Client = {
  /** Bytes of an object; fewer at its end, null when there is none. */
  read: (key: string, start: number, length: number, times?: Times) => Promise<Bytes | null>
  /** The size of an object; null when there is none. */
  size: (key: string) => Promise<number | null>
  /** Writes an object as a whole; it appears only when complete. */
  put: (key: string, size: number, body: () => ReadableStream, times: Times) => Promise<void>
  /** Writes a text unless the object exists. */
  create: (key: string, text: string) => Promise<void>
  remove: (key: string) => Promise<void>
  list: (prefix: string) => AsyncGenerator<Listed>
}

type Bytes = Uint8Array<ArrayBuffer>
type Listed = { key: string; changedAt: number }

/**
 * Requests to an S3-compatible store, each with a deadline, and again after a failure that may
 * pass: all of them can be repeated. Throws an S3Fault with the code FILES_AWAY or ENOSPC.
 */
export function createS3Client(place: S3Place, usual: Times = shortTimes): S3Client {
  const ask = <Value>(request: Request, read: (answer: Response) => Promise<Value>) =>
    persist(request.times ?? usual, (signal) => tryOnce(place, request, signal, read))
  return {
    read: (key, start, length, times = usual) =>
      ask({ method: 'GET', key, headers: rangeOf(start, length), times }, (answer) =>
        readRange(answer, start, length),
      ),
    size: (key) =>
      ask({ method: 'HEAD', key }, async ({ status, headers }) => {
        if (status === 404) return null
        const size = headers.get('content-length') ?? ''
        if (!/^\d+$/.test(size)) throw faultOf(status, 'NoLength')
        return Number(size)
      }),
    put: (key, size, body, times) =>
      ask(
        { method: 'PUT', key, body, times, headers: { 'Content-Length': String(size) } },
        async ({ ok, status }) => {
          if (!ok) throw faultOf(status, 'NotStored')
        },
      ),
    async create(key, text) {
      const request = { method: 'PUT', key, body: () => text } as const
      try {
        await ask({ ...request, headers: { 'If-None-Match': '*' } }, async () => {})
      } catch (fault) {
        // Some stores do not know the condition.
        if (!isFault(fault) || fault.status !== 501) throw fault
        await ask(request, async () => {})
      }
    },
    remove: (key) => ask({ method: 'DELETE', key }, async () => {}),
    list: (prefix) => list(ask, prefix),
  }
}

type Ask = <Value>(request: Request, read: (answer: Response) => Promise<Value>) => Promise<Value>

async function* list(ask: Ask, prefix: string): AsyncGenerator<Listed> {
  let after: Record<string, string> = {}
  for (;;) {
    const query = { 'list-type': '2', prefix, ...after }
    const text = await ask({ method: 'GET', key: '', query }, async (answer) => {
      const whole = await readText(answer, listBytesMax)
      if (whole === null) throw faultOf(answer.status, 'TooLong')
      return whole
    })
    for (const entry of text.split('<Contents>').slice(1)) {
      yield { key: fieldOf(entry, 'Key'), changedAt: Date.parse(fieldOf(entry, 'LastModified')) }
    }
    const token = fieldOf(text, 'NextContinuationToken')
    if (token === '' || token === after['continuation-token']) return
    after = { 'continuation-token': token }
  }
}

/** Tries until it works, the failure is final, or the time is over. */
async function persist<Value>(
  { tries, tryMs, allMs }: Times,
  attempt: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const deadline = performance.now() + allMs
  for (let n = 1; ; n += 1) {
    const stop = new AbortController()
    const left = Math.min(tryMs, deadline - performance.now())
    const timer = setTimeout(() => stop.abort(), left)
    try {
      return await attempt(stop.signal)
    } catch (fault) {
      const pause = pauseMs * 2 ** n * (0.5 + Math.random())
      const isFinal = isFault(fault) && !mayPass.has(fault.status)
      if (isFinal || n === tries || performance.now() + pause > deadline) throw asFault(fault)
      await Bun.sleep(pause)
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Too many requests, and failures of the store or of what is before it. */
const mayPass = new Set([408, 429, 500, 502, 503, 504])

async function tryOnce<Value>(
  place: S3Place,
  { method, key, query, headers = {}, body }: Request,
  signal: AbortSignal,
  read: (answer: Response) => Promise<Value>,
): Promise<Value> {
  const wanted = { method, key, now: Date.now(), seconds: signedSeconds }
  const url = signUrl(place, query === undefined ? wanted : { ...wanted, query })
  const answer = await fetch(url, {
    method,
    // The bytes as they are stored: a length of others says nothing.
    headers: { 'Accept-Encoding': 'identity', ...headers },
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body: body() }),
  })
  const { status } = answer
  // Nothing is there, nothing is in this range, or something is there already.
  const isAnswered = answer.ok || status === 412 || status === 416
  if (isAnswered || (status === 404 && method === 'HEAD')) return read(answer)
  // It is shown to the operator.
  const said =
    /^\w{1,60}$/.exec(fieldOf((await readText(answer, problemBytesMax)) ?? '', 'Code'))?.[0] ?? ''
  const isMissing = status === 404 && said !== 'NoSuchBucket' && method !== 'PUT' && key !== ''
  if (isMissing) return read(new Response(null, { status }))
  // Two nodes wrote the same at once: one of them did.
  if (status === 409 && method === 'PUT') throw faultOf(503, said)
  throw faultOf(status, said)
}

function rangeOf(start: number, length: number): Record<string, string> {
  return { Range: `bytes=${start}-${start + length - 1}` }
}

/** At most `length` bytes, however many a store sends. */
async function readRange(answer: Response, start: number, length: number): Promise<Bytes | null> {
  if (answer.status === 404) return null
  if (answer.status === 416) return new Uint8Array()
  // A store that knows no ranges may send a whole object that is short enough.
  const range = /^bytes (\d+)-(\d+)\//.exec(answer.headers.get('content-range') ?? '')
  const sent = Number(answer.headers.get('content-length') ?? Number.NaN)
  const wanted = range === null ? sent : Number(range[2]) - Number(range[1]) + 1
  const isOther = Number(range?.[1] ?? 0) !== start || sent !== wanted || !(wanted <= length)
  if (isOther) {
    await answer.body?.cancel()
    throw faultOf(answer.status, 'NoSuchRange')
  }
  const bytes = await answer.bytes()
  if (bytes.length !== wanted) throw faultOf(500, 'CutShort')
  return bytes
}

/** The text of an answer; null when it is longer, whatever length it names. */
async function readText({ body }: Response, bytesMax: number): Promise<string | null> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body ?? []) {
    size += part.length
    // Leaving the loop ends the request.
    if (size > bytesMax) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

/** The text of a field of an answer in XML; empty when it is missing. */
function fieldOf(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, entity) => {
    if (entity !== undefined) return entities.get(entity) ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

const entities = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

function faultOf(status: number, said: string): S3Fault {
  const isFull = status === 507 || /QuotaExceeded|StorageFull/.test(said)
  const code = isFull ? 'ENOSPC' : 'FILES_AWAY'
  // The log tells the name of a fault, never its message.
  const name = `S3 ${status} ${said}`
  return Object.assign(new Error('the store failed'), { name, code, status, said })
}

/** Whether a store gave an answer, though not the wanted one. */
export function isFault(thrown: unknown): thrown is S3Fault {
  return thrown instanceof Error && 'said' in thrown
}

/** Faults of the network quote the signed address, so they are not passed on. */
function asFault(thrown: unknown): S3Fault {
  if (isFault(thrown)) return thrown
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null
  return faultOf(0, typeof code === 'string' ? code : 'no answer in time')
}
