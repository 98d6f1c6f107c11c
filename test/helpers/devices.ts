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
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .find((pair) => /^chatroom_[0-9a-f]+=./.test(pair))
  if (answer.status === 303 && cookie !== undefined) return { nickname, cookie }
  throw new Error(`${nickname} did not come back: ${answer.status}`)
}
