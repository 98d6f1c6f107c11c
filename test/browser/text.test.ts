import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatClient

beforeAll(async () => {
  server = await startServer()
  mei = await openSocket(server, await signIn(server, '梅'))
  ada = await enter(server.port, 'Ada', 'a')
})

afterAll(async () => {
  await mei.close()
  ada.close()
  await server.dispose()
})

/** Texts that mean harm and nothing else: each must stand there to the letter. */
const hostile = [
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<math><mtext><script>alert(1)</script>',
  '<style>@import "//evil.example"</style>',
  '<div hx-get="/session/end" hx-trigger="load">',
  '<div data-hx-get="/session/end" data-hx-trigger="load">',
  '<hx-partial hx-target="#people">gone</hx-partial>',
  '<template hx type="partial" hx-target="#head">gone</template>',
  '<p id="composer" hx-swap-oob="true">gone</p>',
  '</article></div></main><h1>out</h1>',
  '{"content":"<b>x</b>","target":"body","swap":"innerHTML"}',
  '[{"type":"reload","room":1}]',
  'javascript:alert(1) JaVaScRiPt:alert(1) vbscript:x data:text/html,<b>',
  'abc \u202e gnp.exe',
  'abc \u2066 isolated',
  '$& $1 $` \\u003cscript\\u003e',
  '"\'><script>alert(1)</script>',
  '&lt;b&gt; &amp; %3Cb%3E',
  '```"><script>alert(1)</script>',
]

const rows = `[...document.querySelectorAll('#timeline > .msg')]`
const texts = `${rows}.map((row) => row.querySelector('.msg__body').textContent)`

test('hostile text is shown letter by letter, live and after a reload', async () => {
  await ada.evaluate(`(window.alerts = 0, window.alert = () => { window.alerts += 1 }, 0)`)
  for (const [n, text] of hostile.entries()) await mei.post(1, `h-${n}`, text)
  await ada.waitFor(`${rows}.length === ${hostile.length}`, 'all of them')
  expect(await ada.evaluate<string[]>(texts)).toEqual(hostile)
  expect(await ada.evaluate<number>('alerts')).toBe(0)
  await ada.reload()
  expect(await ada.evaluate<string[]>(texts)).toEqual(hostile)
  const whole = `['#composer', '#people-list', '#head h1']
    .every((part) => document.querySelector(part) !== null)`
  expect(await ada.evaluate<boolean>(whole)).toBe(true)
})

test('others see formatted text, and a link opens safely', async () => {
  await mei.post(1, 'f-1', '**bold** and `code`, see https://a.example/x')
  await ada.part('.msg strong').says('bold')
  const link = `(({ href, rel, target }) => ({ href, rel, target }))(
    document.querySelector('.msg__body a'))`
  expect(await ada.evaluate(link)).toEqual({
    href: 'https://a.example/x',
    rel: 'noopener noreferrer nofollow ugc',
    target: '_blank',
  })
  await mei.post(1, 'f-2', '👩‍👩‍👧 🎉')
  await ada.part('.msg__body--emoji').shown()
})

test('the numbers of a list have the sign that was typed', async () => {
  await mei.post(1, 'b-1', '8) eight\n9) nine')
  await ada.part('.ol--bracket').shown()
  const named = `(function styles(rules) {
    return rules.flatMap((rule) =>
      'suffix' in rule ? [rule.name + rule.suffix] : styles([...rule.cssRules ?? []]))
  })([...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]))`
  expect(await ada.evaluate<string[]>(named)).toEqual(['bracket") "'])
  const style = `getComputedStyle(document.querySelector('.ol--bracket > li')).listStyleType`
  expect(await ada.evaluate<string>(style)).toBe('bracket')
})

test('my own message is formatted when it is confirmed', async () => {
  await ada.composer.add('so *soft*')
  await ada.press('Enter')
  await ada.sees('so soft')
})

test('a long message is folded until it is opened', async () => {
  await mei.post(1, 'l-1', Array.from({ length: 60 }, (_, n) => `line ${n}`).join('\n'))
  await ada.part('.unfold').shown()
  const height = `document.querySelector('.msg__body--long').offsetHeight`
  const folded = await ada.evaluate<number>(height)
  await ada.click('.unfold')
  expect(await ada.evaluate<number>(height)).toBeGreaterThan(folded * 2)
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
