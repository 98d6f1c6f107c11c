import { afterAll, beforeAll, expect, test } from 'bun:test'
import { renewMs } from '../../src/island/actions/connection'
import type { BrowserPage } from '../helpers/browser'
import { type RunningServer, startServer } from '../helpers/server'
import { enter, expectTexts, reload, rows, say, sees } from './people'

let server: RunningServer
let ada: BrowserPage
let grace: BrowserPage

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

test('the server is killed while one is typing, and nothing is missing or doubled', async () => {
  await say(ada, 'Before')
  await sees(grace, 'Before')
  await ada.evaluate(`document.querySelector('#content').focus()`)
  await ada.type('Half a sen')
  await server.kill()
  await ada.waitFor(`!document.querySelector('#connection').hidden`, 'the connection bar')
  await ada.type('tence, written through it')
  await ada.press('Enter')
  await say(grace, 'Sent into the void')
  expect((await rows(ada)).at(-1)).toMatchObject({ isPending: true })
  await server.restart()
  await sees(grace, 'Half a sentence, written through it', 30_000)
  await sees(ada, 'Sent into the void', 30_000)
  await say(ada, 'After')
  await sees(grace, 'After')
  const texts = (await rows(ada)).map(({ text }) => text)
  expect(texts.toSorted()).toEqual(
    ['After', 'Before', 'Half a sentence, written through it', 'Sent into the void'].toSorted(),
  )
  await expectTexts(grace, texts)
  await expectTexts(ada, texts)
})

test('an unsent message survives a reload and is sent once', async () => {
  const texts = (await rows(ada)).map(({ text }) => text)
  await server.kill()
  await say(ada, 'Written while the server was away')
  await say(ada, 'And one behind it')
  await server.restart()
  await reload(ada)
  await sees(ada, 'And one behind it', 30_000)
  await sees(grace, 'And one behind it', 30_000)
  const all = [...texts, 'Written while the server was away', 'And one behind it']
  await expectTexts(ada, all)
  await expectTexts(grace, all)
})

test('five restarts while both talk lose nothing and double nothing', async () => {
  const sent: string[] = []
  for (let round = 1; round <= 5; round += 1) {
    for (const [page, name] of [
      [ada, 'Ada'],
      [grace, 'Grace'],
    ] as const) {
      sent.push(`${name} in round ${round}`)
      await say(page, `${name} in round ${round}`)
    }
    if (round % 2 === 0) await server.kill()
    else await server.stop()
    await server.restart()
  }
  for (const text of sent) {
    await sees(ada, text, 30_000)
    await sees(grace, text, 30_000)
  }
  const texts = (await rows(ada)).map(({ text }) => text)
  expect(texts.filter((text) => text.includes('in round')).toSorted()).toEqual(sent.toSorted())
  await expectTexts(grace, texts)
})

test('a refused message keeps its text, with Retry and Discard, also after a reload', async () => {
  const tower = `tower a${'\u0301'.repeat(20)}`
  await say(ada, tower)
  await ada.waitFor(`document.querySelector('.msg--failed .msg__state button')`, 'Retry')
  await reload(ada)
  await ada.waitFor(`document.querySelector('.msg--failed .msg__state')`, 'the failed message')
  const failed = (await rows(ada)).at(-1)
  expect(failed).toMatchObject({ text: tower, isFailed: true })
  await say(ada, 'Waits behind it')
  expect((await rows(ada)).at(-1)).toMatchObject({ text: 'Waits behind it', isPending: true })
  await ada.click('.msg--failed [data-action=discard]')
  await sees(grace, 'Waits behind it')
  expect((await rows(ada)).some(({ text }) => text === tower)).toBe(false)
})

test('a draft waits through a reload', async () => {
  await ada.evaluate(`document.querySelector('#content').focus()`)
  await ada.type('Not finished yet')
  await Bun.sleep(500)
  await reload(ada)
  expect(await ada.evaluate<string>(`document.querySelector('#content').value`)).toBe(
    'Not finished yet',
  )
})

test('X8: a page of an older server says so, and what waits in it is sent once', async () => {
  const source = `document.addEventListener('readystatechange', () => {
    if (document.readyState === 'interactive') document.body.dataset.build = 'older'
  })`
  await ada.cdp('Page.enable')
  await ada.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
  await reload(ada)
  const isTold = `(document.querySelector('#toast:not([hidden])')?.textContent ?? '')
    .includes('updated')`
  await ada.waitFor(isTold, 'the news that there is an update')
  await server.kill()
  await ada.evaluate(`document.querySelector('#content').select()`)
  await say(ada, 'From an older page')
  await server.restart()
  await sees(grace, 'From an older page', 30_000)
  await sees(ada, 'From an older page', 30_000)
  // While something is being written it stays as it is.
  await ada.type('Begun')
  await ada.evaluate(`void (document.body.dataset.isOld = 'yes')`)
  await Bun.sleep(renewMs + 500)
  expect(await ada.evaluate<string>(`document.body.dataset.isOld`)).toBe('yes')
  // Nor does it leave for a page that nobody answers.
  await server.kill()
  await ada.evaluate(`document.querySelector('#content').select()`)
  await ada.press('Delete')
  await Bun.sleep(renewMs + 500)
  expect(await ada.evaluate<string>(`document.body.dataset.isOld`)).toBe('yes')
  await server.restart()
  const texts = (await rows(grace)).map(({ text }) => text)
  expect(texts.filter((text) => text === 'From an older page').length).toBe(1)
  // Nothing is begun on it any more, so it takes the newer script by itself; but not for ever.
  await ada.waitFor(`document.body?.dataset.isOld === undefined`, 'the renewed page', 30_000)
  await ada.waitFor(isTold, 'the news, of which this page is not rid')
  await ada.evaluate(`void (document.body.dataset.isOld = 'yes')`)
  await Bun.sleep(renewMs + 500)
  expect(await ada.evaluate<string>(`document.body.dataset.isOld`)).toBe('yes')
})

/** What a browser says of a server that was killed: nothing listens, or a request has no answer. */
const ofAKill = /ERR_(CONNECTION_(REFUSED|RESET)|EMPTY_RESPONSE)|WebSocket connection|status of 503/

test('nothing was reported against the policy', () => {
  const unexpected = [ada, grace].flatMap(({ problems }) =>
    problems.filter((problem) => !ofAKill.test(problem)),
  )
  expect(unexpected).toEqual([])
})
