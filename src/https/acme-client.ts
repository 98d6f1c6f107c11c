import { version } from '../version'

/** The part of ACME (RFC 8555) that a certificate by http-01 needs. */
type Wanted = {
  directory: URL
  /** Signs every request; the authority knows the account by it. */
  accountKey: CryptoKey
  email: string | null
  domain: string
  /** The request for the certificate, in DER. */
  request: Uint8Array
  /** Makes the answer to a token reachable, before the authority is told to ask. */
  publish: (token: string, answer: string) => void
}

/** One that is not answered in this time has failed… */
const requestMsMax = 30_000
/** …and so has an order that is not decided in this one. */
const orderMsMax = 5 * 60_000
const pollMs = { least: 250, most: 30_000 }
const answerBytesMax = 256 * 1024
const nonceTries = 10

/** Gets a certificate, with those of its issuers behind it. Throws why the authority gives none. */
export async function obtainCertificate(wanted: Wanted): Promise<string> {
  const { directory, domain, email, accountKey, request } = wanted
  const urls = await readJson(await send(directory.href))
  const session = await openSession(accountKey, text(urls, 'newNonce'))
  const contact = email === null ? [] : [`mailto:${email}`]
  await session.register(text(urls, 'newAccount'), { termsOfServiceAgreed: true, contact })
  const identifiers = [{ type: 'dns', value: domain }]
  const order = await session.post(text(urls, 'newOrder'), { identifiers })
  const orderUrl = header(order, 'location')
  const { authorizations, finalize } = await readOrder(order)
  for (const url of authorizations) await authorize(session, url, wanted)
  await session.post(finalize, { csr: request.toBase64(base64url) })
  const done = await untilDecided(session, orderUrl)
  return readText(await session.post(text(done, 'certificate'), null))
}

async function readOrder(order: Response) {
  const fields = await readJson(order)
  const list: unknown = fields.authorizations
  if (!Array.isArray(list)) throw new Error('the authority answered without authorizations')
  return { authorizations: list.map(String), finalize: text(fields, 'finalize') }
}

/** Shows that the domain is ours, unless the authority remembers it. */
async function authorize(session: Session, url: string, { publish }: Wanted): Promise<void> {
  const { status, challenges } = await readJson(await session.post(url, null))
  if (status === 'valid') return
  const challenge = (Array.isArray(challenges) ? challenges : [])
    .filter(isObject)
    .find(({ type }) => type === 'http-01')
  if (challenge === undefined) throw new Error('the authority offers no http-01')
  const token = text(challenge, 'token')
  if (!/^[\w-]{16,256}$/.test(token)) throw new Error('the authority sent a bad token')
  publish(token, `${token}.${session.thumbprint}`)
  await session.post(text(challenge, 'url'), {})
  await untilDecided(session, url)
}

/** Asks until an order or an authorization is not pending any more. Throws why it is invalid. */
async function untilDecided(session: Session, url: string): Promise<Fields> {
  const deadline = performance.now() + orderMsMax
  while (performance.now() < deadline) {
    const answer = await session.post(url, null)
    const fields = await readJson(answer)
    if (fields.status === 'valid') return fields
    if (!/^(pending|processing|ready)$/.test(String(fields.status))) throw problemOf(fields)
    const askedMs = Number(answer.headers.get('retry-after') ?? 0) * 1000 || 0
    await Bun.sleep(Math.min(pollMs.most, Math.max(pollMs.least, askedMs)))
  }
  throw new Error('the authority did not decide in time')
}

type Session = Awaited<ReturnType<typeof openSession>>

async function openSession(accountKey: CryptoKey, nonceUrl: string) {
  const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', accountKey)
  const jwk = { crv, kty, x, y }
  const thumb = new Bun.CryptoHasher('sha256').update(JSON.stringify(jwk)).digest()
  let nonce = ''
  let account: string | null = null
  const post = async (url: string, payload: object | null): Promise<Response> => {
    for (let tries = 1; ; tries += 1) {
      if (nonce === '') nonce = header(await send(nonceUrl, { method: 'HEAD' }), 'replay-nonce')
      const head = { alg: 'ES256', nonce, url, ...(account === null ? { jwk } : { kid: account }) }
      const answer = await send(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/jose+json' },
        body: await sign(accountKey, head, payload),
      })
      nonce = answer.headers.get('replay-nonce') ?? ''
      if (answer.ok) return answer
      const problem = await readJson(answer).catch(() => ({}))
      const isOldNonce = /:badNonce$/.test(String('type' in problem ? problem.type : ''))
      if (!isOldNonce || tries === nonceTries) throw problemOf({ error: problem }, answer.status)
    }
  }
  return {
    post,
    thumbprint: new Uint8Array(thumb).toBase64(base64url),
    /** Makes the account of the key, or finds it. */
    async register(url: string, payload: object): Promise<void> {
      account = header(await post(url, payload), 'location')
    },
  }
}

/** JWS in its flattened form; an empty payload only reads. */
async function sign(key: CryptoKey, head: object, payload: object | null): Promise<string> {
  const encode = (value: object): string =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64(base64url)
  const parts = [encode(head), payload === null ? '' : encode(payload)] as const
  const signed = new TextEncoder().encode(parts.join('.'))
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, signed)
  return JSON.stringify({
    protected: parts[0],
    payload: parts[1],
    signature: new Uint8Array(signature).toBase64(base64url),
  })
}

async function send(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('User-Agent', `chatroom/${version}`)
  const signal = AbortSignal.timeout(requestMsMax)
  return fetch(url, { ...init, headers, signal, redirect: 'error' })
}

type Fields = Record<string, unknown>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

async function readJson(answer: Response): Promise<Fields> {
  const value: unknown = JSON.parse(await readText(answer))
  if (!isObject(value)) throw new Error('the authority answered no object')
  return value
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body ?? []) {
    size += chunk.length
    if (size > answerBytesMax) throw new Error('the authority answered too much')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function text(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value === 'string') return value
  throw new Error(`the authority answered without ${name}`)
}

function header(answer: Response, name: string): string {
  const value = answer.headers.get(name)
  if (value !== null) return value
  throw new Error(`the authority answered without ${name}`)
}

/** What the authority says is wrong, for the operator: of the order, or of a challenge. */
function problemOf({ error, challenges }: Fields, status?: number): Error {
  const failed = Array.isArray(challenges) ? challenges.filter(isObject) : []
  const problem = [error, ...failed.map((challenge) => challenge.error)].find(isObject)
  const type = String(problem?.type ?? status ?? 'invalid').replace(/^urn:.*:/, '')
  return new Error(`${type} ${String(problem?.detail ?? '')}`.trim().slice(0, problemUnitsMax))
}

const problemUnitsMax = 300
const base64url = { alphabet: 'base64url', omitPadding: true } as const
