import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isPlanted, note } from '../faults/by-tests'
import { fetchAs } from '../helpers/files'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { makeFolder, removeFolder } from '../helpers/folders'
import { type RunningServer, startServer } from '../helpers/server'
import { beacon, hostileTexts } from './texts'
import { type ChatPage, addressOf, enter, expectNoProblems } from '../browser/pages/chat-page'

/** T12, where texts stand that nobody writes there: what was found, a room as a file, names. */
let server: RunningServer
let eve: Person
let socket: ChatClient
let ada: ChatPage
const folder = makeFolder()
const word = 'zwischenstand'

beforeAll(async () => {
  server = await startServer()
  eve = await signIn(server, 'Eve')
  socket = await openSocket(server, eve)
  for (const [n, { text }] of hostileTexts.entries()) {
    await socket.post(1, `h-${n}`, `${word} ${text}`.slice(0, 8_000))
  }
  ada = await enter(server.port, 'Ada', 'a')
})

afterAll(async () => {
  await socket.close()
  ada.close()
  await server.dispose()
  removeFolder(folder)
})

/** Elements that no text, name or file of ours is made of, and ways to run. */
const foreign = (within: string): string => `(() => {
  const tags = 'script style link meta base iframe object embed video audio form input math'
  const names = /^on|^hx-(?!ignore)|^data-hx-|^style$|^srcdoc$/
  const isForeign = (each) => tags.split(' ').includes(each.localName) ||
    (each.getAttribute('src') ?? '').includes('beacon') ||
    each.getAttributeNames().some((name) => names.test(name))
  return [...document.querySelectorAll('${within}')]
    .flatMap((each) => [...each.querySelectorAll('*')]).filter(isForeign)
    .map((each) => each.outerHTML.slice(0, 200))
})()`

async function expectUnharmed(within: string): Promise<void> {
  if (isPlanted) {
    const markup = '<img src="/beacon">'
    await ada.evaluate(`(document.querySelector('${within}').innerHTML = '${markup}', 1)`)
  }
  expect(await ada.evaluate<string[]>(foreign(within))).toEqual([])
  expect(ada.requests.filter(({ url }) => url.includes(beacon))).toEqual([])
  expectNoProblems(ada)
}

/** The address of more hits; empty at the end. */
const next = `document.querySelector('.search__more a')?.getAttribute('href') ?? ''`

test('in search results and the pages around them they are text', async () => {
  let path = `/search?q=${word}`
  let hits = 0
  for (let pages = 0; path !== '' && pages < 20; pages += 1) {
    await ada.goto(addressOf(server.port, 'a', path))
    await ada.part('.hit').shown()
    hits += await ada.palette.hits.count()
    await expectUnharmed('.hits')
    path = await ada.evaluate<string>(next)
  }
  note({ hitsShown: hits })
  expect(hits).toBe(hostileTexts.length)
})

test('in the export of a room they are text, too', async () => {
  const answer = await fetchAs(server, eve, '/rooms/1/export.html?tz=UTC')
  const file = join(folder, 'room.html')
  await Bun.write(file, await answer.text())
  await ada.goto(pathToFileURL(file).href)
  const count = await ada.evaluate<number>(`document.body.textContent.split('${word}').length - 1`)
  expect(count).toBe(hostileTexts.length)
  await expectUnharmed('body > *')
})

test('as names of people they are refused, or names', async () => {
  let kept = 0
  for (const { text } of hostileTexts.filter((one) => one.text.length <= 60)) {
    const person = await signIn(server, text).catch(() => null)
    if (person === null) continue
    kept += 1
    const own = await openSocket(server, person)
    await own.post(1, 'said', 'What is my name?')
    await own.close()
  }
  expect(kept).toBeGreaterThan(0)
  note({ namesKept: kept })
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.connected()
  await expectUnharmed('.msg__meta, .person__open, .msg__body')
})
