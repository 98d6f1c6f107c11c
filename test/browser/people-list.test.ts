import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { fillLargeServer } from '../helpers/large-server'
import { chooseSeed, createRandom } from '../helpers/random'
import { type RunningServer, startServer } from '../helpers/server'
import {
  addressOf,
  type ChatPage,
  enter,
  expectAccessible,
  expectNoProblems,
  openChatPage,
} from './pages/chat-page'

const names = ['Zoë', 'Bob', '梅花', 'Émile', '😀 Dora', 'bea', 'Ole', '李雷', 'Yara', 'Kim']

let server: RunningServer
let ada: ChatPage
let mei: ChatPage
let people: Person[]
const sockets = new Map<string, ChatClient>()

beforeAll(async () => {
  server = await startServer({
    env: {
      BUN_OPTIONS: '--preload ./test/helpers/short-limits.ts',
      TEST_LIMITS: JSON.stringify({ offlineGraceMs: 500 }),
    },
  })
  people = []
  for (const name of names) people.push(await signIn(server, name))
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅 Mei', 'b', { language: 'zh-CN' })
  await ada.warmUp()
  await mei.warmUp()
})

afterAll(async () => {
  for (const page of [ada, mei]) page.close()
  await server.dispose()
})

/** The list as it is seen, from above: names with their state, and the heading between. */
const shown = `[...document.querySelectorAll('#people-list > li')]
  .filter((row) => row.checkVisibility() || !row.hidden)
  .map((row) => row.matches('.person') ? row.dataset.name + ' ' + row.dataset.state
    : row.matches('.people__more') ? 'more' : row.textContent.trim())`

/** What the list of a small room shows when the server knows these states. */
function wanted(states: Map<string, string>, language: string, heading: string): string[] {
  const { compare } = new Intl.Collator(language)
  const all = ['Ada', '梅 Mei', ...names].toSorted(compare)
  const stateOf = (name: string): string => states.get(name) ?? 'offline'
  const lines = all.map((name) => `${name} ${stateOf(name)}`)
  const [absent, here] = [lines.filter(isAbsent), lines.filter((line) => !isAbsent(line))]
  // With nobody below it, the heading is hidden.
  return absent.length === 0 ? here : [...here, `${heading} ${absent.length}`, ...absent]
}

const isAbsent = (line: string): boolean => line.endsWith(' offline')

async function showsTruth(states: Map<string, string>, what: string): Promise<void> {
  for (const [page, language, heading] of [
    [ada, 'en', 'Offline'],
    [mei, 'zh', '离线'],
  ] as const) {
    const list = JSON.stringify(wanted(states, language, heading))
    await page.waitFor(`JSON.stringify(${shown}) === ${JSON.stringify(list)}`, what, 25_000)
    const count = [...states.values()].length
    expect(await page.part('#online-count').text()).toBe(String(count))
  }
}

const both = (): Map<string, string> =>
  new Map([
    ['Ada', 'online'],
    ['梅 Mei', 'online'],
  ])

test('absent people stand under Offline with their number, in both languages', async () => {
  await showsTruth(both(), 'two people online')
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
})

test('when people come, go and are away, every page shows it in the end', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const states = both()
  for (let round = 1; round <= 2; round += 1) {
    for (let step = 0; step < 16; step += 1) {
      const person = people[random(people.length)]
      if (person === undefined) continue
      const { nickname } = person
      const socket = sockets.get(nickname)
      if (socket === undefined) {
        sockets.set(nickname, await openSocket(server, person))
        states.set(nickname, 'online')
      } else if (random(2) === 0) {
        await socket.close()
        sockets.delete(nickname)
        states.delete(nickname)
      } else {
        const state = states.get(nickname) === 'away' ? 'online' : 'away'
        socket.send({ type: 'presence', state })
        await socket.taken()
        states.set(nickname, state)
      }
    }
    await showsTruth(states, `round ${round} of seed ${seed}`)
  }
})

test('somebody who signs in and somebody who leaves for good come and go', async () => {
  const eve = await signIn(server, 'Eve')
  const socket = await openSocket(server, eve)
  await ada.part('.person[data-name="Eve"]').shown()
  expect(await ada.evaluate<string[]>(shown)).toContain('Eve online')
  const leave = await fetch(`${server.origin}/session/leave`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Cookie: eve.cookie, Origin: new URL(server.origin).origin },
    body: new URLSearchParams({ sure: 'yes' }),
  })
  expect(leave.status).toBe(303)
  await socket.closed
  await ada.part('.person[data-name="Eve"]').gone()
})

test('all people are one stop of the Tab key, and arrows lead through them', async () => {
  const stops = `[...document.querySelectorAll('#people .person button')]
    .filter(({ tabIndex }) => tabIndex === 0).length`
  const focused = `document.activeElement.closest('.person')?.dataset.name`
  const order = await ada.evaluate<string[]>(
    `[...document.querySelectorAll('#people-list .person')].map(({ dataset }) => dataset.name)`,
  )
  expect(await ada.evaluate<number>(stops)).toBe(1)
  await ada.composer.field.focus()
  await ada.press('F6', ['Control'])
  expect(await ada.evaluate<string>(focused)).toBe(order[0] ?? '')
  await ada.press('ArrowDown')
  expect(await ada.evaluate<string>(focused)).toBe(order[1] ?? '')
  await ada.press('End')
  expect(await ada.evaluate<string>(focused)).toBe(order.at(-1) ?? '')
  expect(await ada.evaluate<number>(stops)).toBe(1)
  await ada.press('Home')
  await ada.press('Enter')
  await ada.panel.card.shown()
  expect(await ada.panel.card.shownText()).toContain(order[0] ?? '')
  await ada.press('Escape')
  await ada.panel.dialog.gone()
  // The focus stays with a person whose row moves.
  await ada.part('.person[data-name="Kim"] button').focus()
  await sockets.get('Kim')?.close()
  sockets.delete('Kim')
  const again = await openSocket(
    server,
    people.find(({ nickname }) => nickname === 'Kim') as Person,
  )
  await ada.part('.person[data-name="Kim"]').becomes('[data-state=online]')
  expect(await ada.evaluate<string>(focused)).toBe('Kim')
  await again.close()
  expectNoProblems(ada, mei)
})

test('of many people a phone shows a window, which scrolling and arrows extend', async () => {
  await using large = await startServer()
  await large.stop()
  const size = { people: 230, rooms: 3, online: 120, own: 2 }
  const { everybody, personOf, reader } = fillLargeServer(large.data, size)
  await large.restart()
  const here = await Promise.all([10, 20, 30].map((n) => openSocket(large, personOf(n))))
  const page = await openChatPage({ language: 'zh-CN' })
  const [name, value] = reader.cookie.split('=')
  await page.cdp('Network.setCookie', { name, value, url: addressOf(large.port, 'a') })
  await page.goto(addressOf(large.port, 'a', `/rooms/${everybody}`))
  await page.connected()
  await page.warmUp()
  await page.becomePhone()
  await page.part('[popovertarget=people]').press()
  const rows = await page.evaluate<string[]>(shown)
  expect(rows.slice(0, 5)).toEqual([
    'Person 1 online',
    ...[10, 20, 30].map((n) => `Person ${n} online`),
    '离线 226',
  ])
  expect(rows.at(-1)).toBe('more')
  expect(await page.part('#person-1 small').text()).toBe('房主')
  await expectAccessible(page)
  await page.becomePhone()
  const ids = `[...document.querySelectorAll('#people-list .person')].map(({ id }) => id)`
  const count = (n: number): string => `${ids}.length >= ${n}`
  await page.evaluate(`document.querySelector('#people-next').scrollIntoView()`)
  await page.waitFor(count(70), 'the second page')
  await page.part('#person-1 button').focus()
  await page.press('End')
  await page.press('ArrowDown')
  await page.waitFor(count(120), 'the third page')

  // Somebody who is on the third page and one whom no page has.
  const more = await Promise.all([2, 99].map((n) => openSocket(large, personOf(n))))
  await page.waitFor(`${shown}.slice(0, 7).includes('Person 2 online')`, 'them', 20_000)
  await page.waitFor(`${shown}.includes('离线 224')`, 'the number')
  await page.evaluate(`document.querySelector('#people-next')?.scrollIntoView()`)
  for (const n of [200, 230]) {
    await page.evaluate(`document.querySelector('#people-next')?.scrollIntoView()`)
    await page.waitFor(count(n), `${n} people`)
  }
  const all = await page.evaluate<string[]>(ids)
  expect(new Set(all).size).toBe(230)
  expect(all).toHaveLength(230)
  await page.part('#people-next').gone()
  expectNoProblems(page)
  for (const socket of [...here, ...more]) await socket.close()
  page.close()
})
