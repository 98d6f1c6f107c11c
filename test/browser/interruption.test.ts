import { afterAll, beforeAll, expect, test } from 'bun:test'
import { renewMs } from '../../src/island/actions/renew'
import { type RunningServer, startServer } from '../helpers/server'
import { times } from '../helpers/size'
import { type ChatPage, enter, expectTexts } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let grace: ChatPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  grace = await enter(server.port, 'Grace', 'b')
})

afterAll(async () => {
  ada.close()
  grace.close()
  await server.dispose()
})

test('when the server is killed during typing, nothing is missing or doubled', async () => {
  await ada.send('Before')
  await grace.sees('Before')
  await ada.composer.add('Half a sen')
  await server.kill()
  await ada.connection.shown()
  await ada.type('tence, written through it')
  await ada.press('Enter')
  await grace.send('Sent into the void')
  expect((await ada.rows()).at(-1)).toMatchObject({ isPending: true })
  const note = ada.part('.msg--pending .msg__state')
  await note.shown()
  expect(await note.shownText()).toStartWith('Will send when back online')
  // Nobody is said to be here.
  const signs = `[...document.querySelectorAll('.who i')].map((dot) =>
    getComputedStyle(dot).backgroundColor === getComputedStyle(document.body).backgroundColor)`
  expect(new Set(await ada.evaluate<boolean[]>(signs))).toEqual(new Set([true]))
  expect(
    await ada.evaluate(`document.querySelector('#head-online').checkVisibility({
    visibilityProperty: true })`),
  ).toBe(false)
  await server.restart()
  await grace.sees('Half a sentence, written through it', 30_000)
  await ada.sees('Sent into the void', 30_000)
  expect(new Set(await ada.evaluate<boolean[]>(signs))).toEqual(new Set([false]))
  await ada.send('After')
  await grace.sees('After')
  const texts = (await ada.rows()).map(({ text }) => text)
  expect(texts.toSorted()).toEqual(
    ['After', 'Before', 'Half a sentence, written through it', 'Sent into the void'].toSorted(),
  )
  await expectTexts(grace, texts)
  await expectTexts(ada, texts)
})

test('an unsent message survives a reload and is sent once', async () => {
  const texts = (await ada.rows()).map(({ text }) => text)
  await server.kill()
  await ada.send('Written while the server was away')
  await ada.send('And one behind it')
  await server.restart()
  await ada.reload()
  await ada.sees('And one behind it', 30_000)
  await grace.sees('And one behind it', 30_000)
  const all = [...texts, 'Written while the server was away', 'And one behind it']
  await expectTexts(ada, all)
  await expectTexts(grace, all)
})

test('restarts while both talk lose nothing and double nothing', async () => {
  const sent: string[] = []
  for (let round = 1; round <= times(6); round += 1) {
    for (const [page, name] of [
      [ada, 'Ada'],
      [grace, 'Grace'],
    ] as const) {
      sent.push(`${name} in round ${round}`)
      await page.send(`${name} in round ${round}`)
    }
    if (round % 2 === 0) await server.kill()
    else await server.stop()
    await server.restart()
  }
  for (const text of sent) {
    await ada.sees(text, 30_000)
    await grace.sees(text, 30_000)
  }
  const texts = (await ada.rows()).map(({ text }) => text)
  expect(texts.filter((text) => text.includes('in round')).toSorted()).toEqual(sent.toSorted())
  await expectTexts(grace, texts)
})

test('a refused message keeps its text, with Retry and Discard, also after a reload', async () => {
  const tower = `tower a${'\u0301'.repeat(20)}`
  await ada.send(tower)
  await ada.part('.msg--failed .msg__state button').shown()
  await ada.reload()
  await ada.part('.msg--failed .msg__state').shown()
  const failed = (await ada.rows()).at(-1)
  expect(failed).toMatchObject({ text: tower, isFailed: true })
  await ada.send('Waits behind it')
  expect((await ada.rows()).at(-1)).toMatchObject({ text: 'Waits behind it', isPending: true })
  await ada.click('.msg--failed [data-action=discard]')
  await grace.sees('Waits behind it')
  expect((await ada.rows()).some(({ text }) => text === tower)).toBe(false)
})

test('a draft survives a reload', async () => {
  await ada.composer.add('Not finished yet')
  await ada.keeps('Not finished yet')
  await ada.reload()
  expect(await ada.composer.field.value()).toBe('Not finished yet')
})

test('X8: a page of an older server says so, and what waits in it is sent once', async () => {
  // A page that renews itself waits a random part of `renewMs`, here a tenth.
  const source = `Math.random = () => 0.1
    document.addEventListener('readystatechange', () => {
      if (document.readyState === 'interactive') document.body.dataset.build = 'older'
    })`
  await ada.cdp('Page.enable')
  await ada.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
  // A page with unread messages opens at the first of them, and does not follow the end.
  await ada.composer.clear()
  await ada.press('Escape')
  await ada.hasRead(1)
  await ada.composer.write('Begun')
  await ada.keeps('Begun')
  await ada.reload()
  await ada.toast.reads('updated')
  // While something is being written it stays as it is.
  await ada.evaluate(`void (document.body.dataset.isOld = 'yes')`)
  await expectNoRenewal()
  // Nor does it leave for a page that nobody answers.
  await server.kill()
  await ada.composer.clear()
  await expectNoRenewal()
  await ada.send('From an older page')
  await server.restart()
  await grace.sees('From an older page', 30_000)
  // Nothing is begun on it any more, so it takes the newer script by itself; but not for ever.
  await ada.waitFor(`document.body?.dataset.isOld === undefined`, 'the renewed page', 30_000)
  await ada.sees('From an older page', 30_000)
  const texts = (await grace.rows()).map(({ text }) => text)
  expect(texts.filter((text) => text === 'From an older page').length).toBe(1)
  await ada.toast.reads('updated')
  await ada.evaluate(`void (document.body.dataset.isOld = 'yes')`)
  await expectNoRenewal()
})

async function expectNoRenewal(): Promise<void> {
  await Bun.sleep(renewMs * 0.3)
  expect(await ada.part('body').matches('[data-is-old=yes]')).toBe(true)
}

/**
 * What a browser says of a server that was killed: nothing listens, or a request has no answer; it
 * also looks for a newer service worker.
 */
const ofAKill =
  /ERR_(CONNECTION_(REFUSED|RESET)|EMPTY_RESPONSE)|WebSocket connection|503|fetching the script/

test('nothing was reported against the policy', () => {
  const unexpected = [ada, grace].flatMap(({ problems }) =>
    problems.filter((problem) => !ofAKill.test(problem)),
  )
  expect(unexpected).toEqual([])
})
