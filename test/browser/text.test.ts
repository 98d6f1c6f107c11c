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

test('code that names its language is coloured, also when its row is published again', async () => {
  const code = '// greet\nconst n = 42\nreturn `Hello ${n}`'
  const colours = `[...CSS.highlights].flatMap(([name, ranges]) => [...ranges].map((range) =>
    name + ' ' + range.startContainer.data.slice(range.startOffset, range.endOffset))).toSorted()`
  expect(ada.requests.filter(({ url }) => url.includes('lazy-code'))).toEqual([])
  const answer = await mei.post(1, 'c-1', ['```js', code, '```'].join('\n'))
  const seq = answer.type === 'accepted' ? answer.seq : 0
  const shown = ['code-comment // greet', 'code-keyword const', 'code-keyword return']
  shown.push('code-number 42', 'code-string `Hello ', 'code-string `')
  await ada.waitFor(
    `JSON.stringify(${colours}) === '${JSON.stringify(shown.toSorted())}'`,
    'colours',
  )
  // The page has the code as it was typed, and nothing else.
  const inner = `document.querySelector('pre[data-language=js] code').innerHTML`
  expect(await ada.evaluate<string>(inner)).toBe(code)
  mei.send({ type: 'reaction.set', room: 1, seq, client_id: 'r', emoji: '🎉', active: true })
  await ada.part('.reaction').shown()
  expect(await ada.evaluate<string[]>(colours)).toEqual(shown.toSorted())
  const edited = '```js\nlet other\n```'
  mei.send({ type: 'message.edit', room: 1, seq, client_id: 'e', content: edited })
  await ada.waitFor(`JSON.stringify(${colours}) === '["code-keyword let"]'`, 'other colours')
  mei.send({ type: 'message.delete', room: 1, seq, client_id: 'd' })
  await ada.waitFor(`${colours}.length === 0`, 'no colours')
})

test('each colour of code can be read on its ground, by day and by night', async () => {
  await mei.post(1, 'c-2', '```js\nlet a\n```')
  await ada.part('pre[data-language=js]').shown()
  for (const dark of [false, true]) {
    await ada.emulate({ dark })
    await ada.settled()
    const contrasts = `(() => {
      const pre = document.querySelector('pre[data-language]')
      const pen = document.createElement('canvas').getContext('2d')
      const brightness = (colour) => {
        pen.fillStyle = colour
        pen.fillRect(0, 0, 1, 1)
        const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map((part) =>
          part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
      }
      const ground = brightness(getComputedStyle(pre).backgroundColor)
      return [...CSS.highlights.keys()].map((name) => {
        const ink = brightness(getComputedStyle(pre, '::highlight(' + name + ')').color)
        return [name, Math.max(ink, ground) / Math.min(ink, ground)]
      })
    })()`
    const found = await ada.evaluate<[string, number][]>(contrasts)
    expect(found.length).toBe(5)
    expect({ dark, faint: found.filter(([, contrast]) => contrast < 4.5) }).toEqual({
      ...{ dark, faint: [] },
    })
  }
})

test('a long message is folded until it is opened', async () => {
  await mei.post(1, 'l-1', Array.from({ length: 60 }, (_, n) => `line ${n}`).join('\n'))
  await ada.part('.unfold').shown()
  const height = `document.querySelector('.msg__body--long').offsetHeight`
  const folded = await ada.evaluate<number>(height)
  await ada.click('.unfold')
  expect(await ada.evaluate<number>(height)).toBeGreaterThan(folded * 2)
})

test('marked messages are copied with who, when and what was typed', async () => {
  await mei.post(1, 'm-1', '2) yes')
  await mei.post(1, 'm-2', 'a*b_c*d and\n- *that*')
  await ada.sees('a*b_c*d andthat')
  await ada.warmUp()
  const copied = (from: string, to: string): Promise<string> =>
    ada.evaluate<string>(`(() => {
      const rows = ${rows}
      getSelection().setBaseAndExtent(${from}, 0, ${to}, 1)
      let copied = ''
      addEventListener('copy', ({ clipboardData, defaultPrevented }) =>
        (copied = defaultPrevented ? clipboardData.getData('text/plain') : 'as it is marked'),
        { once: true })
      document.execCommand('copy')
      return copied
    })()`)
  const text = await copied('rows.at(-2)', `rows.at(-1).querySelector('li').firstChild`)
  expect(text.replace(/\d\d:\d\d/g, '09:14')).toBe(
    '梅 09:14: 2) yes\n梅 09:14: a*b_c*d and\n- *that*',
  )
  const [first, last] = ['p', 'li'].map((part) => `rows.at(-1).querySelector('${part}')`)
  expect(await copied(first ?? '', last ?? '')).toBe('as it is marked')
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
