import 'reflect-metadata'
import {
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** An authority that speaks ACME, as strict as the tests need it. */
export type AcmeServer = {
  directory: string
  /** What it did, in order. */
  did: ('account' | 'order' | 'checked' | 'issued')[]
  /** Requests that it refused, nonces aside. */
  refused: string[]
  stop: () => Promise<void>
}

/** The port to which the domain leads, and how long a certificate is valid. */
type Options = { httpPort: Promise<number>; lifeMs: () => number }

type Fields = Record<string, unknown>
type Signed = { path: string; fields: Fields | null; thumbprint: string }
type Reply = { status?: number; headers?: Record<string, string>; body: object | string }

const encoding = { alphabet: 'base64url' } as const
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const refusal = 'urn:ietf:params:acme:error:'

/**
 * Starts it. Every request must be signed by its account's key, for its address, with a nonce that
 * it gave and that was not used; every third one is refused as if it were old. Over HTTP a domain
 * is asked for the answer to its challenge.
 */
export async function startAcmeServer(options: Options): Promise<AcmeServer> {
  const nonces = new Set<string>()
  const readSigned = createReader(nonces)
  const authority = await createAuthority(options, (path) => `${origin()}/${path}`)
  const refused: string[] = []
  const answer = async (request: Request): Promise<Reply> => {
    const path = new URL(request.url).pathname.slice(1)
    if (path === 'newNonce') return { body: '' }
    if (path === 'directory') return { body: authority.directory() }
    const signed = await readSigned(request, path)
    const reply = typeof signed === 'string' ? signed : await authority.answer(signed)
    if (typeof reply !== 'string') return reply
    if (reply !== 'badNonce') refused.push(`${path}: ${reply}`)
    return { status: 400, body: { type: refusal + reply, detail: 'as told' } }
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { body, headers, status = 200 } = await answer(request)
      const nonce = crypto.randomUUID()
      nonces.add(nonce)
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return new Response(text, { status, headers: { 'Replay-Nonce': nonce, ...headers } })
    },
  })
  const origin = (): string => `http://127.0.0.1:${server.port}`
  return {
    directory: `${origin()}/directory`,
    did: authority.did,
    refused,
    stop: () => server.stop(true),
  }
}

/** Gives what was signed, or why it is refused. */
function createReader(nonces: Set<string>) {
  const accounts = new Map<string, JsonWebKey>()
  let asked = 0
  return async (request: Request, path: string): Promise<Signed | string> => {
    const sent: Record<string, string> = await request.json()
    const { protected: head = '', payload = '', signature = '' } = sent
    const { alg, nonce, url, jwk, kid } = JSON.parse(decode(head))
    asked += 1
    if (!nonces.delete(nonce) || asked % 3 === 0) return 'badNonce'
    const isNew = path === 'newAccount'
    const key: JsonWebKey | undefined = isNew ? jwk : accounts.get(kid)
    if (key === undefined || alg !== 'ES256' || url !== request.url) return 'malformed'
    const imported = await crypto.subtle.importKey('jwk', key, ecdsa, true, ['verify'])
    const text = new TextEncoder().encode(`${head}.${payload}`)
    const bytes = Uint8Array.fromBase64(signature, encoding)
    if (!(await crypto.subtle.verify(ecdsa, imported, bytes, text))) return 'unauthorized'
    if (isNew) accounts.set(request.url.replace(path, 'account'), key)
    const { crv, kty, x, y } = key
    const thumb = new Bun.CryptoHasher('sha256').update(JSON.stringify({ crv, kty, x, y }))
    const thumbprint = thumb.digest('base64url')
    return { path, thumbprint, fields: payload === '' ? null : JSON.parse(decode(payload)) }
  }
}

async function createAuthority({ httpPort, lifeMs }: Options, at: (path: string) => string) {
  const did: AcmeServer['did'] = []
  const issue = await createIssuer(lifeMs)
  const state = { domain: '', token: '', checked: 'pending', chain: '' }
  const order = () => ({
    status: state.chain === '' ? (state.checked === 'valid' ? 'ready' : state.checked) : 'valid',
    authorizations: [at('authorization')],
    finalize: at('finalize'),
    certificate: state.chain === '' ? undefined : at('certificate'),
  })
  const challenge = () => ({ type: 'http-01', url: at('challenge'), token: state.token })
  const check = async (thumbprint: string): Promise<void> => {
    const url = `http://127.0.0.1:${await httpPort}/.well-known/acme-challenge/${state.token}`
    const found = await fetch(url, { headers: { Host: state.domain }, keepalive: false })
    const isRight = (await found.text()) === `${state.token}.${thumbprint}`
    state.checked = isRight ? 'valid' : 'invalid'
    if (isRight) did.push('checked')
  }
  const answer = async ({ path, fields, thumbprint }: Signed): Promise<Reply | string> => {
    if (path === 'newAccount') {
      if (fields?.termsOfServiceAgreed !== true) return 'userActionRequired'
      did.push('account')
      return { status: 201, headers: { Location: at('account') }, body: { status: 'valid' } }
    }
    if (path === 'newOrder') {
      const domain = /"value":"([^"]+)"/.exec(JSON.stringify(fields))?.[1] ?? ''
      Object.assign(state, { domain, token: crypto.randomUUID(), checked: 'pending', chain: '' })
      did.push('order')
      return { status: 201, headers: { Location: at('order') }, body: order() }
    }
    if (path === 'authorization') {
      return { body: { status: state.checked, challenges: [{ type: 'dns-01' }, challenge()] } }
    }
    if (path === 'challenge') {
      await check(thumbprint)
      return { body: challenge() }
    }
    if (path === 'finalize') {
      if (state.checked !== 'valid') return 'orderNotReady'
      state.chain = await issue(String(fields?.csr), state.domain)
      did.push('issued')
    }
    return path === 'certificate' ? { body: state.chain } : { body: order() }
  }
  const names = ['newNonce', 'newAccount', 'newOrder']
  const directory = () => Object.fromEntries(names.map((name) => [name, at(name)]))
  return { did, answer, directory }
}

/** Issues what a request in base64url asks for, if it is signed and for the domain. */
async function createIssuer(lifeMs: () => number) {
  const keys = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify'])
  return async (csr: string, domain: string): Promise<string> => {
    const request = new Pkcs10CertificateRequest(Uint8Array.fromBase64(csr, encoding))
    const extension = request.getExtension('2.5.29.17')
    if (extension === null || !(await request.verify())) throw new Error('a bad request')
    const names = new SubjectAlternativeNameExtension(extension.rawData)
    const isRight = names.names.toJSON().every(({ value }) => value === domain)
    if (!isRight) throw new Error('a request for another name')
    const made = await X509CertificateGenerator.create({
      subject: `CN=${domain}`,
      issuer: 'CN=Authority of the tests',
      publicKey: request.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ecdsa,
      notBefore: new Date(),
      notAfter: new Date(Date.now() + lifeMs()),
      extensions: [names],
    })
    return made.toString('pem')
  }
}

function decode(text: string): string {
  return new TextDecoder().decode(Uint8Array.fromBase64(text, encoding))
}
