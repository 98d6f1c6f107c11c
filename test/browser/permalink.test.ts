import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openSocket, postAll, signIn } from '../helpers/client'
import { makeRoom } from '../helpers/rooms'
import { basePath, type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, addressOf, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let script: Awaited<ReturnType<typeof openSocket>>
let closed = 0
const total = 300

beforeAll(async () => {
  server = await startServer()
  const robot = await signIn(server, 'Robot')
  script = await openSocket(server, robot)
  await postAll(
    script,
    1,
    Array.from({ length: total }, (_, n) => `message ${n + 1}`),
  )
  closed = await makeRoom(server, robot, 'Secret', 'closed')
  ada = await enter(server.port, 'Ada', 'a')
})

afterAll(async () => {
  script.close()
  ada.close()
  await server.dispose()
})

/** How far the middle of a row is from the middle of the box, in pixels. */
const offCentre = (seq: number): string => `(() => {
  const middle = (box) => (box.top + box.bottom) / 2
  const row = document.querySelector('#timeline > .msg[data-seq="${seq}"]')
  const log = document.querySelector('#log')
  return Math.abs(middle(row.getBoundingClientRect()) - middle(log.getBoundingClientRect()))
})()`

async function expectShown(page: ChatPage, seq: number): Promise<void> {
  await page.part(`.msg--flash[data-seq="${seq}"]`).shown()
  expect(await page.evaluate<number>(offCentre(seq))).toBeLessThan(40)
  expect(await page.part(':focus').attribute('data-seq')).toBe(String(seq))
}

test('a link to a message opens the room around it, in the middle, and flashes it', async () => {
  await ada.goto(addressOf(server.port, 'a', '/rooms/1/messages/100'))
  await ada.connected()
  await expectShown(ada, 100)
  const shown = (await ada.rows()).map(({ seq }) => seq)
  expect(shown).toContain(90)
  expect(shown).toContain(110)
  expect(await ada.messages.latest.shownText()).toContain('Jump to present')
})

test('reading on from there loads what is newer, without a hole and without a jump', async () => {
  await script.post(1, 'meanwhile', 'said meanwhile')
  for (let n = 0; n < 40; n += 1) {
    const isWhole = `document.querySelector('#newer') === null`
    if (await ada.evaluate<boolean>(isWhole)) break
    const last = (await ada.rows()).at(-1)?.seq
    await ada.evaluate(`document.querySelector('#log').scrollBy(0, 900)`)
    await ada.waitFor(
      `${isWhole} || Number([...document.querySelectorAll('#timeline > .msg')].at(-1).dataset.seq)
        > ${last} || (({ scrollHeight, scrollTop, clientHeight }) =>
        scrollHeight - scrollTop - clientHeight)(document.querySelector('#log')) > 1200`,
      'newer messages',
    )
  }
  await ada.sees('said meanwhile')
  const seqs = (await ada.rows()).map(({ seq }) => seq)
  expect(seqs).toEqual(Array.from(seqs, (_, n) => (seqs[0] ?? 0) + n))
  await script.post(1, 'after', 'said after that')
  await ada.sees('said after that')
})

test('the time of a message links to it, in place; Back returns', async () => {
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.connected()
  const seq = (await ada.rows())[25]?.seq ?? 0
  await ada.evaluate(`(window.stays = true,
    document.querySelector('.msg[data-seq="${seq}"] .msg__meta a').click())`)
  await expectShown(ada, seq)
  expect(await ada.path()).toBe(`/rooms/1/messages/${seq}`)
  await ada.back()
  await ada.at('/rooms/1')
  expect(await ada.evaluate<boolean>('window.stays')).toBe(true)
})

test('Jump to present leads from one message to the end and to the room’s address', async () => {
  await ada.goto(addressOf(server.port, 'a', '/rooms/1/messages/20'))
  await ada.connected()
  await expectShown(ada, 20)
  await ada.click('#latest')
  await ada.sees('said after that')
  await ada.at('/rooms/1')
})

test('a failed message moves nobody who opens an older one, and stands at the end', async () => {
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.connected()
  const tower = `tower a${'\u0301'.repeat(20)}`
  await ada.send(tower)
  await ada.messages.failed.shown()
  await ada.goto(addressOf(server.port, 'a', '/rooms/1/messages/100'))
  await ada.connected()
  await expectShown(ada, 100)
  await ada.settled()
  expect(await ada.path()).toBe('/rooms/1/messages/100')
  expect(await ada.evaluate<number>(offCentre(100))).toBeLessThan(40)
  expect(await ada.messages.failed.isThere()).toBe(false)
  await ada.click('#latest')
  await ada.messages.failed.reads('tower')
  await ada.click('.msg--failed [data-action=discard]')
  await ada.messages.failed.gone()
})

test('closing the search leaves the reader where they were', async () => {
  await ada.messages.scrollTo(400)
  await ada.settled()
  // Older messages may still be added above.
  const first = `[...document.querySelectorAll('#timeline > .msg')].find((row) =>
    row.getBoundingClientRect().bottom > document.querySelector('#log').getBoundingClientRect().top
  ).id`
  const read = await ada.evaluate<string>(first)
  await ada.palette.open()
  await ada.type('meanwhile')
  await ada.palette.finds(['said meanwhile'])
  await ada.palette.leave()
  await ada.palette.dialog.gone()
  await ada.settled()
  expect(await ada.evaluate<string>(first)).toBe(read)
})

test('the link of a deleted message says so, and shows the messages around it', async () => {
  script.send({ type: 'message.delete', room: 1, seq: 50, client_id: 'gone' })
  await script.until((item) => item.type === 'message.removed', 'the removal')
  await ada.goto(addressOf(server.port, 'a', '/rooms/1/messages/50'))
  await ada.connected()
  await ada.toast.says('This message no longer exists.')
  const shown = (await ada.rows()).map(({ seq }) => seq)
  expect(shown).toContain(49)
  expect(shown).toContain(51)
})

test('a link into a room of others opens nothing for strangers', async () => {
  const answer = await ada.evaluate<number>(
    `fetch('${basePath()}/rooms/${closed}/messages/1').then(({ status }) => status)`,
  )
  const missing = await ada.evaluate<number>(
    `fetch('${basePath()}/rooms/999/messages/1').then(({ status }) => status)`,
  )
  expect([answer, missing]).toEqual([404, 404])
})

test('nothing was reported against the policy', () => {
  const expected = /status of 404/
  expect(ada.problems.filter((problem) => !expected.test(problem))).toEqual([])
  expectNoProblems()
})
