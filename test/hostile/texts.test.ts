import { afterAll, beforeAll, expect, test } from 'bun:test'
import { limits } from '../../src/shared/limits'
import { isPlanted, note } from '../faults/by-tests'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { isFull, someOf } from '../helpers/size'
import { beacon, hostileTexts } from './texts'
import { waitUntil } from '../helpers/wait'
import { type ChatPage, addressOf, enter, expectNoProblems } from '../browser/pages/chat-page'

/** T12: whatever somebody types stays text, wherever it stands. */
let server: RunningServer
let ada: ChatPage
let eve: ChatClient
const seqs: number[] = []
const answers: [n: number, seq: number][] = []

beforeAll(async () => {
  server = await startServer()
  eve = await openSocket(server, await signIn(server, 'Eve'))
  ada = await enter(server.port, 'Ada', 'a')
  await arm()
})

afterAll(async () => {
  await eve.close()
  ada.close()
  await server.dispose()
})

/** A dialog that opened, or a thing that ran, is counted. */
async function arm(): Promise<void> {
  await ada.evaluate(`(window.ran = 0, ['alert', 'confirm', 'prompt', 'open', 'print'].forEach(
    (name) => { window[name] = () => { window.ran += 1 } }), 1)`)
}

/** Texts of messages, or of the lines that quote them, by place. */
const texts = (selector: string): string => `Object.fromEntries(
  [...document.querySelectorAll('#timeline > .msg')].map((row) =>
    [row.dataset.seq, row.querySelector('${selector}')?.textContent]))`

/** The parser of HTML makes every line break a single sign. */
const lines = (text: string): string => text.replaceAll('\r\n', '\n')

const line = (text: string): string =>
  Array.from(text.replace(/\s+/g, ' ').trim()).slice(0, limits.quoteLettersMax).join('')

async function expectLiteral(): Promise<void> {
  const shown = await ada.evaluate<Record<string, string>>(texts('.msg__body'))
  for (const [n, seq] of seqs.entries()) {
    const text = shown[seq]
    if (text !== undefined) expect({ n, text }).toEqual({ n, text: lines(wanted(n)) })
  }
}

function wanted(n: number): string {
  return hostileTexts[n]?.shown ?? ''
}

/** Nothing ran, nothing was fetched, no policy had to step in, and the page is whole. */
async function expectUnharmed(): Promise<void> {
  if (isPlanted) await becomeMarkup()
  const ran = await ada.evaluate<number>('window.ran')
  const fetched = ada.requests.filter(({ url }) => url.includes(beacon))
  note({ ran, fetched: fetched.length, policyReports: ada.problems.length })
  expect(ran).toBe(0)
  expectNoProblems(ada)
  expect(fetched).toEqual([])
  expect(await ada.evaluate<string[]>(foreign)).toEqual([])
  const single = ['composer', 'timeline', 'people-list', 'rooms', 'tools', 'panel']
  const counts = single.map((id) => `document.querySelectorAll('[id=${id}]').length`)
  expect(await ada.evaluate<number[]>(`[${counts.join()}]`)).toEqual(single.map(() => 1))
  expect(await ada.part('#people-list').shownText()).not.toContain(beacon)
}

/** What a careless page would do with the last text. */
async function becomeMarkup(): Promise<void> {
  await ada.evaluate(`(document.querySelector('#timeline > .msg:last-child .msg__body').innerHTML =
    '<img src="/beacon">', 1)`)
  await waitUntil(() => ada.requests.some(({ url }) => url.includes(beacon)), 'the beacon')
}

/** Elements and attributes in messages that our own reader of texts does not make. */
const foreign = `[...document.querySelectorAll('.msg__body *, .quote *')].flatMap((each) => {
  const tags = 'p strong em s code pre blockquote ul ol li a span b bdi button div table'.split(' ')
  const written = 
    'class href target rel dir start type title tabindex translate data-language data-person'
  const attributes = written.split(' ')
  const names = each.getAttributeNames().filter((name) => !attributes.includes(name))
  const isKnown = tags.includes(each.localName) && names.length === 0
  const isSafe = each.localName !== 'a' || /^(https?|mailto):/.test(each.href)
  return isKnown && isSafe ? [] : [each.outerHTML.slice(0, 200)]
})`

test('two hundred hostile texts arrive in an open page as they were typed', async () => {
  expect(hostileTexts.length).toBe(200)
  note({ texts: hostileTexts.length })
  const all = await Promise.all(hostileTexts.map(({ text }, n) => eve.post(1, `h-${n}`, text)))
  for (const [n, said] of all.entries()) {
    expect({ n, said }).toMatchObject({ n, said: { type: 'accepted' } })
    if (said.type === 'accepted') seqs.push(said.seq)
  }
  const last = `document.querySelector('.msg[data-seq="${seqs.at(-1)}"]')`
  await ada.waitFor(last, 'the last of them')
  const shown = await ada.evaluate<Record<string, string>>(texts('.msg__body'))
  expect(Object.keys(shown).length).toBe(200)
  await expectLiteral()
  await expectUnharmed()
})

test('the first page and all older pages show them as typed', async () => {
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.connected()
  await arm()
  await expectLiteral()
  const count = `document.querySelectorAll('#timeline > .msg').length`
  for (let rows = 0; rows < 200;) {
    await ada.evaluate(`(document.querySelector('#log').scrollTop = 900)`)
    await ada.evaluate(`(document.querySelector('#log').scrollTop = 300)`)
    await ada.waitFor(`${count} > ${rows}`, `more than ${rows} rows`)
    rows = await ada.evaluate<number>(count)
    await ada.settled()
  }
  await expectLiteral()
  await expectUnharmed()
})

test('the page of each message shows it and those around it', async () => {
  const seen = new Set<string>()
  // Of the longest, at the end, fewer stand on one page.
  for (let n = 12; n < 200; n += n < 160 ? 25 : 8) {
    await ada.goto(addressOf(server.port, 'a', `/rooms/1/messages/${seqs[n]}`))
    await ada.connected()
    await arm()
    await expectLiteral()
    await expectUnharmed()
    const shown = await ada.evaluate<Record<string, string>>(texts('.msg__body'))
    for (const seq of Object.keys(shown)) seen.add(seq)
  }
  expect(seen.size).toBe(200)
})

test('quoted in a reply they are one line of the same text', async () => {
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.connected()
  await arm()
  const all = await Promise.all(seqs.map((seq, n) => eve.post(1, `q-${n}`, 'answer', seq)))
  for (const [n, said] of all.entries()) {
    if (said.type === 'accepted') answers.push([n, said.seq])
  }
  expect(answers.length).toBe(200)
  const end = answers.at(-1)?.[1]
  await ada.part(`.msg[data-seq="${end}"]`).shown()
  const shown = await ada.evaluate<Record<string, string>>(texts('.quote > span'))
  for (const [n, seq] of answers) {
    const [text, whole] = [shown[seq] ?? '', line(wanted(n))]
    // Of a long text only the beginning is looked at.
    const isLong = wanted(n).length > 1_000
    expect({ n, text }).toEqual({ n, text: isLong && whole.startsWith(text) ? text : whole })
  }
  await expectUnharmed()
})

test('edited into one another they stay text, and so do their quotes', async () => {
  const swap = hostileTexts.slice(0, 30).map(({ text, shown }, n) => ({ n: 29 - n, text, shown }))
  for (const { n, text } of swap) {
    const frame = {
      type: 'message.edit',
      room: 1,
      seq: seqs[n],
      content: `${text} `,
      client_id: '',
    }
    eve.send({ ...frame, client_id: `e-${n}` })
  }
  const shown = (): Promise<Record<string, string>> => ada.evaluate(texts('.quote > span'))
  const last = swap.at(-1)
  const quoting = answers.find(([n]) => n === last?.n)?.[1]
  const isThere = `document.querySelector('.msg[data-seq="${quoting}"] .quote > span').textContent`
  await ada.waitFor(`${isThere} === ${JSON.stringify(line(last?.shown ?? ''))}`, 'the last change')
  const lines = await shown()
  for (const { n, shown: text } of swap) {
    expect(lines[answers.find(([of]) => of === n)?.[1] ?? 0]).toBe(line(text))
  }
  await expectUnharmed()
})

/** The name of the room and the title of a page, and what a name would add to it, unloaded. */
async function readPage(path: string): Promise<string[]> {
  return ada.evaluate<string[]>(`fetch('${path}').then((answer) => answer.text()).then((text) => {
    const page = new DOMParser().parseFromString(text, 'text/html')
    const foreign = '[src*=${beacon}], [href*=${beacon}], [onerror], [onload]'
    const strange = page.querySelectorAll(foreign)
    return [page.querySelector('#head h1 bdi').textContent, page.title,
      ...[...strange].map((each) => each.outerHTML.slice(0, 200))]
  })`)
}

async function enterRoom(room: number): Promise<void> {
  const body = `method: 'POST', redirect: 'manual', body: new URLSearchParams()`
  await ada.evaluate(`fetch('/rooms/${room}/members', { ${body} }).then(({ type }) => type)`)
}

test('as names of rooms and topics they are refused or shown as they are', async () => {
  const friend = await signIn(server, 'Friend')
  let kept = 0
  const short = hostileTexts.filter((one) => one.text.length <= 200)
  for (const { text } of someOf(short, short.length / 2)) {
    const answer = await sendForm(server, friend, '/rooms', { name: text, topic: '', kind: 'open' })
    const room = /\/rooms\/(\d+)$/.exec(answer.headers.get('location') ?? '')?.[1]
    if (room === undefined) continue
    kept += 1
    await enterRoom(Number(room))
    const [name, title, ...strange] = await readPage(`/rooms/${room}`)
    expect(title).toContain(`#${name}`)
    expect(text.normalize('NFKC')).toContain((name ?? '').normalize('NFKC'))
    expect(strange).toEqual([])
    // Its script does the same with each name.
    if (kept % (isFull ? 8 : 24) !== 1) continue
    await ada.goto(addressOf(server.port, 'a', `/rooms/${room}`))
    await ada.connected()
    await arm()
    expect(await ada.part('#head h1 bdi').text()).toBe(name ?? '')
    expect(await ada.evaluate<string>('document.title')).toContain(`#${name}`)
    await expectUnharmed()
  }
  const room = await makeRoom(server, friend, 'Topics')
  await enterRoom(room)
  for (const { text } of someOf(short, 60)) {
    const answer = await sendForm(server, friend, `/rooms/${room}`, { topic: text })
    if (answer.status === 303) kept += 1
  }
  await ada.goto(addressOf(server.port, 'a', `/rooms/${room}`))
  await ada.connected()
  await arm()
  await expectUnharmed()
  expect(kept).toBeGreaterThan(0)
})
