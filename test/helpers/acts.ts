import { openSocket, type Person } from './client'
import { sendForm } from './rooms'
import type { RunningServer } from './server'

/** The id of a person. */
export async function idOf(server: RunningServer, person: Person): Promise<number> {
  const socket = await openSocket(server, person)
  await socket.close()
  return socket.hello.user.id
}

/** Somebody with a role does something to a person, as the page of that person sends it. */
export async function actOn(
  server: RunningServer,
  acting: Person,
  act: 'ban' | 'unban' | 'purge' | 'rename' | 'way-back',
  user: number,
  fields: Record<string, string> = {},
): Promise<Response> {
  return sendForm(server, acting, `/admin/person/${act}`, { user: `${user}`, ...fields })
}

/** All cookies that an answer sets, as a browser sends them back with those that it had. */
export function cookiesAfter(answer: Response, before = ''): string {
  const jar = new Map<string, string>()
  const pairs = [...before.split('; '), ...answer.headers.getSetCookie()]
  for (const pair of pairs) {
    const [name = '', value = ''] = (pair.split(';')[0] ?? '').split(/=(.*)/s)
    if (value === '') jar.delete(name)
    else jar.set(name, value)
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
}
