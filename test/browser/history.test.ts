import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { limits } from '../../src/shared/limits'
import { openSocket, postAll, signIn } from '../helpers/client'
import { png } from '../helpers/files'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, addressOf, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let script: Awaited<ReturnType<typeof openSocket>>
const total = 620

beforeAll(async () => {
  server = await startServer()
  const robot = await signIn(server, 'Robot')
  script = await openSocket(server, robot)
  await postAll(script, 1, numbered('message', 1, total))
  ada = await enter(server.port, 'Ada', 'a')
})

afterAll(async () => {
  script.close()
  ada.close()
  await server.dispose()
})

/** The numbers from one to another, each after a text. */
function numbered(text: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, n) => `${text} ${from + n}`)
}

const firstVisible = `(() => {
  const top = document.querySelector('#log').getBoundingClientRect().top
  const row = [...document.querySelectorAll('#timeline > .msg')]
    .find((each) => each.getBoundingClientRect().bottom > top)
  return { seq: Number(row.dataset.seq), top: Math.round(row.getBoundingClientRect().top) }
})()`

async function scrollUp(page: ChatPage): Promise<void> {
  const oldest = (await page.rows())[0]?.seq
  await page.messages.scrollTo(300)
  const isOlder = `Number(document.querySelector('#timeline > .msg').dataset.seq) < ${oldest}`
  await page.waitFor(isOlder, `messages older than ${oldest}`)
}

test('the page opens at the newest fifty', async () => {
  const shown = await ada.rows()
  expect(shown.length).toBe(limits.historyPageRows)
  expect(shown.at(-1)?.text).toBe(`message ${total}`)
  expect(await ada.messages.belowEnd()).toBeLessThan(2)
})

test('older messages slide in above without a jump', async () => {
  await ada.messages.scrollTo(400)
  const place = await ada.evaluate<{ seq: number; top: number }>(firstVisible)
  const isOlder = `document.querySelectorAll('#timeline > .msg').length >= 100`
  await ada.waitFor(isOlder, 'a second page')
  await ada.settled()
  const after = await ada.evaluate<{ seq: number; top: number }>(firstVisible)
  expect(after.seq).toBe(place.seq)
  expect(Math.abs(after.top - place.top)).toBeLessThanOrEqual(2)
})

test('the page does not move a person who reads back; the button counts new messages', async () => {
  const place = await ada.evaluate<{ seq: number; top: number }>(firstVisible)
  await script.post(1, 'new-1', 'news 1')
  await script.post(1, 'new-2', 'news 2')
  await ada.waitFor(
    `document.querySelector('#latest').innerText.trim() === '2 new messages'`,
    'the pill',
  )
  expect(await ada.evaluate(firstVisible)).toEqual(place)
  await ada.click('#latest')
  await ada.messages.latest.gone()
  expect((await ada.rows()).at(-1)?.text).toBe('news 2')
})

test('reading far back keeps at most 400 rows in order, and finds back to the end', async () => {
  while ((await ada.rows())[0]?.seq !== 1) await scrollUp(ada)
  const shown = await ada.rows()
  expect(shown.length).toBeLessThanOrEqual(limits.timelineRowsMax)
  expect(shown.map(({ seq }) => seq)).toEqual(shown.map((_, index) => index + 1))
  expect(await ada.messages.latest.isShown()).toBe(true)
  await script.post(1, 'new-3', 'news 3')
  await ada.messages.latest.press()
  await ada.sees('news 3')
  expect((await ada.rows()).length).toBe(limits.historyPageRows)
})

test('a change of the page before the event of a jump to the top delays no messages', async () => {
  const jumpAndSwap = `(() => {
    document.querySelector('#log').scrollTop = 0
    const target = document.querySelector('#online-count')
    return htmx.swap({ text: target.outerHTML, target, swap: 'outerHTML' })
  })()`
  // From the end, which is followed, and from the middle.
  for (const rows of [100, 150]) {
    await ada.settled()
    await ada.evaluate(jumpAndSwap)
    await ada.waitFor(`document.querySelectorAll('#timeline > .msg').length >= ${rows}`, 'a page')
  }
  await ada.messages.latest.press()
  await ada.messages.latest.gone()
})

test('sending while reading back jumps to the end and shows the message once', async () => {
  await scrollUp(ada)
  await ada.send('Mine, from far back')
  await ada.sees('Mine, from far back')
  const mine = (await ada.rows()).filter(({ text }) => text === 'Mine, from far back')
  expect(mine.length).toBe(1)
})

test('a followed room trims its far end and can fetch it again', async () => {
  // The list is nearly full of what came at once when the rest comes one by one.
  await postAll(script, 1, numbered('tail', 1, 340))
  for (const text of numbered('tail', 341, 400)) await script.post(1, text.replace(' ', '-'), text)
  await ada.sees('tail 400')
  const shown = await ada.rows()
  expect(shown.length).toBeLessThanOrEqual(limits.timelineRowsMax)
  await scrollUp(ada)
  const longer = await ada.rows()
  expect(longer.map(({ seq }) => seq)).toEqual(longer.map((_, i) => (longer[0]?.seq ?? 0) + i))
})

test('after a burst the newest rows stay, in order and once; the rest can be loaded', async () => {
  await ada.messages.latest.press()
  await ada.messages.latest.gone()
  // The page is busy meanwhile, so that most of it has come when the first of it is shown.
  const busy = `for (const end = performance.now() + 1500; performance.now() < end; );`
  await ada.cdp('Runtime.evaluate', { expression: `void setTimeout(() => { ${busy} })` })
  const posts = Array.from({ length: 900 }, (_, n) => script.post(1, `burst-${n}`, `burst ${n}`))
  await Promise.all(posts)
  await ada.sees('burst 899')
  const shown = await ada.rows()
  expect(shown.length).toBeLessThanOrEqual(limits.timelineRowsMax)
  expect(shown.map(({ text }) => text)).toEqual(
    shown.map((_, n) => `burst ${900 - shown.length + n}`),
  )
  await scrollUp(ada)
  const longer = await ada.rows()
  expect(longer.map(({ seq }) => seq)).toEqual(longer.map((_, i) => (longer[0]?.seq ?? 0) + i))
  await script.post(1, 'after-burst', 'after the burst')
  await ada.messages.latest.press()
  await ada.sees('after the burst')
})

test('without JavaScript the page still reads and posts', async () => {
  await ada.cdp('Emulation.setScriptExecutionDisabled', { value: true })
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  // The field has the focus; the button comes after it.
  await ada.composer.field.focused()
  await ada.type('Posted by a plain form')
  const path = join(server.data, '照片.png')
  writeFileSync(path, png(30, 20))
  const { root } = (await ada.cdp('DOM.getDocument')) as { root: { nodeId: number } }
  const selector = '#composer [name=files]'
  const found = await ada.cdp('DOM.querySelector', { nodeId: root.nodeId, selector })
  await ada.cdp('DOM.setFileInputFiles', { ...(found as object), files: [path] })
  await ada.press('Tab')
  await ada.press('Enter')
  await ada.sees('Posted by a plain form')
  const picture = `[...document.querySelectorAll('#timeline .pic img')].at(-1)`
  await ada.waitFor(`${picture}?.naturalWidth === 30`, 'the picture')
  expect(await ada.evaluate<string>(`${picture}.alt`)).toBe('照片.png')
  // The time leads to the page of the message, where there are forms for everything else.
  await ada.evaluate(`[...document.querySelectorAll('.msg__meta a')].at(-1).click()`)
  await ada.part('#edit-content').shown()
  await ada.part('#edit-content').select()
  await ada.type('Changed by a plain form')
  await ada.press('Tab')
  await ada.press('Enter')
  await ada.sees('Changed by a plain form')
  await ada.cdp('Emulation.setScriptExecutionDisabled', { value: false })
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.connected()
  await ada.sees('Changed by a plain form')
})

test('nothing was reported against the policy', () => {
  expectNoProblems(ada)
})
