import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, rmSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { makeFolder, removeFolder } from './folders'

/** What happens to a request instead of its answer. */
type Harm =
  | 'slow down'
  | 'cut'
  | 'hole'
  | 'full'
  | 'refuse'
  | 'missing'
  | 'nonsense'
  | 'unknown'
  | 'endless'
  | 'elsewhere'
  | 'no length'
type Asked = { method: string; key: string; headers: IncomingMessage['headers'] }
type Stored = { file: string; size: number; changedAt: number }

/** Stands for an S3-compatible store: one bucket, and one key to it. */
export type S3Server = {
  bucket: string
  /** What a server is started with to use it. */
  env: Record<string, string>
  objects: Map<string, Stored>
  /** Every request, in order, refused ones included. */
  asked: Asked[]
  /** Why requests were refused. */
  refused: string[]
  /** Of answers that never end, so many megabytes were taken. */
  endlessTaken: number
  /** Called for each request that is signed well, which waits for it. */
  harm: (asked: Asked) => Harm | null | Promise<Harm | null>
  textOf: (key: string) => Promise<string>
  put: (key: string, text: string, changedAt?: number) => Promise<void>
  stop: () => void
  [Symbol.dispose]: () => void
}

const keys = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const region = 'test-region'
const bucket = 'a-bucket'
/** Keys that are listed at once. */
const pageKeys = 3
const clockMs = 15 * 60_000

/**
 * Starts it. Each request must be signed with Signature Version 4, in its query or its header, for
 * what it asks, by a clock that is right; an object appears only when its body has come whole.
 */
export async function startS3Server(tls?: { cert: string; key: string }): Promise<S3Server> {
  const folder = makeFolder()
  const objects = new Map<string, Stored>()
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    answer(state, folder, request, response).catch(() => request.socket.destroy())
  }
  const server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = (): void => {
    server.closeAllConnections()
    server.close()
    removeFolder(folder)
  }
  const put = async (key: string, text: string, changedAt = Date.now()): Promise<void> => {
    const file = join(folder, crypto.randomUUID())
    await Bun.write(file, text)
    objects.set(key, { file, size: statSync(file).size, changedAt })
  }
  const state: S3Server = {
    bucket,
    env: {
      S3_ENDPOINT: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
      S3_REGION: region,
      S3_ACCESS_KEY_ID: keys.id,
      S3_SECRET_ACCESS_KEY: keys.secret,
    },
    objects,
    asked: [],
    refused: [],
    endlessTaken: 0,
    harm: () => null,
    textOf: async (key) => Bun.file(objects.get(key)?.file ?? '').text(),
    put,
    stop,
    [Symbol.dispose]: stop,
  }
  return state
}

async function answer(
  state: S3Server,
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', headers } = request
  const url = new URL(request.url ?? '', `http://${headers.host}`)
  const isNamed = url.hostname.startsWith(`${bucket}.`)
  const path = decodeURIComponent(url.pathname)
  const [, inPath = '', key = ''] = isNamed
    ? ['', bucket, path.slice(1)]
    : (/^\/([^/]*)\/?(.*)$/s.exec(path) ?? [])
  const asked = { method, key, headers }
  state.asked.push(asked)
  const wrong = inPath === bucket ? whyRefused(request, url) : 'NoSuchBucket'
  if (wrong !== null) {
    state.refused.push(wrong)
    return refuse(request, response, wrong === 'NoSuchBucket' ? 404 : 403, wrong)
  }
  const harm = await state.harm(asked)
  if (harm === 'hole') return
  if (harm === 'slow down') return refuse(request, response, 503, 'SlowDown')
  if (harm === 'full') return refuse(request, response, 507, 'XMinioStorageFull')
  if (harm === 'unknown') return refuse(request, response, 501, 'NotImplemented')
  if (harm === 'missing') return refuse(request, response, 404, 'NoSuchUpload')
  if (harm === 'refuse') return refuse(request, response, 403, 'AccessDenied')
  if (harm === 'nonsense') return sendNonsense(request, response)
  if (harm === 'endless') return sendEndless(state, request, response)
  if (harm === 'elsewhere') {
    return void response.writeHead(307, { Location: `/${bucket}/elsewhere` }).end()
  }
  if (harm === 'no length') return void response.writeHead(200).end()
  const isCut = harm === 'cut'
  if (method === 'PUT') return take(state, { folder, key, isCut }, request, response)
  if (key === '') return sendList(state, url, response)
  const found = state.objects.get(key)
  if (method === 'DELETE') {
    state.objects.delete(key)
    if (found !== undefined) rmSync(found.file, { force: true })
    return void response.writeHead(204).end()
  }
  if (found === undefined) return refuse(request, response, 404, 'NoSuchKey')
  await sendObject(found, { isCut, isHead: method === 'HEAD' }, request, response)
}

/** The code for a request that is not signed as it has to be; null when it is. */
function whyRefused(request: IncomingMessage, url: URL): string | null {
  const { headers } = request
  const inHeader =
    /^AWS4-HMAC-SHA256 Credential=(.*?), ?SignedHeaders=(.*?), ?Signature=(.*)$/.exec(
      headers.authorization ?? '',
    )
  const query = url.searchParams
  const from = (name: string): string => query.get(`X-Amz-${name}`) ?? ''
  const [
    ,
    credential = from('Credential'),
    signed = from('SignedHeaders'),
    given = from('Signature'),
  ] = inHeader ?? []
  if (inHeader === null && from('Algorithm') !== algorithm) return 'AccessDenied'
  const time = inHeader === null ? from('Date') : String(headers['x-amz-date'])
  const at = Date.parse(time.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
  const lifeMs = inHeader === null ? Number(from('Expires')) * 1_000 : clockMs
  if (!(Math.abs(Date.now() - at) < Math.max(lifeMs, clockMs)) || at > Date.now() + clockMs) {
    return 'RequestTimeTooSkewed'
  }
  if (!(Date.now() < at + lifeMs)) return 'AccessDenied'
  const [id, ...scope] = credential.split('/')
  if (id !== keys.id) return 'InvalidAccessKeyId'
  const wanted = [time.slice(0, 8), region, 's3', 'aws4_request']
  if (scope.join('/') !== wanted.join('/')) return 'AuthorizationQueryParametersError'
  if (!signed.split(';').includes('host')) return 'AccessDenied'
  const payload = String(headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD')
  const text = textToSign(request, url, { signed, time, scope: wanted, payload })
  const key = wanted.reduce<string | Buffer>(hmac, `AWS4${keys.secret}`)
  const [right, sent] = [hmac(key, text), Buffer.from(given, 'hex')]
  const isRight = right.length === sent.length && timingSafeEqual(right, sent)
  return isRight ? null : 'SignatureDoesNotMatch'
}

const algorithm = 'AWS4-HMAC-SHA256'

type Claims = { signed: string; time: string; scope: string[]; payload: string }

function textToSign(
  { method, headers, url: target = '' }: IncomingMessage,
  url: URL,
  { signed, time, scope, payload }: Claims,
): string {
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [strict(name), strict(value)] as const)
    .toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`)
  const path = decodeURIComponent(target.split('?')[0] ?? '')
  const request = [
    method,
    path.split('/').map(strict).join('/'),
    query.join('&'),
    lines.join(''),
    signed,
    payload,
  ].join('\n')
  return [
    algorithm,
    time,
    scope.join('/'),
    createHash('sha256').update(request).digest('hex'),
  ].join('\n')
}

function strict(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[^A-Za-z0-9._~-]/g, (byte) => {
      return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
    })
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** The rest of a body is read, as a store does that wants to be understood. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number, code: string) {
  request.resume()
  const body = request.method === 'HEAD' ? '' : `<Error><Code>${code}</Code></Error>`
  response.writeHead(status, { 'Content-Type': 'application/xml' }).end(body)
}

async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await Bun.file(file).bytes())
    .digest('hex')
}

/** A list that never ends, and more bytes than were asked for. */
function sendNonsense({ url = '' }: IncomingMessage, response: ServerResponse): void {
  const isList = url.includes('list-type')
  const token = '<NextContinuationToken>again</NextContinuationToken>'
  const body = isList
    ? `<ListBucketResult>${token}<Contents><Key>&#x110000;</Key>`
    : 'x'.repeat(1_000_000)
  response.writeHead(isList ? 200 : 206, { 'Content-Length': String(body.length) }).end(body)
}

/** An answer with an entity that is no character, which goes on as long as it is read. */
async function sendEndless(
  state: S3Server,
  { url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const pieces = function* () {
    const name = '<Code>&#x110000;&#99999999999;</Code><Contents><Key>'
    for (state.endlessTaken = 0; state.endlessTaken < 64; state.endlessTaken += 1)
      yield name.padEnd(2 ** 20, '<Contents>')
  }
  response.writeHead(url.includes('list-type') ? 200 : 403)
  await pipeline(pieces, response).catch(() => {})
}

type Taken = { folder: string; key: string; isCut: boolean }

async function take(
  state: S3Server,
  { folder, key, isCut }: Taken,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers } = request
  if (headers['content-length'] === undefined) {
    return refuse(request, response, 411, 'MissingContentLength')
  }
  if (headers['if-none-match'] === '*' && state.objects.has(key)) {
    return refuse(request, response, 412, 'PreconditionFailed')
  }
  if (isCut) {
    request.once('data', () => request.socket.destroy())
    return
  }
  mkdirSync(folder, { recursive: true })
  const file = join(folder, crypto.randomUUID())
  await pipeline(request, createWriteStream(file))
  const { size } = statSync(file)
  if (size !== Number(headers['content-length'])) throw new Error('the body is cut')
  const hash = headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD'
  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== (await hashOf(file))) {
    return refuse(request, response, 400, 'XAmzContentSHA256Mismatch')
  }
  state.objects.set(key, { file, size, changedAt: Date.now() })
  response.writeHead(200, { ETag: '"an-etag"' }).end()
}

async function sendObject(
  { file, size }: Stored,
  { isCut, isHead }: { isCut: boolean; isHead: boolean },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  const [start, end] = [Number(range?.[1] ?? 0), Math.min(Number(range?.[2] ?? size), size - 1)]
  if (range !== null && start >= size) return refuse(request, response, 416, 'InvalidRange')
  const length = { 'Content-Length': String(size === 0 ? 0 : end + 1 - start) }
  const parts = range === null ? {} : { 'Content-Range': `bytes ${start}-${end}/${size}` }
  response.writeHead(range === null ? 200 : 206, { ...length, ...parts })
  if (isHead || size === 0) return void response.end()
  if (!isCut) return pipeline(createReadStream(file, { start, end }), response)
  const half = Math.floor((end - start) / 2)
  response.write(
    await Bun.file(file)
      .slice(start, start + half)
      .bytes(),
    () => {
      request.socket.destroy()
    },
  )
}

function sendList({ objects }: S3Server, url: URL, response: ServerResponse): void {
  const prefix = url.searchParams.get('prefix') ?? ''
  const after = url.searchParams.get('continuation-token') ?? ''
  const found = [...objects].filter(([key]) => key.startsWith(prefix) && key > after)
  const page = found.toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, pageKeys)
  const isMore = found.length > page.length
  const entries = page.map(
    ([key, { changedAt }]) =>
      `<Contents><Key>${Bun.escapeHTML(key)}</Key>` +
      `<LastModified>${new Date(changedAt).toISOString()}</LastModified></Contents>`,
  )
  const next = Bun.escapeHTML(page.at(-1)?.[0] ?? '')
  const token = isMore ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''
  response.writeHead(200, { 'Content-Type': 'application/xml' })
  response.end(
    `<ListBucketResult><IsTruncated>${isMore}</IsTruncated>${token}${entries.join('')}` +
      `</ListBucketResult>`,
  )
}
