import type { DoorMode, DoorRequest, ServerRole } from '../../src/store/store'
import { type Address, type Person, readJson } from './client'
import { askDatabase } from './database'
import { sendFrom } from './devices'
import { sendForm } from './rooms'

type WithData = Address & { readonly data: string }

/** Gives somebody a role on the server, without an owner. */
export async function promote(
  server: WithData,
  { nickname }: Person,
  role: ServerRole,
): Promise<void> {
  const sql = 'UPDATE users SET role = ? WHERE nickname = ? AND left_at IS NULL'
  await askDatabase(server, sql, role, nickname)
}

/** Sets how newcomers come in, as an owner does in the page. */
export async function setDoor(
  server: Address,
  owner: Person,
  mode: DoorMode,
  password = '',
): Promise<void> {
  const { status } = await sendForm(server, owner, '/admin/door', { mode, password })
  if (status !== 303) throw new Error(`The door was not set: ${status}`)
}

/** Makes an invitation link; gives its token. */
export async function makeInvitation(
  server: Address,
  by: Person,
  fields: { uses?: string; days?: string; room?: string } = {},
): Promise<string> {
  const answer = await sendForm(server, by, '/admin/invitations', fields)
  const token = /readonly[^>]* value="[^"]*\/invite\/([\w-]{22})"/.exec(await answer.text())?.[1]
  if (answer.status === 200 && token !== undefined) return token
  throw new Error(`No link was made: ${answer.status}`)
}

/** The code that somebody shows on a screen; null where there is none. */
export async function codeOf({ origin }: Address, by: Person): Promise<string | null> {
  const page = await (await fetch(`${origin}/join`, { headers: { Cookie: by.cookie } })).text()
  return /id="door-code">\s*([^<]+?)\s*</.exec(page)?.[1] ?? null
}

/** What becomes of a newcomer: the answer, and who they are, if they are in. */
export async function comeIn(
  server: Address,
  nickname: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
) {
  const form = { nickname, avatar: 'letter', ...fields }
  const answer = await sendFrom(server, '/session', headers, form)
  const cookie = cookieOf(answer, /^chatroom_[0-9a-f]+=./)
  const person: Person | null = cookie === undefined ? null : { nickname, cookie }
  const to = answer.headers.get('location')
  return { status: answer.status, person, to, page: await answer.text() }
}

/** Asks to come in; gives the cookie with which the newcomer waits, or the status. */
export async function askAtDoor(
  server: Address,
  nickname: string,
  line = '',
  headers: Record<string, string> = {},
): Promise<string | number> {
  const form = { nickname, avatar: 'letter', line }
  const answer = await sendFrom(server, '/session', headers, form)
  return cookieOf(answer, /^chatroom_[0-9a-f]+_request=./) ?? answer.status
}

/** Who waits, as somebody sees it who may let them in. */
export async function requestsSeenBy(server: Address, by: Person): Promise<DoorRequest[]> {
  const { requests } = Object.assign(
    { requests: [] as DoorRequest[] },
    await readJson(server, by, '/admin/door'),
  )
  return requests
}

/** Answers the newcomer with a name; gives the status. */
export async function answerAtDoor(
  server: Address,
  by: Person,
  nickname: string,
  answer: 'in' | 'out' = 'in',
): Promise<number> {
  const found = (await requestsSeenBy(server, by)).find((one) => one.nickname === nickname)
  const fields = { request: String(found?.id ?? 0), answer }
  return (await sendForm(server, by, '/admin/door/answer', fields)).status
}

/** Enters with a request that was granted; null when it was not. */
export async function enterFromDoor(
  server: Address,
  cookie: string | number,
  nickname = '',
): Promise<Person | null> {
  const answer = await sendFrom(server, '/door', { cookie: String(cookie) })
  const session = cookieOf(answer, /^chatroom_[0-9a-f]+=./)
  return answer.status === 303 && session !== undefined ? { nickname, cookie: session } : null
}

function cookieOf(answer: Response, shape: RegExp): string | undefined {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .find((pair) => shape.test(pair))
}
