import type { Address, Person } from './client'
import { originOf } from './server'

/** What a form of the page sends; gives the answer, redirects not followed. */
export async function sendForm(
  { origin }: Address,
  { cookie }: Person,
  path: string,
  fields: Record<string, string> = {},
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

/** The direct room of two people, found or made. */
export async function openDirect(server: Address, person: Person, other: number): Promise<number> {
  return roomOf(await sendForm(server, person, `/direct/${other}`))
}

function roomOf(answer: Response): number {
  const id = Number(/\/rooms\/(\d+)$/.exec(answer.headers.get('location') ?? '')?.[1])
  if (answer.status === 303 && id > 0) return id
  throw new Error(`No room was opened: ${answer.status}`)
}
