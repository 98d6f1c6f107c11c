import type { Person } from '../../helpers/client'
import type { RunningServer } from '../../helpers/server'
import type { Attack } from './attacks-thread'

/** Somebody elsewhere who wants what the attackers want; `room` is their own. */
export type Rival = { person: Person; room: number }

type Wish = { path: string; method?: string; body?: string; isAgainAtOnce?: boolean }

/** What the rival asks for during an attack, in turns. */
const wishes: { [attack in Attack]?: (rival: Rival) => Wish[] } = {
  searches: ({ room }) => [
    { path: '/search?q=the', isAgainAtOnce: true },
    { path: '/search?q=e', isAgainAtOnce: true },
    { path: `/rooms/${room}/settings`, isAgainAtOnce: true },
  ],
  exports: ({ room }) => [{ path: `/rooms/${room}/export.txt` }],
  fullSlots: () => [{ path: '/attachments', method: 'POST', body: 'a small file' }],
  skipped: () => [{ path: '/attachments', method: 'POST', body: 'a small file' }],
  rails: ({ room }) => [{ path: '/rail' }, { path: '/rooms' }, { path: `/rooms/${room}/settings` }],
}

/** How long the answers took, and how many were searches, were refusals, or did not come. */
type Competed = { waits: number[]; searches: number; errors: number }

/** Asks for what the attackers want, again and again, until it is over. */
export async function compete(
  server: RunningServer,
  rival: Rival,
  attack: Attack,
  { everyMs, over }: { everyMs: number; over: Promise<unknown> },
): Promise<Competed> {
  const competed: Competed = { waits: [], searches: 0, errors: 0 }
  const own = wishes[attack]?.(rival) ?? []
  let isOver = own.length === 0
  void over.finally(() => (isOver = true))
  for (let n = 0; !isOver; n += 1) {
    const wish = own[n % own.length]
    if (wish === undefined) break
    const startedAt = performance.now()
    const status = await ask(server, rival.person, wish)
    // Who asks at once again and again is told to wait, as the attackers are.
    if (status === 429 && wish.isAgainAtOnce === true) await Bun.sleep(250)
    else if (status >= 200 && status < 300) {
      competed.waits.push(performance.now() - startedAt)
      if (wish.path.startsWith('/search')) competed.searches += 1
    } else competed.errors += 1
    if (wish.isAgainAtOnce !== true) {
      await Bun.sleep(Math.max(0, startedAt + everyMs - performance.now()))
    }
  }
  return competed
}

async function ask(server: RunningServer, { cookie }: Person, wish: Wish): Promise<number> {
  const { path, method = 'GET', body = null } = wish
  const from = { 'X-Forwarded-For': '10.9.9.9', Origin: server.origin }
  const headers = { Cookie: cookie, Accept: 'application/json', ...from }
  try {
    const answer = await fetch(server.origin + path, { method, body, headers, keepalive: false })
    await answer.text()
    return answer.status
  } catch {
    return 0
  }
}
