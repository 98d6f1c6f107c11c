import type { Address, Person } from './client'
import { sendForm } from './rooms'
import { originOf } from './server'

/** Makes a recovery code as the page does, and gives it. */
export async function makeCode(server: Address, person: Person): Promise<string> {
  const answer = await sendForm(server, person, '/code', { from: 'devices' })
  const code = /<output[^>]*>\s*([^<]+?)\s*<\/output>/.exec(await answer.text())?.[1]
  if (answer.status === 200 && code !== undefined) return code
  throw new Error(`No code was made: ${answer.status}`)
}

/** What the sign-in form answers to a name with a code, from a browser with these headers. */
export async function tryCode(
  { origin }: Address,
  nickname: string,
  code: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${origin}/session`, {
    method: 'POST',
    redirect: 'manual',
    keepalive: false,
    headers: { Origin: originOf({ origin }), 'Accept-Language': 'en', ...headers },
    body: new URLSearchParams({ nickname, avatar: 'letter', code, back: 'yes' }),
  })
}

/** Signs in on another device with a code; fails when it is refused. */
export async function comeBack(
  server: Address,
  nickname: string,
  code: string,
  headers: Record<string, string> = {},
): Promise<Person> {
  const answer = await tryCode(server, nickname, code, headers)
  const cookie = cookieOf(answer, /^(__Host-)?chatroom_[0-9a-f]+=./)
  if (answer.status === 303 && cookie !== undefined) return { nickname, cookie }
  throw new Error(`${nickname} did not come back: ${answer.status}`)
}

/** The words of a page that a form or an address gives to somebody, in English. */
export async function pageOf(
  { origin }: Address,
  cookie: string,
  path: string,
  language = 'en',
): Promise<string> {
  const headers = { Cookie: cookie, 'Accept-Language': language }
  return (await fetch(origin + path, { headers })).text()
}

/** Makes a link for another device as the page does; gives its path, without the base path. */
export async function makeLink(server: Address, person: Person): Promise<string> {
  const answer = await sendForm(server, person, '/devices/link')
  const url = /readonly[^>]* value="([^"]+)"/.exec(await answer.text())?.[1]
  const path = /\/device\/[\w-]{22}$/.exec(url ?? '')?.[0]
  if (answer.status === 200 && path !== undefined) return path
  throw new Error(`No link was made: ${answer.status}`)
}

/** What a browser gets that sends a form without a session, or with the cookies that it has. */
export async function sendFrom(
  { origin }: Address,
  path: string,
  { cookie = '', ...headers }: Record<string, string> = {},
  fields: Record<string, string> = {},
): Promise<Response> {
  return fetch(origin + path, {
    method: 'POST',
    redirect: 'manual',
    keepalive: false,
    headers: {
      Origin: originOf({ origin }),
      'Accept-Language': 'en',
      ...(cookie === '' ? {} : { Cookie: cookie }),
      ...headers,
    },
    body: new URLSearchParams(fields),
  })
}

/** Claims a link on a new device; gives the cookie with which it waits. */
export async function claimLink(
  server: Address,
  link: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await sendFrom(server, link, headers)
  const cookie = cookieOf(answer, /^chatroom_[0-9a-f]+_claim=./)
  if (answer.status === 303 && cookie !== undefined) return cookie
  throw new Error(`The link was not claimed: ${answer.status}`)
}

/** Answers the device that asks a person, as the page of their devices does. */
export async function answerDevice(
  server: Address,
  person: Person,
  answer: 'allow' | 'refuse' = 'allow',
): Promise<Response> {
  const claim = await claimOf(server, person)
  return sendForm(server, person, '/devices/asked', { claim, answer })
}

/** What the page of a person's devices says of the claim that it asks about. */
export async function claimOf(server: Address, person: Person): Promise<string> {
  const page = await pageOf(server, person.cookie, '/devices')
  return /name="claim" value="([0-9a-f]{64})"/.exec(page)?.[1] ?? ''
}

/** Enters with a claim that was allowed; gives the person on the new device, or null. */
export async function enterWith(
  server: Address,
  claim: string,
  headers: Record<string, string> = {},
): Promise<Person | null> {
  const answer = await sendFrom(server, '/device', { cookie: claim, ...headers })
  const cookie = cookieOf(answer, /^(__Host-)?chatroom_[0-9a-f]+=./)
  return answer.status === 303 && cookie !== undefined ? { nickname: '', cookie } : null
}

/** Adds a device to a person by a link. */
export async function addDevice(
  server: Address,
  person: Person,
  headers: Record<string, string> = {},
): Promise<Person> {
  const claim = await claimLink(server, await makeLink(server, person), headers)
  await answerDevice(server, person)
  const added = await enterWith(server, claim, headers)
  if (added === null) throw new Error(`${person.nickname} got no other device`)
  return { ...added, nickname: person.nickname }
}

function cookieOf(answer: Response, shape: RegExp): string | undefined {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .find((pair) => shape.test(pair))
}
