import { beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { serverForAll, startServer } from '../helpers/server'

const server = serverForAll()
let ada: Person
let eve: Person
let socket: ChatClient
let evesId: number

beforeAll(async () => {
  ada = await signIn(server(), 'Ada')
  eve = await signIn(server(), 'Eve')
  socket = await openSocket(server(), ada)
  const other = await openSocket(server(), eve)
  evesId = other.hello.user.id
  await other.post(1, 'eve', 'Eve says hello')
  await other.close()
})

type Found = {
  messages: { content: string; seq: number }[]
  next: string | null
  complete: boolean
}

async function ask(person: Person, query: string, headers: Record<string, string> = {}) {
  const accept = { Accept: 'application/json', Cookie: person.cookie, ...headers }
  return fetch(`${server().origin}/search?${query}`, { headers: accept })
}

async function find(person: Person, fields: Record<string, string>): Promise<string[]> {
  const answer = await ask(person, new URLSearchParams(fields).toString())
  expect(answer.status).toBe(200)
  const { messages }: Found = await answer.json()
  return messages.map(({ content }) => content)
}

test('S1: operators of other search engines are words, on every route', async () => {
  const signs = ['"', 'AND', 'NEAR(', '*', '-x', '^', '(', '{', 'col:"x"', "'", '\\', '"a', 'a"b"']
  for (const [n, sign] of signs.entries()) {
    await socket.post(1, `s1-${n}`, `sign ${sign} here`)
    const q = new URLSearchParams({ q: sign }).toString()
    for (const headers of [{}, { Accept: 'text/html' }, { 'HX-Request': 'true', Accept: '*/*' }]) {
      expect([sign, (await ask(ada, q, headers)).status]).toEqual([sign, 200])
    }
  }
  for (const sign of ['AND', 'NEAR(', '*', '-x', '^', '{', '\\']) {
    expect(await find(ada, { q: sign })).toContain(`sign ${sign} here`)
  }
  // A NUL was the end of the question for the index, and of the thread that asked it.
  for (const nul of ['%00', 'a%00b', '%22%00%22', 'from:%00', '%ED%A0%80']) {
    expect([nul, (await ask(ada, `q=${nul}`)).status]).toEqual([nul, 200])
  }
})

test('S2: text in other rooms is never found, and costs what nonsense costs', async () => {
  const closed = await makeRoom(server(), ada, 'Closed', 'closed')
  await socket.post(closed, 'canary', 'Only the canarybird knows')
  const direct = await openDirect(server(), ada, evesId)
  await socket.post(direct, 'direct', 'A canarybird for you')
  const mallory = await signIn(server(), 'Mallory')
  for (const accept of ['application/json', 'text/html']) {
    for (const word of ['canarybird', 'canary', 'cana', 'nary', 'rybir', 'Only the']) {
      const found = await (await ask(mallory, `q=${word}`, { Accept: accept })).text()
      const nothing = await (await ask(mallory, `q=xyzzy`, { Accept: accept })).text()
      expect(found.replaceAll(word, 'W').replaceAll(encodeURI(word).replace('%20', '+'), 'W')).toBe(
        nothing.replaceAll('xyzzy', 'W'),
      )
    }
  }
  const same = await (await ask(mallory, `room=${closed}&q=bird`)).text()
  expect(same).toBe(await (await ask(mallory, `room=987&q=bird`)).text())
  expect(await find(eve, { q: 'canarybird' })).toEqual(['A canarybird for you'])
  expect(await find(ada, { q: 'canarybird' })).toEqual([
    'A canarybird for you',
    'Only the canarybird knows',
  ])
})

test('S3: a text that is too long is refused with a sentence', async () => {
  const refused = async (q: string): Promise<[number, string]> => {
    const answer = await ask(ada, new URLSearchParams({ q }).toString())
    const { code = 'none' }: { code?: string } = await answer.json()
    return [answer.status, code]
  }
  expect(await refused('x'.repeat(201))).toEqual([422, 'search_long'])
  expect(await refused('a b '.repeat(20))).toEqual([422, 'search_long'])
  expect(await refused(`a${'\u0301'.repeat(300)}`)).toEqual([422, 'search_long'])
  expect(await refused(`a${'\u0301'.repeat(190)}`)).toEqual([200, 'none'])
  const huge = await ask(ada, `q=${'x'.repeat(200_000)}`).catch(() => ({ status: 431 }))
  expect(huge.status).toBeGreaterThanOrEqual(400)
})

test('S4: wildcards and syntax of other languages are letters', async () => {
  await socket.post(1, 's4', 'fifty % of a_b [sic]')
  for (const q of ['%', '_', '[']) expect(await find(ada, { q })).toEqual(['fifty % of a_b [sic]'])
  for (const q of [`' OR 1=1 --`, 'a%b', 'f_fty']) expect(await find(ada, { q })).toEqual([])
})

test('S5: of fifty searches of one person one runs and one waits; others are served', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(ada, 'q=e&part=results')))
  const by = new Map<number, number>()
  for (const { status } of answers) by.set(status, (by.get(status) ?? 0) + 1)
  expect([...by.keys()].toSorted()).toEqual([200, 409])
  expect(by.get(200)).toBeGreaterThanOrEqual(2)
  const replaced = answers.find(({ status }) => status === 409)
  expect(await replaced?.json()).toMatchObject({
    code: 'search_replaced',
    reason: 'You started a newer search, so this one was stopped.',
  })
  expect(await find(eve, { q: 'says hello' })).toEqual(['Eve says hello'])
})

test('S6: a search sees the latest edits, deletions and removals', async () => {
  const posted = await socket.post(1, 's6', 'the weather is fine')
  if (posted.type !== 'accepted') throw new Error('refused')
  expect(await find(eve, { q: 'weather' })).toEqual(['the weather is fine'])
  const edit = { type: 'message.edit', room: 1, seq: posted.seq, client_id: 'edit' }
  socket.send({ ...edit, content: 'the climate is fine' })
  await socket.until((item) => item.type === 'message.changed', 'the change')
  expect(await find(eve, { q: 'weather' })).toEqual([])
  expect(await find(eve, { q: 'climate' })).toEqual(['the climate is fine'])
  socket.send({ type: 'message.delete', room: 1, seq: posted.seq, client_id: 'delete' })
  await socket.until((item) => item.type === 'message.removed', 'the removal')
  expect(await find(eve, { q: 'climate' })).toEqual([])

  const room = await makeRoom(server(), ada, 'Short stay', 'closed')
  await letIn(server(), ada, room, eve)
  await socket.post(room, 's6-room', 'inside knowledge')
  expect(await find(eve, { q: 'knowledge' })).toEqual(['inside knowledge'])
  await sendForm(server(), ada, `/rooms/${room}/members/remove`, { user: String(evesId) })
  expect(await find(eve, { q: 'knowledge' })).toEqual([])
})

test('scripts get messages as events, page by page', async () => {
  for (let n = 1; n <= 5; n += 1) await socket.post(1, `page-${n}`, `pagination ${n}`)
  const first: Found = await (await ask(ada, 'q=pagination&limit=2')).json()
  expect(first).toMatchObject({
    messages: [
      { type: 'message', room: 1, sender: { nickname: 'Ada' }, content: 'pagination 5' },
      { content: 'pagination 4' },
    ],
    complete: true,
  })
  const second: Found = await (await ask(ada, `q=pagination&limit=9&after=${first.next}`)).json()
  expect(second.messages.map(({ content }) => content)).toEqual([
    'pagination 3',
    'pagination 2',
    'pagination 1',
  ])
  expect(second.next).toBeNull()
})

test('typed filters are filters when they mean something, and words when they do not', async () => {
  const day = new Date().toISOString().slice(0, 10)
  await socket.post(1, 'typed', 'about from:nobody and before:noon http://there.example')
  const found = async (q: string): Promise<boolean> =>
    (await find(ada, { q })).some((text) => text.startsWith('about'))
  for (const q of [
    'from:ada about',
    'FROM:me about',
    'from:"ADA"',
    'in:general about',
    'has:link',
  ]) {
    expect([q, await found(q)]).toEqual([q, true])
  }
  for (const q of [`after:${day}`, `before:${day}`, 'from:eve about', 'has:image', 'has:file']) {
    expect([q, await found(q)]).toEqual([q, false])
  }
  for (const q of [
    'from:nobody',
    'before:noon',
    '"about from:nobody"',
    'before:2999-01-01 about',
  ]) {
    expect([q, await found(q)]).toEqual([q, true])
  }
  const page = await (await ask(ada, 'q=from:eve+hello', { Accept: 'text/html' })).text()
  expect(page).toContain('value="from:eve hello"')
  expect(page).toContain('1 result in 1 room · from ')
  expect(page).not.toMatch(/<option value="\d+" selected/)
  const chosen = await (await ask(ada, `q=hello&sender=${evesId}`, { Accept: 'text/html' })).text()
  expect(chosen).toMatch(new RegExp(`<option value="${evesId}" selected`))
})

test('days are days in the reader’s time zone', async () => {
  const now = new Date()
  const today = now.toISOString().slice(0, 10)
  await socket.post(1, 'tz', 'timezone sample')
  expect(await find(ada, { q: 'timezone', since: today, until: today })).toEqual([
    'timezone sample',
  ])
  expect(await find(ada, { q: 'timezone', when: 'today', tz: 'Asia/Tokyo' })).toEqual([
    'timezone sample',
  ])
  expect(await find(ada, { q: 'timezone', when: 'yesterday' })).toEqual([])
  const ahead = new Date(now.getTime() + 14 * 3_600_000).toISOString().slice(0, 10)
  const other = { q: 'timezone', since: ahead, until: ahead }
  expect(await find(ada, { ...other, tz: '+14:00' })).toEqual(['timezone sample'])
  // A whole day behind them: there it is never the same day.
  expect(await find(ada, { ...other, tz: '-10:00' })).toEqual([])
})

test('without a script the page has the filled form, the results and links', async () => {
  const html = await (await ask(ada, 'q=%3Cb%3Ehello', { Accept: 'text/html' })).text()
  expect(html).toContain('value="&lt;b&gt;hello"')
  expect(html).not.toContain('<b>hello')
  const none = await ask(ada, `q=hello+xyzzy&sender=${evesId}&room=1`, { Accept: 'text/html' })
  const text = await none.text()
  expect(text).toContain('No results for')
  expect(text).toContain(`href="/search?q=hello+xyzzy&amp;room=1"`)
  const hits = await (await ask(ada, `q=eve+says`, { Accept: 'text/html' })).text()
  expect(hits).toContain('<mark>Eve</mark> <mark>says</mark> hello')
  const near = [...hits.matchAll(/class="hit__near" dir="auto"><bdi[^>]*>(\w+)<\/bdi>: ([^<]*)</g)]
  expect(near.map(([, name, text]) => [name, text])).toEqual([['Ada', 'sign &quot; here']])
  expect(hits).toContain('href="/rooms/1/messages/1"')
  expect((await fetch(`${server().origin}/search?q=hello`)).status).toBe(401)
})

test('messages beside a hit are read as in the room: without signs and spoilers', async () => {
  await socket.post(1, 'near-1', 'a | b\n-|-\n1 | 2')
  await socket.post(1, 'near-2', 'needlework')
  await socket.post(
    1,
    'near-3',
    `**fine**, ||he dies|| ${'and so on '.repeat(95)}||the last secret||`,
  )
  const html = await (await ask(ada, 'q=needlework', { Accept: 'text/html' })).text()
  const near = [...html.matchAll(/class="hit__near" dir="auto"><bdi[^>]*>\w+<\/bdi>: ([^<]*)</g)]
  const [before, after = ''] = near.map(([, text]) => text)
  expect(before).toBe('a b 1 2')
  expect(after).toStartWith('fine, █████ and so on')
  expect(html).not.toMatch(/he dies|secret/)
})

test('the executable contains the reader thread', async () => {
  await using compiled = await startServer({ compiled: true })
  const bob = await signIn(compiled, 'Bob')
  const bobs = await openSocket(compiled, bob)
  await bobs.post(1, 'a', 'inside the executable')
  const headers = { Accept: 'application/json', Cookie: bob.cookie }
  const answer = await fetch(`${compiled.origin}/search?q=executable`, { headers })
  expect(await answer.json()).toMatchObject({ messages: [{ content: 'inside the executable' }] })
  await bobs.close()
  expect(await compiled.stop()).toBe(0)
})
