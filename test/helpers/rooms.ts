import type { Address, Person } from './client'
import { originOf } from './server'

/** What a form of the page sends; gives the answer, redirects not followed. */
export async function sendForm(
  { origin }: Address,
  { cookie }: Person,
  path: string,
  fields: Record<string, string> | URLSearchParams = {},
): Promise<Response> {
  return fetch(origin + path, {
    method: 'POST',
    redirect: 'manual',
    keepalive: false,
    headers: { Cookie: cookie, Origin: originOf({ origin }), 'Accept-Language': 'en' },
    body: new URLSearchParams(fields),
  })
}

/** Makes a room and gives its id. */
export async function makeRoom(
  server: Address,
  owner: Person,
  name: string,
  kind: 'open' | 'closed' = 'open',
): Promise<number> {
  return roomOf(await sendForm(server, owner, '/rooms', { name, topic: '', kind }))
}

/** A member asks people into a room, by their ids; gives the answer. */
export async function inviteTo(
  server: Address,
  by: Person,
  room: number,
  ...users: number[]
): Promise<Response> {
  const fields = new URLSearchParams(users.map((id) => ['user', String(id)]))
  return sendForm(server, by, `/rooms/${room}/invitations`, fields)
}

/** Answers an invitation. */
export async function answerTo(
  server: Address,
  person: Person,
  room: number,
  answer: 'accept' | 'decline' = 'accept',
): Promise<Response> {
  return sendForm(server, person, `/rooms/${room}/invitations/answer`, { answer })
}

/** Makes somebody a member of a room: a member asks, and they accept. */
export async function letIn(
  server: Address,
  by: Person,
  room: number,
  guest: Person,
): Promise<void> {
  const names = { names: guest.nickname }
  await sendForm(server, by, `/rooms/${room}/invitations`, names)
  const { status } = await answerTo(server, guest, room)
  if (status !== 303) throw new Error(`${guest.nickname} was not let in (${status})`)
}

/** The direct room of two people, found or made. */
export async function openDirect(server: Address, person: Person, other: number): Promise<number> {
  return roomOf(await sendForm(server, person, `/direct/${other}`))
}

function roomOf(answer: Response): number {
  const id = Number(/\/rooms\/(\d+)$/.exec(answer.headers.get('location') ?? '')?.[1])
  if (answer.status === 303 && id > 0) return id
  throw new Error(`No room was opened: ${answer.status}`)
}
