import { openSocket, type Person } from '../helpers/client'
import { fetchAs, sendFile } from '../helpers/files'
import type { RunningServer } from '../helpers/server'

/** What else people do while nothing can be written: reading goes on, the rest is refused. */
export async function probe(server: RunningServer, ada: Person) {
  const readingFailed: string[] = []
  for (const path of [
    '/rooms/1',
    '/rooms/1/messages',
    '/search?q=tide',
    '/rail',
    '/rooms/1/export.txt',
  ]) {
    const answer = await fetchAs(server, ada, path, { Accept: 'application/json' })
    await answer.text()
    if (!answer.ok) readingFailed.push(`${path} (${answer.status})`)
  }
  const reader = await openSocket(server, ada)
  reader.send({ type: 'read', room: 1, seq: 3 })
  const attempts: [name: string, status: number[], attempt: () => Promise<Response>][] = [
    [
      'a post by form',
      [503, 507],
      () => post(server, ada, '/rooms/1/messages', { client_id: 'form-1', content: 'hi' }),
    ],
    ['an upload', [503, 507], () => sendFile(server, ada, new Uint8Array(200_000))],
    ['a new room', [503, 507], () => post(server, ada, '/rooms', { name: 'Harbour' })],
    ['a new name', [503, 507], () => post(server, null, '/session', { nickname: 'Grace' })],
    ['the health check', [503, 507], () => fetchAs(server, null, '/healthz')],
  ]
  const notRefused: string[] = []
  const unexplained: string[] = []
  let msMax = 0
  for (const [name, statuses, attempt] of attempts) {
    const startedAt = performance.now()
    const answer = await attempt()
    const text = await answer.text()
    msMax = Math.max(msMax, performance.now() - startedAt)
    if (answer.ok) notRefused.push(name)
    else if (!statuses.includes(answer.status) || !/server/i.test(text)) {
      unexplained.push(`${name} (${answer.status})`)
    }
  }
  // The marker was not moved, and yet its reader is still there.
  reader.send({ type: 'ping' })
  const isAlive = await reader.until(({ type }) => type === 'pong', 'the pong').catch(() => null)
  if (isAlive === null) readingFailed.push('the socket of a reader')
  else await reader.close()
  return { readingFailed, notRefused, unexplained, msMax }
}

async function post(
  { origin }: RunningServer,
  person: Person | null,
  path: string,
  fields: Record<string, string>,
): Promise<Response> {
  return fetch(origin + path, {
    method: 'POST',
    keepalive: false,
    redirect: 'manual',
    headers: { Origin: origin, 'Accept-Language': 'en', ...(person && { Cookie: person.cookie }) },
    body: new URLSearchParams({ avatar: 'letter', ...fields }),
  })
}
