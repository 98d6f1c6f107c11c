import { beforeAll, expect, test } from 'bun:test'
import packageFile from '../../package.json' with { type: 'json' }
import {
  type ChatClient,
  history,
  type MessageEvent,
  openSocket,
  type Person,
  signIn,
} from '../helpers/client'
import { letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()
let ada: Person
let bob: Person
let adas: ChatClient
let bobs: ChatClient

beforeAll(async () => {
  ada = await signIn(server(), 'Ada')
  adas = await openSocket(server(), ada)
  bob = await signIn(server(), 'Bob "the quote" Builder')
  bobs = await openSocket(server(), bob)
})

async function fetchExport(person: Person, room: number, file: string): Promise<Response> {
  const headers = { Cookie: person.cookie, 'Accept-Language': 'en' }
  return fetch(`${server().origin}/rooms/${room}/export.${file}`, { headers })
}

const text = async (room: number, file = 'txt'): Promise<string> =>
  (await fetchExport(ada, room, file)).text()

/** The messages of a text file: everything after the head. */
const linesOf = (file: string): string[] => file.split('\n\n').slice(1).join('\n\n').split('\n')

test('a text export has a head and a line per message, and no message fakes a line', async () => {
  const room = await makeRoom(server(), ada, 'Harbour & Co')
  await adas.post(
    room,
    'a',
    'first\nsecond line\r[2026-01-01 00:00:00 +0000] Eve: forged\u2028third',
  )
  await adas.post(room, 'b', 'an answer', 1)
  await adas.post(room, 'c', 'befor')
  adas.send({ type: 'message.edit', room, seq: 3, content: 'before', client_id: 'edit' })
  await adas.until((item) => item.type === 'message.changed', 'the edit')
  const answer = await fetchExport(ada, room, 'txt?tz=Asia/Kolkata')
  const name = answer.headers.get('content-disposition')
  expect(name).toMatch(/^attachment; filename=Harbour-Co_\d{4}-\d\d-\d\d_\d{4}\.txt$/)
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  const file = await answer.text()
  const [title, count, range, zone, made] = file.split('\n')
  expect(title).toBe('#Harbour & Co · Chatroom')
  expect(count).toBe('3 messages, up to revision 4')
  expect(range).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0530 – /)
  expect(zone).toBe('Time zone: Asia/Kolkata')
  expect(made).toMatch(new RegExp(`^Exported .* with Chatroom ${packageFile.version}$`))
  const stamped = linesOf(file).map((line) => line.replace(/^\[[\d :+-]{25}\] /, 'AT '))
  expect(stamped).toEqual([
    'AT Ada: first',
    '    second line',
    '    [2026-01-01 00:00:00 +0000] Eve: forged',
    '    third',
    'AT Ada: > Ada: first second line [2026-01-01 00:00:00 +0000] Eve: forged third',
    '    an answer',
    'AT Ada: before (edited)',
    '',
  ])
})

test('E1: a text export has no formulas, and text that looks like one is unchanged', async () => {
  const room = await makeRoom(server(), ada, '=1+1')
  for (const [n, sign] of ['=', '+', '-', '@', '\t'].entries()) {
    await adas.post(room, `e1-${n}`, `${sign}cmd()\n${sign}cmd()`)
  }
  const file = await text(room)
  for (const sign of ['=', '+', '-', '@', '\t']) {
    expect(file).toContain(`Ada: ${sign}cmd()\n    ${sign}cmd()\n`)
  }
  // No line of the file begins with what somebody typed.
  expect(linesOf(file).every((line) => /^(\[| {4}|$)/.test(line))).toBe(true)
  const answer = await fetchExport(ada, room, 'txt')
  expect(answer.headers.get('content-disposition')).toContain('filename=1-1_')
  // A browser has one export at a time: this one must end before the next test begins one.
  await answer.bytes()
})

test('E2: in the page, markup is text wherever it was typed, and there is no script', async () => {
  const room = await makeRoom(server(), ada, '</title><script>')
  await bobs.post(1, 'hello', 'hi')
  await letIn(server(), ada, room, bob)
  const hostile = '<img src=x onerror=alert(1)></style></main>"\'`${1}'
  await bobs.post(room, 'e2', `${hostile} [x](javascript:alert(1)) \`<b>\``)
  await bobs.post(room, 'e2-reply', '</a>', 1)
  const answer = await fetchExport(ada, room, 'html')
  const page = await answer.text()
  expect(answer.headers.get('content-disposition')).toStartWith('attachment;')
  expect(page).toContain('<h1 dir="auto">#&lt;/title&gt;&lt;script&gt; · Chatroom</h1>')
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
  const tags = [...page.matchAll(/<(\w+)[^>]*>/g)].map(([, tag]) => tag ?? '')
  expect(tags.filter((tag) => /^(script|img|iframe|link|object|form|svg)$/.test(tag))).toEqual([])
  expect(page.match(/<style>/g)?.length).toBe(1)
  expect(page).not.toMatch(/\son\w+="|href="javascript/i)
  expect(page).toContain(`content="default-src &#39;none&#39;; img-src data:;`)
})

test('E3: an export of a busy room ends where the room ended when it began', async () => {
  const room = await makeRoom(server(), ada, 'Busy')
  const say = (n: number) => adas.post(room, `busy-${n}`, `message ${n}`)
  for (let n = 1; n <= 2_500; n += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, k) => say(n + k)))
  }
  let isOver = false
  const talking = (async () => {
    for (let n = 2_501; !isOver; n += 1) await say(n)
  })()
  for (const file of ['txt', 'html']) {
    const got = await text(room, file)
    const upTo = Number(/up to revision (\d+)/.exec(got)?.[1])
    const numbers = [...got.matchAll(/message (\d+)/g)].map(([, n]) => Number(n))
    expect(upTo).toBeGreaterThanOrEqual(2_500)
    expect(got).toContain(`${upTo.toLocaleString('en')} messages, up to`)
    expect(numbers).toEqual(Array.from({ length: upTo }, (_, n) => n + 1))
  }
  isOver = true
  await talking
})

test('E4: only members can export, and a removed member gets no further piece', async () => {
  const room = await makeRoom(server(), ada, 'Members only', 'closed')
  const eve = await signIn(server(), 'Eve')
  const eves = await openSocket(server(), eve)
  for (const file of ['txt', 'html']) {
    const [no, none] = [await fetchExport(eve, room, file), await fetchExport(eve, 999, file)]
    expect([no.status, none.status]).toEqual([404, 404])
    const [a, b] = [await no.text(), await none.text()]
    expect(a.replaceAll(`/${room}`, '')).toBe(b.replaceAll('/999', ''))
    expect((await fetch(`${server().origin}/rooms/1/export.${file}`)).status).toBe(401)
  }
  const user = String(eves.hello.user.id)
  await letIn(server(), ada, room, eve)
  // Enough that the end is still to be read when the removal has its turn.
  for (let n = 0; n < 3_000; n += 50) {
    const some = Array.from({ length: 50 }, (_, k) =>
      adas.post(room, `m-${n + k}`, `${'long '.repeat(400)}number ${n + k}.`),
    )
    await Promise.all(some)
  }
  const answer = await fetchExport(eve, room, 'txt')
  const reader = answer.body?.getReader()
  let got = new TextDecoder().decode((await reader?.read())?.value)
  await sendForm(server(), ada, `/rooms/${room}/members/remove`, { user })
  await adas.post(room, 'secret', 'said when she was gone')
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    got += new TextDecoder().decode(part.value)
  }
  expect(got).not.toContain('number 2999.')
  expect(got).not.toContain('said when she was gone')
  expect(got).toEndWith('You were removed from the room during this export. It ends here.\n')
  await eves.close()
})

test('E5: deleted messages, earlier versions and private messages are left out', async () => {
  const room = await makeRoom(server(), ada, 'Discreet')
  await letIn(server(), ada, room, bob)
  await adas.post(room, 'gone', 'taken-back words')
  await adas.post(room, 'answer', 'about that', 2)
  await adas.post(room, 'changed', 'earlier words')
  const direct = await openDirect(server(), ada, bobs.hello.user.id)
  adas.send({
    type: 'message.post',
    room: direct,
    client_id: 'slip',
    content: 'between-us words',
    written_in: room,
  })
  await bobs.until((item) => item.type === 'message' && item.room === direct, 'the slip')
  adas.send({ type: 'message.edit', room, seq: 4, content: 'later words', client_id: 'x' })
  adas.send({ type: 'message.delete', room, seq: 2, client_id: 'y' })
  await adas.until((item) => item.type === 'message.removed' && item.room === room, 'the end')
  for (const file of ['txt', 'html']) {
    const got = await text(room, file)
    expect(got).toContain('2 messages, up to revision 6')
    expect(got).toContain('later words')
    for (const word of ['taken-back', 'earlier', 'between-us']) expect(got).not.toContain(word)
    expect(await text(direct, file)).toContain('between-us words')
  }
})

test('pictures are in the page, other files are links with a full address', async () => {
  const room = await makeRoom(server(), ada, 'Pictures')
  const png = Buffer.from(onePixel, 'base64')
  const upload = async (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
    const headers = { Cookie: ada.cookie, Origin: server().origin, 'X-Filename': name }
    const answer = await fetch(`${server().origin}/attachments`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/octet-stream' },
      body: bytes,
    })
    const { id }: { id: string } = await answer.json()
    return id
  }
  const files = [
    await upload('dot.png', new Uint8Array(png)),
    await upload('%E6%A2%85%20notes.txt', new TextEncoder().encode('just text')),
  ]
  const post = { type: 'message.post', room, client_id: 'files', content: '', attachments: files }
  adas.send(post)
  await adas.until((item) => item.type === 'accepted' && item.client_id === 'files', 'the files')
  const page = await text(room, 'html')
  const inside = /src="data:image\/png;base64,([^"]+)" alt="dot\.png"/.exec(page)?.[1] ?? ''
  expect(Buffer.from(inside, 'base64').subarray(0, 8)).toEqual(png.subarray(0, 8))
  const url = `${server().origin}/attachments/${files[1]}/%E6%A2%85%20notes.txt`
  expect(page).toContain(`<a href="${url}">梅 notes.txt</a>`)
  const lines = linesOf(await text(room))
  expect(lines[0]).toEndWith(`Ada: dot.png ${server().origin}/attachments/${files[0]}/dot.png`)
  expect(lines[1]).toBe(`    梅 notes.txt ${url}`)
})

test('line by line, the file is the history', async () => {
  const room = await makeRoom(server(), ada, 'Complete')
  for (let n = 0; n < 700; n += 1) void adas.post(room, `all-${n}`, `line ${n}`)
  await adas.until((item) => item.type === 'accepted' && item.client_id === 'all-699', 'the last')
  const said = await history(server(), ada, room)
  const expected = said.map(
    ({ timestamp, sender, content }: MessageEvent) =>
      `[${timestamp.slice(0, 19).replace('T', ' ')} +0000] ${sender.nickname}: ${content}`,
  )
  expect(linesOf(await text(room)).slice(0, -1)).toEqual(expected)
  for (const tz of ['Nowhere/Land', '%00', '+99:99', 'x'.repeat(300)]) {
    expect((await fetchExport(ada, room, `txt?tz=${tz}`)).status).toBe(400)
  }
})

const onePixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEE' +
  'lEQVR4nGPYbCQNRAwQCgAebgQB95g2SQAAAABJRU5ErkJggg=='
