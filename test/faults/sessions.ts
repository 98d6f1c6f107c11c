import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { history, type Person, signIn } from '../helpers/client'
import { fetchAs, sendFile } from '../helpers/files'
import { sendForm } from '../helpers/rooms'
import { sendRaw, upgradeRequest } from '../helpers/raw'
import { type RunningServer, startServer } from '../helpers/server'
import { attackFrom, readWins } from './forgery'
import { below, type FaultTest, type Figures, unlike } from './promise'
import { addressOf, enter } from '../browser/pages/chat-page'

/** The planted fault: the hostile page is one of the server. */
type Size = { fromInside?: boolean }

/** T10: sessions that were chosen, replayed, used by other sites' pages, or looked for on disk. */
export const unstolen: FaultTest<Size> = {
  id: 'P10',
  says: 'A session cannot be fixed, stolen by a page, used after log-out, or found on the disk.',
  small: {},
  full: {},
  run,
  broken: (figures) => [
    ...unlike(figures, { forged: 0, readByOthers: 0, fixed: 0, replayed: 0, weakCookies: 0 }),
    ...unlike(figures, { foundOnDisk: 0, foundInLog: 0, readByScript: false }),
    ...below(figures, { replays: 20, crossSiteTries: 10 }),
  ],
  control: () => run({ fromInside: true }),
}

async function run({ fromInside = false }: Size): Promise<Figures> {
  await using server = await startServer()
  if (fromInside) return await tryFromOtherPages(server, fromInside)
  const people = [await signIn(server, 'Ada'), await signIn(server, 'Grace')]
  const figures = {
    ...(await tryFromOtherPages(server)),
    ...(await fixSession(server)),
    ...(await replayAll(server)),
    weakCookies: await countWeakCookies(server),
  }
  // Without a goodbye, so that the log of the database is there to be searched, too.
  await server.kill()
  const values = people.map(({ cookie }) => cookie.split('=')[1] ?? '')
  return {
    ...figures,
    foundOnDisk: values.filter((value) => filesHold(server.data, value)).length,
    foundInLog: values.filter((value) => server.log().includes(value)).length,
  }
}

/** A real browser that is signed in visits pages of another port and of another host. */
async function tryFromOtherPages(server: RunningServer, fromInside = false) {
  const page = await enter(server.port, 'Victim', 'a')
  const origin = addressOf(server.port, 'a', '')
  const readByScript = await page.evaluate<boolean>(`/chatroom_[0-9a-f]+=/.test(document.cookie)`)
  const hostile = Bun.serve({
    port: 0,
    fetch: () => new Response('<!doctype html><title>hostile</title>', { headers: html }),
  })
  let [wins, crossSiteTries] = [0, 0]
  // Cookies know no ports: to the browser the first of them is the server itself.
  for (const host of fromInside ? ['a'] : ['a', 'evil']) {
    if (!fromInside) await page.goto(addressOf(hostile.port ?? 0, host))
    crossSiteTries += await page.evaluate<number>(attackFrom(origin, host))
    wins += await readWins(page)
  }
  page.close()
  await hostile.stop(true)
  const reader = await signIn(server, 'Reader')
  const said = await history(server, reader, 1)
  const forged = said.filter(({ content }) => content.startsWith('forged')).length
  return { crossSiteTries, forged, readByOthers: wins, readByScript }
}

const html = { 'Content-Type': 'text/html' }

/** Somebody plants a cookie before a person joins: it must not become theirs. */
async function fixSession(server: RunningServer): Promise<{ fixed: number }> {
  const { cookie } = await signIn(server, 'Planter')
  const [name = ''] = cookie.split('=')
  const planted = [`${name}=${'A'.repeat(43)}`, `${name}=`, cookie]
  let fixed = 0
  for (const [n, known] of planted.entries()) {
    const answer = await fetch(`${server.origin}/session`, {
      method: 'POST',
      redirect: 'manual',
      headers: { Origin: server.origin, Cookie: known },
      body: new URLSearchParams({ nickname: `Fixed ${n}x`, avatar: 'letter' }),
    })
    const given = answer.headers.getSetCookie()[0]?.split(';')[0]
    if (given === undefined || given === known) fixed += 1
    if (known !== cookie && (await countOpen(server, { nickname: '', cookie: known })) > 0)
      fixed += 1
  }
  return { fixed }
}

/** Cookies that are over: after log-out, after another sign-in, and with other letters. */
async function replayAll(server: RunningServer): Promise<{ replays: number; replayed: number }> {
  const left = await signIn(server, 'Leaver')
  await sendForm(server, left, '/session/end')
  const first = await signIn(server, 'Twice')
  await fetch(`${server.origin}/session`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: server.origin, Cookie: first.cookie },
    body: new URLSearchParams({ nickname: 'Twice', avatar: 'letter' }),
  })
  const { cookie } = await signIn(server, 'Other case')
  const swapped = {
    nickname: '',
    cookie: cookie.replace(/=(.*)/, (_, value: string) => `=${swapCase(value)}`),
  }
  let replayed = 0
  const over = [left, first, swapped]
  for (const person of over) replayed += await countOpen(server, person)
  return { replays: over.length * routeCount, replayed }
}

function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, (sign) =>
    sign === sign.toLowerCase() ? sign.toUpperCase() : sign.toLowerCase(),
  )
}

const reads = [
  '/rooms/1',
  '/rooms/1/messages',
  '/rooms/1/changes',
  '/rooms/1/export.txt',
  '/search?q=a',
]
const routeCount = reads.length + 3

/** By how many routes a cookie still lets somebody in. */
async function countOpen(server: RunningServer, person: Person): Promise<number> {
  let open = 0
  for (const path of reads) {
    const answer = await fetchAs(server, person, path, { Accept: 'application/json' })
    if (answer.status !== 401) open += 1
  }
  const body = { client_id: crypto.randomUUID(), content: 'forged by a replay' }
  if ((await sendForm(server, person, '/rooms/1/messages', body)).status !== 401) open += 1
  if ((await sendFile(server, person, 'x')).status !== 401) open += 1
  const upgraded = await sendRaw(server, upgradeRequest(server, { Cookie: person.cookie }))
  return upgraded.startsWith('HTTP/1.1 401') ? open : open + 1
}

/** Cookies that a script could read, another site could use, or plain HTTP could carry. */
async function countWeakCookies(server: RunningServer): Promise<number> {
  await using behind = await startServer({ flags: ['--trust-proxy'] })
  const join = async (server: RunningServer, headers: Record<string, string>): Promise<string> => {
    const answer = await fetch(`${server.origin}/session`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: new URLSearchParams({ nickname: 'Cookie reader', avatar: 'letter' }),
    })
    return answer.headers.getSetCookie().join('\n')
  }
  const secure = { 'X-Forwarded-Proto': 'https', Origin: behind.origin.replace('http', 'https') }
  const plain = await join(server, { Origin: server.origin })
  const safe = await join(behind, secure)
  const flags = [/; HttpOnly/i, /; SameSite=Lax/i, /; Path=\//i]
  const isWeak = [
    ...[plain, safe].flatMap((cookie) => flags.map((flag) => !flag.test(cookie))),
    !/^__Host-/.test(safe),
    !/; Secure/i.test(safe),
    /; Domain/i.test(plain + safe),
  ]
  return isWeak.filter(Boolean).length
}

function filesHold(folder: string, value: string): boolean {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some(
    (entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(value),
  )
}
