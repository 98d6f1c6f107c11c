import { expect, test } from 'bun:test'
import { MessageRow } from '../../views/messages/message'
import { Text } from '../../views/text/text'
import { createPaths } from '../../src/shared/paths'
import { openSocket, signIn } from '../helpers/client'
import { makeRoom } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'
import { mei, say } from '../views/samples'
import { limits } from '../../src/shared/limits'

const server = serverForAll()

/** What a reader of texts could go over again and again. */
const tedious = (
  '* _ ` [ ( @ : ~ > < & ~~ ** *** `` ``` http:// http://a. www. mailto: a@ a@b. a.de_ :: **a *b** ' +
  '*a*_ `a`_ ~~a~~_ @a_ http://a.de_ https://a.de/(_ *a_**b_ [a]( a_*b~` 字。 1._a\n -_a\n >_a\n ' +
  '>_a\n\n >_-_*a*\n\n 1._`a`\n -_-_ ```\n ```\n```\n \n \t'
)
  .split(' ')
  .map((text) => text.replaceAll('_', text.length > 1 ? ' ' : '_'))

const tediousBlocks = [
  ...['> ', '>\n', '>> a\n\n', '- ', '- - ', '  - a\n', '1. a\n\n', '|a', '|a\n-|\n', 'a|b\n-|-\n'],
  ...[
    '||a|| ',
    '||',
    '||a\n\n',
    '||a\n\nb||\n\n',
    '- ||a\n- b||\n',
    '\\',
    '\\*',
    '\\_(a',
    '\\\\*a* ',
    '```\n````\n',
    '~~~\n',
    'a\n\n',
    '_a__b ',
  ],
  ...['*a **b ', '字**“', '[(https://a.b/(', `"'https://a.b`, '|-', '`a``b```'],
]

/** Linear is four, quadratic is sixteen. */
const growthMax = 9
const tooShortMs = 0.5

test('M13: the cost of eight thousand signs grows as their number does', () => {
  for (const text of [...tedious, ...tediousBlocks]) {
    const drawMs = (units: number): number => {
      const content = text.repeat(units).slice(0, units)
      const draw = (): number => {
        const startedAt = performance.now()
        String(<Text message={say(mei, content)} />)
        return performance.now() - startedAt
      }
      // The best of seven: others use this machine, too.
      return Math.min(...Array.from({ length: 7 }, draw))
    }
    const growth = (): number => {
      const quarter = Math.max(tooShortMs, drawMs(limits.messageUnitsMax / 4))
      return drawMs(limits.messageUnitsMax) / quarter
    }
    const isLinear = [1, 2, 3].some(() => growth() < growthMax)
    expect({ text, isLinear }).toEqual({ text, isLinear: true })
  }
})

test('M13: thousands of marks make hundreds of elements, and none is too deep', () => {
  for (const text of [...tedious, ...tediousBlocks]) {
    const content = text.repeat(limits.messageUnitsMax).slice(0, limits.messageUnitsMax)
    const html = String(<Text message={say(mei, content)} />)
    const elements = html.match(/<[a-z]/g)?.length ?? 0
    expect({ text, isFew: elements < 2_500, isShort: html.length < 8 * 8_000 }).toEqual({
      text,
      isFew: true,
      isShort: true,
    })
  }
})

test('M8: a text that turns the direction turns nothing but itself', () => {
  const paths = createPaths('/')
  const turned = ['abc \u202e', '\u2066\u2067\u2068', '\u202b\u202d never closed']
  for (const text of turned) {
    const author = { ...mei, nickname: 'Mei' }
    const html = String(<MessageRow message={say(author, text)} paths={paths} follows={false} />)
    expect(html).toContain('<bdi translate="no">Mei</bdi>')
    // An element with `dir` is isolated, whatever stands in it.
    expect(html).toMatch(
      new RegExp(`<div class="msg__body[^"]*"[^>]*><p dir="auto">${text}</p></div>`),
    )
  }
})

test('M16: an id of mine that I used in another room is refused there, and says why', async () => {
  const ada = await signIn(server(), 'Ada')
  const room = await makeRoom(server(), ada, 'Elsewhere')
  const socket = await openSocket(server(), ada)
  expect(await socket.post(1, 'once', 'here')).toMatchObject({ type: 'accepted', room: 1 })
  const again = await socket.post(room, 'once', 'here')
  expect(again).toMatchObject({ type: 'refused', code: 'client_id_reused' })
  expect(Object.assign({ reason: '' }, again).reason).toEndWith('.')
  await socket.close()
})
