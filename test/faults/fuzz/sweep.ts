import { parse, type Request, setHeader, write as writeRequest } from './http'
import { type Json, numbers, read, words, write } from './json'
import { odd, values } from './requests'

const texts = ['""', '"x"', '"\\u0000"', '"\\ud800"', '"__proto__"', `"${'x'.repeat(9_000)}"`]
const strange: Json[] = [...numbers, ...words, ...texts].map((text) => ({ kind: 'raw', text }))

/** Each key of each kind of frame once without its value and with every strange one; and those. */
export function sweepJson(frames: string[]): string[] {
  const kinds = new Map(
    frames.map((text) => [Object.entries(JSON.parse(text)).map(kindOf).join(), text]),
  )
  const changed = [...kinds.values()].flatMap((text) => variants(read(JSON.parse(text))))
  return [...changed, ...strange].map(write)
}

function kindOf([key, value]: [key: string, value: unknown]): string {
  return key === 'type' ? String(value) : key
}

function variants(json: Json): Json[] {
  if (json.kind !== 'object') return strange
  return json.pairs.flatMap(([key, value], at) => {
    const others = json.pairs.toSpliced(at, 1)
    const within = value.kind === 'object' ? variants(value) : []
    const renamed = strange.map(({ kind, ...rest }) => ('text' in rest ? rest.text : kind))
    return [
      { kind: 'object' as const, pairs: others },
      ...[...strange, ...within].map((each) => put(others, key, each)),
      // Places of rooms are keys.
      ...(/^\d+$/.test(key) ? renamed.map((name) => put(others, name, value)) : []),
    ]
  })
}

function put(others: [string, Json][], key: string, value: Json): Json {
  return { kind: 'object', pairs: [...others, [key, value]] }
}

/** A request that is made when it is known who asks. */
type Asked = (cookie: string) => Buffer

/** Each part of each kind of request once with every odd value, all else as it was recorded. */
export function sweepRequests(requests: Buffer[]): Asked[] {
  const kinds = new Map(requests.map((bytes) => [kindOfRequest(parse(bytes, '')), bytes]))
  return [...kinds.values()].flatMap((bytes, n) => {
    const request = parse(bytes, '')
    return [
      ...request.path.split(/(?=[/?&=])/).flatMap((_, at) => inPath(at)),
      ...request.headers.flatMap(([name]) => inHeader(name, n)),
      ...inBody(request),
    ].map((change): Asked => (cookie) => {
      const changed = parse(bytes, cookie)
      setHeader(changed, 'Accept-Encoding', 'identity')
      setHeader(changed, 'Connection', 'close')
      change(changed)
      if (changed.body.length !== request.body.length) {
        setHeader(changed, 'Content-Length', String(changed.body.length))
      }
      return writeRequest(changed)
    })
  })
}

type Change = (request: Request) => void

function kindOfRequest({ method, path, headers }: Request): string {
  const isPart = headers.some(([name]) => /^hx-request$/i.test(name))
  return `${method} ${path.replace(/[0-9a-f]{32}|\d+/g, 'N')} ${isPart}`
}

function inPath(at: number): Change[] {
  return odd.map((value) => (request) => {
    const parts = request.path.split(/(?=[/?&=])/)
    request.path = parts.with(at, (parts[at]?.[0] ?? '') + value).join('')
  })
}

/** Who asks, and from where, is looked at before anything else, and once for all. */
const early = /^(host|origin|cookie|connection|user-agent|accept-encoding|content-length)$/i

function inHeader(name: string, n: number): Change[] {
  if (early.test(name) && n > 1) return []
  return [...values, ...odd].map((value) => (request) => setHeader(request, name, value))
}

function inBody({ body, headers }: Request): Change[] {
  const text = body.toString()
  const type = headers.find(([name]) => /^content-type$/i.test(name))?.[1] ?? ''
  if (type.includes('json')) {
    return sweepJson([text]).map((json) => (request) => (request.body = Buffer.from(json)))
  }
  if (!type.includes('form-urlencoded')) return []
  const fields = text.split('&')
  return fields.flatMap((field, at) => {
    const [name] = field.split('=')
    return odd.map((value): Change => (request) => {
      request.body = Buffer.from(fields.with(at, `${name}=${value}`).join('&'))
    })
  })
}
