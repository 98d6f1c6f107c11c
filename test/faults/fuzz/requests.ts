import type { Chance } from './chance'
import { mutateBytes } from './bytes'
import { parse, type Request, setHeader, write } from './http'
import { mutateJson, strangeText } from './json'

const methods = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'get',
  'X-Y',
  '',
]
export const odd = [
  ...['..', '%2e%2e', '%00', '%ff', '%', '%c0%af', '0', '-1', '1e9', '99999999999999999999', ''],
  ...['__proto__', 'constructor', ' ', '+', 'null', '<b>', "'", '"', '\\', ';', '#', '?', '&'],
]
const names = [
  'before',
  'after',
  'limit',
  'epoch',
  'q',
  'sender',
  'room',
  'since',
  'has',
  'tz',
  'part',
]
const types = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
  'multipart/form-data',
  'text/plain',
  'application/json; charset=utf-7',
  '',
]

/** Changes a request as bytes, or knowing what it is made of. */
export function mutateRequest(chance: Chance, bytes: Buffer, cookie: string): Buffer {
  const request = parse(bytes, cookie)
  const times = chance.below(4)
  for (let n = 0; n < times; n += 1) mutatePart(chance, request)
  // What comes back packed, nobody can look through.
  if (chance.percent(95)) setHeader(request, 'Accept-Encoding', 'identity')
  // A connection of its own for each, so that the end of the answer is the end of it.
  if (chance.percent(98)) setHeader(request, 'Connection', 'close')
  if (chance.percent(97)) setHeader(request, 'Content-Length', String(request.body.length))
  const written = write(request)
  return chance.percent(8) ? mutateBytes(chance, written) : written
}

function mutatePart(chance: Chance, request: Request): void {
  const part = chance.below(10)
  if (part === 0) request.method = chance.pick(methods)
  else if (part <= 3) request.path = mutatePath(chance, request.path)
  else if (part <= 6) mutateHeader(chance, request)
  else request.body = mutateBody(chance, request)
}

function mutatePath(chance: Chance, path: string): string {
  const [way = '', query = ''] = path.split('?')
  const steps = way.split('/')
  const at = chance.below(steps.length)
  const name = chance.percent(80)
    ? chance.pick(names)
    : encodeURIComponent(strangeText(chance).toWellFormed())
  const text = encodeURIComponent(strangeText(chance).slice(0, 3_000).toWellFormed())
  const value = chance.percent(50) ? chance.pick(odd) : text
  const ways = [
    () => `${steps.with(at, chance.pick(odd)).join('/')}?${query}`,
    () => `${steps.with(at, String(1 + chance.below(9))).join('/')}?${query}`,
    () => `${steps.with(at, text).join('/')}?${query}`,
    () => `${steps.toSpliced(at, 1).join('/')}?${query}`,
    () => `${steps.toSpliced(at, 0, chance.pick(steps)).join('/')}?${query}`,
    () => `${way}?${query}&${name}=${value}`,
    () => `${way}?${name}=${value}`,
    () => `${way}?${`${name}=${value}&`.repeat(20)}`,
    () => `${path}${'x'.repeat(chance.below(20_000))}`,
    () => `http://evil.example${path}`,
  ]
  return chance.pick(ways)()
}

export const values = [
  ...['', '0', '-1', '99999999999', 'null', '*', 'bytes=0-0,1-1', 'bytes=-1', 'gzip', 'chunked'],
  ...['x'.repeat(9_000), '\u00e4\u00ff', 'a, b', '"', "'", ';', 'text/html', 'true', 'websocket'],
]
const headers = [
  ...['Host', 'Origin', 'Cookie', 'Content-Type', 'Content-Length', 'Transfer-Encoding', 'Range'],
  ...['Accept', 'Accept-Language', 'Accept-Encoding', 'HX-Request', 'If-None-Match', 'If-Range'],
  ...[
    'Upgrade',
    'Expect',
    'X-Filename',
    'X-Description',
    'X-Preview',
    'X-Forwarded-For',
    'Referer',
  ],
  ...[
    'Sec-WebSocket-Key',
    'Sec-WebSocket-Protocol',
    'Sec-Fetch-Site',
    'Content-Encoding',
    'TE',
    '',
  ],
]

function mutateHeader(chance: Chance, request: Request): void {
  const name = chance.percent(60) ? chance.pick(request.headers)[0] : chance.pick(headers)
  const value = /^content-type$/i.test(name) ? chance.pick(types) : chance.pick(values)
  if (chance.percent(25)) return void request.headers.push([name, value])
  if (chance.percent(75)) return setHeader(request, name, value)
  const others = request.headers.filter(([each]) => each !== name)
  request.headers = others.length > 0 ? others : request.headers
}

function mutateBody(chance: Chance, request: Request): Buffer {
  const { body } = request
  const text = body.toString()
  if (text.startsWith('{') && chance.percent(80)) {
    try {
      return Buffer.from(mutateJson(chance, [text], false))
    } catch {
      return mutateBytes(chance, body)
    }
  }
  const field = (): string =>
    `${chance.pick(fields)}=${encodeURIComponent(strangeText(chance).toWellFormed())}`
  const ways = [
    () => mutateBytes(chance, body),
    () => Buffer.from(`${text}&${field()}`),
    () => Buffer.from(field()),
    () => Buffer.from(text.replace(/=[^&]*/, `=${chance.pick(odd)}`)),
    () => Buffer.from(`${field()}&`.repeat(chance.below(150))),
    () => Buffer.from(chance.bytes(chance.below(500))),
    () =>
      Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="${chance.pick(fields)}"\r\n\r\nx\r\n--b--`,
      ),
    () => Buffer.alloc(0),
  ]
  return chance.pick(ways)()
}

const fields = [
  ...[
    'nickname',
    'avatar',
    'picture',
    'room',
    'name',
    'topic',
    'kind',
    'user',
    'notify',
    'content',
  ],
  ...[
    'client_id',
    'emoji',
    'active',
    'reply_to',
    'language',
    'theme',
    'asked',
    'shared',
    '__proto__',
  ],
]
