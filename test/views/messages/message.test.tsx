import { expect, test } from 'bun:test'
import { MessageRow, PendingTemplate } from '../../../views/messages/message'
import { createPaths } from '../../../src/shared/paths'
import { findAll, findOne } from '../read-html'
import { general, mei, say, tomas, viewIn } from '../samples'

const paths = createPaths('/chat/')

test('a row shows sender, time and text', () => {
  const row = <MessageRow message={say(mei, 'Good morning')} paths={paths} follows={false} />
  expect(findOne(row, '.msg__meta bdi').text).toBe('梅 Mei')
  expect(findOne(row, 'time').text).toBe('09:04')
  expect(findOne(row, '.msg__body p').text).toBe('Good morning')
  expect(findOne(row, 'article').attributes.get('id')).toBe('message-1-c0')
})

test('a message’s markup is shown as text, not run', () => {
  const attack = '<img src=x onerror=alert(1)><script>alert(2)</script></p></div>'
  const row = <MessageRow message={say(mei, attack)} paths={paths} follows={false} />
  expect(findAll(row, 'img, script')).toEqual([])
  expect(findOne(row, '.msg__body p').text).toStartWith('&lt;img src=x onerror=alert(1)&gt;')
})

test('quotes in a name are text', () => {
  const sender = { ...mei, nickname: '"><b onclick=x>' }
  const row = <MessageRow message={say(sender, 'Hello')} paths={paths} follows={false} />
  expect(findAll(row, '[onclick]')).toEqual([])
  expect(findAll(row, 'b')).toHaveLength(1)
})

test('line breaks and spaces of a message are kept', () => {
  const code = 'if (a) {\n  b()\n}'
  const row = <MessageRow message={say(mei, code)} paths={paths} follows={false} />
  expect(findOne(row, '.msg__body p').text).toBe(code)
})

test('a message without a head still names its author to screen readers', () => {
  const row = <MessageRow message={say(mei, 'And one more')} paths={paths} follows />
  expect(findOne(row, 'article').attributes.get('class')).toBe('msg msg--follow')
  expect(findOne(row, '.msg__meta bdi').text).toBe('梅 Mei')
})

test('the row of a message being sent has the structure of a row from the server', () => {
  const template = <PendingTemplate view={viewIn('en')} user={tomas} room={general} />
  const row = <MessageRow message={say(tomas, '')} paths={paths} follows={false} />
  const shape = (html: typeof row) =>
    findAll(html, 'article, article *').map(({ tag, attributes }) => {
      return `${tag}.${attributes.get('class') ?? ''}`
    })
  const extra = shape(template).slice(shape(row).length)
  expect(shape(template).slice(0, shape(row).length)).toEqual(shape(row))
  expect(extra).toEqual(['p.msg__state', 'span.', 'span.msg__waits', 'button.', 'button.'])
})

test('a short message has less than 440 bytes, and fifty of them 9 KB gzipped', () => {
  const clientId = 'c4f8a2b19d3e57061f2a4'
  const rows = Array.from({ length: 50 }, (_, index) => {
    const message = { ...say(tomas, `Short message ${index}`, index), clientId: clientId + index }
    return (<MessageRow message={message} paths={paths} follows={false} />).toString()
  })
  expect(Buffer.byteLength(rows[0] ?? '')).toBeLessThan(520)
  expect(Bun.gzipSync(rows.join('')).length).toBeLessThan(9 * 1024)
})
