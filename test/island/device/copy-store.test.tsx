import type { CopiedMessage } from '../../../src/island/device/copied-message'
import { expect, test } from 'bun:test'
import { limits } from '../../../src/shared/limits'
import { historyUnitsMax } from '../../../src/island/device/copy-store'
import { createPaths } from '../../../src/shared/paths'
import { findIn } from '../../../src/island/device/copy-search'
import { type Change, openCopyStore } from '../../../src/island/device/copy-store'
import { readRow } from '../../../src/island/device/copied-message'
import { openStorage } from '../../../src/island/ui/storage'
import { MessageRow } from '../../../views/messages/message'
import type { Message } from '../../../src/store/store'
import { mei, say as written, tomas } from '../../views/samples'
import { documentForAll } from '../dom'

documentForAll()
const paths = createPaths('/')

function message(seq: number, text = `text ${seq}`, revision = seq, room = 1): CopiedMessage {
  const [user, name, at, clientId] = [7, 'Ada', 1_000 + seq, `c-${seq}`]
  return {
    room,
    seq,
    revision,
    user,
    name,
    at,
    text,
    clientId,
    isEdited: false,
    files: [],
    reply: null,
  }
}

const is = (message: CopiedMessage): Change => ({ kind: 'message', message })
const gone = (seq: number): Change => ({ kind: 'gone', room: 1, seq })

function open(user = 7, epoch = 'e') {
  const storage = openStorage({ house: 'h' })
  const store = openCopyStore(storage, user, epoch)
  storage.makeRoom = store.evict
  return { storage, store }
}

/** What a browser answers for `localStorage`. */
function replaceStorage(get: () => object): void {
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get })
}

test('what was kept is there after a reload, a hundred places to a key', () => {
  const { store } = open()
  store.apply(
    1,
    Array.from({ length: 250 }, (_, n) => is(message(n + 1))),
  )
  store.apply(2, [is(message(5, 'elsewhere', 5, 2))])
  const again = open()
  expect(again.store.read(1).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 250 }, (_, n) => n + 1),
  )
  expect(again.store.read(1, 30).map(({ seq }) => seq)[0]).toBe(221)
  expect(again.storage.keys('history.7.e.1.').length).toBe(3)
  expect(again.store.rooms().toSorted()).toEqual([1, 2])
})

test('an edit takes the place of what was said, and an older state never comes back', () => {
  const { store } = open()
  store.apply(1, [is(message(1)), is(message(2))])
  store.apply(1, [is(message(1, 'better', 3))])
  store.apply(1, [is(message(1))])
  expect(store.read(1).map(({ text }) => text)).toEqual(['better', 'text 2'])
  store.apply(1, [gone(1), gone(2)])
  expect(store.read(1)).toEqual([])
  expect(open().storage.keys('history.')).toEqual([])
})

test('another person and another database on the same browser find nothing of it', () => {
  open().store.apply(1, [is(message(1, 'mine'))])
  expect(open(8).store.read(1)).toEqual([])
  expect(localStorage.length).toBe(0)
  open().store.apply(1, [is(message(1, 'mine'))])
  expect(open(7, 'restored').store.read(1)).toEqual([])
})

test('a full browser loses the oldest chunk first, and nothing throws', () => {
  const back = localStorage
  const { storage, store } = open()
  const room = (seq: number): number => (seq > 300 ? 2 : 1)
  for (let seq = 1; seq <= 600; seq += 100) {
    store.apply(room(seq), [is({ ...message(seq), room: room(seq) })])
  }
  const put = back.setItem.bind(back)
  let refusals = 2
  replaceStorage(() => ({
    ...back,
    getItem: back.getItem.bind(back),
    removeItem: back.removeItem.bind(back),
    setItem(key: string, value: string) {
      refusals -= 1
      if (refusals >= 0) throw new DOMException('full', 'QuotaExceededError')
      put(key, value)
    },
  }))
  expect(storage.write('outbox.7.x', 'unsent')).toBe(true)
  replaceStorage(() => back)
  expect([...store.read(1), ...store.read(2)].map(({ seq }) => seq)).toEqual([201, 301, 401, 501])
})

test('at most four fifths of the browser are taken', () => {
  const { store } = open()
  const long = 'x'.repeat(limits.messageUnitsMax)
  for (let seq = 0; seq < 600; seq += 1) store.apply(1, [is(message(seq, long))])
  const { messages, units } = store.usage()
  expect(units).toBeLessThanOrEqual(historyUnitsMax)
  expect(units).toBeGreaterThan(historyUnitsMax * 0.7)
  expect(store.read(1).at(-1)?.seq).toBe(599)
  expect(messages).toBe(store.read(1).length)
})

test('what was edited by hand is text, or nothing', () => {
  const { storage, store } = open()
  const good = [3, 3, 7, 'Ada', 5, '<img src=x onerror=alert(1)>', 'c-3']
  const junk = [
    null,
    42,
    'text',
    {},
    [],
    [1, 1, 7, 'Ada'],
    [1, 1, 7, 'Ada', 5, 'x'.repeat(5_000_000), 'c-1'],
    [1, 1, 7, 'Ada', 5, 'bad id', '"><script>'],
    ['1', 1, 7, 'Ada', 5, 'not a number', 'c-1'],
    JSON.parse('{"__proto__":{"isAdmin":true}}'),
  ]
  storage.write('history.7.e.1.0', [...junk, good])
  storage.write('history.7.e.2.0', JSON.parse('{"__proto__":[[1,1,7,"a",1,"b","c"]]}'))
  storage.write('history.7.e.x.y', [good])
  storage.write('history.7.e.1.head', { __proto__: 5 })
  localStorage.setItem('chatroom.h.history.7.e.3.0', '{not json')
  expect(store.read(1).map(({ text }) => text)).toEqual(['<img src=x onerror=alert(1)>'])
  expect(store.read(2)).toEqual([])
  expect(store.read(3)).toEqual([])
  expect(store.head(1)).toBeNull()
  expect(store.chunks().flat().length).toBe(1)
  expect('isAdmin' in {}).toBe(false)
})

test('a browser that keeps nothing is no reason to fail', () => {
  const back = localStorage
  replaceStorage(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  const { store } = open()
  expect(store.apply(1, [is(message(1))])).toBe(false)
  expect(store.read(1)).toEqual([])
  expect(store.usage()).toEqual({ messages: 0, units: 0 })
  replaceStorage(() => back)
})

test('after log-out nothing is written any more', () => {
  const { storage, store } = open()
  store.apply(1, [is(message(1))])
  storage.write('volume', 'low')
  storage.seal(['volume'])
  store.apply(1, [is(message(2))])
  storage.write('draft.Ada.1', 'half a thought')
  expect(Object.keys(localStorage)).toEqual(['chatroom.h.volume'])
})

test('words are found without regard to case, accents and width, newest first', () => {
  const chunks = [
    [message(1, 'Crème brûlée'), message(2, '上海的天气')],
    [message(3, 'creme of the crop'), message(4, 'ＷＩＤＥ letters')],
  ]
  const found = (words: string): number[] => findIn(chunks, words, 10).map(({ seq }) => seq)
  expect(found('creme')).toEqual([3, 1])
  expect(found('CRÈME brulee')).toEqual([1])
  expect(found('海')).toEqual([2])
  expect(found('wide')).toEqual([4])
  expect(found('  ')).toEqual([])
  expect(findIn(chunks, 'e', 2).map(({ seq }) => seq)).toEqual([4, 3])
})

/** What would be kept of a message, as the server renders it. */
function rowOf(said: Message): CopiedMessage | null {
  const template = document.createElement('template')
  template.innerHTML = String(MessageRow({ paths, message: said, follows: false }))
  const row = template.content.firstElementChild
  return row instanceof HTMLElement ? readRow(row) : null
}

test('what is kept of a row is what was typed', () => {
  const texts = [
    'plain',
    'two\nlines',
    '**bold** and *soft* and ~~gone~~ and `code`',
    'before\n\n> said\n> twice\nafter',
    '- one\n- two',
    '3. three\n4. four',
    'see\n```js\nif (a < b) c()\n```\nthere',
    '<b>not</b> & "markup"',
    'https://example.org/a?b=c#d',
  ]
  for (const [minutes, text] of texts.entries()) {
    const kept = rowOf(written(mei, text, minutes))
    expect(kept).toMatchObject({ text, name: '梅 Mei', seq: minutes + 1, clientId: `c${minutes}` })
  }
})

test('an answer is kept with what it answers', () => {
  const answer = {
    ...written(mei, 'Yes!', 5),
    replyTo: 1,
    quote: { sender: tomas, content: 'Shall we?\nNow?' },
  }
  const kept = rowOf(answer)
  expect(kept?.text).toBe('Yes!')
  expect(kept?.reply).toMatchObject({ name: 'Tomás' })
  expect(kept?.reply?.text).toStartWith('Shall we?')
  const { store } = open()
  if (kept !== null) store.apply(kept.room, [is(kept)])
  expect(open().store.read(7)[0]).toEqual(kept ?? message(0))
})

test('pictures and files are kept by name and address', () => {
  const about = { type: 'image/png', size: 2_048, preview: '', width: 4, height: 4 }
  const picture = { ...about, id: 'a'.repeat(32), name: 'cat & co.png', description: 'A cat' }
  const file = { ...picture, id: 'b'.repeat(32), name: 'plan.pdf', type: 'application/pdf' }
  const kept = rowOf({ ...written(mei, '', 9), attachments: [picture, file] })
  expect(kept?.text).toBe('')
  expect(kept?.files).toEqual([
    { name: 'cat & co.png', url: paths.attachment(picture.id, picture.name) },
    { name: 'plan.pdf', url: paths.attachment(file.id, file.name) },
  ])
})
