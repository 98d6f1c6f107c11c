import { expect, test } from 'bun:test'
import { toEvent } from '../../../src/chat/messages/events'
import {
  type Change,
  changeOf,
  copyUnitsMax,
  type CopiedMessage,
  excerptOf,
  findIn,
  openCopyStore,
} from '../../../src/island/device/copy-store'
import { openStorage } from '../../../src/island/ui/storage'
import { limits } from '../../../src/shared/limits'
import { createPaths } from '../../../src/shared/paths'
import type { Message } from '../../../src/store/store'
import { mei, say as written } from '../../views/samples'
import { documentForAll } from '../dom'

documentForAll()

function message(seq: number, text = `text ${seq}`, revision = seq, room = 1): CopiedMessage {
  const [user, name, at, clientId] = [7, 'Ada', 1_000 + seq, `c-${seq}`]
  return {
    room,
    seq,
    revision,
    user,
    name,
    hasLeft: false,
    at,
    text,
    clientId,
    isEdited: false,
    replyTo: 0,
    files: [],
    system: null,
  }
}

const is = (message: CopiedMessage): Change => ({ seq: message.seq, message })
const gone = (seq: number): Change => ({ seq, message: null })

function open(user = 7, epoch = 'e') {
  const storage = openStorage({ instance: 'h' })
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
  expect(open().storage.keys('history.7.e.1')).toEqual([])
})

test('all messages of a person follow a change of name, in other tabs, too', () => {
  const { store } = open()
  const other = open().store
  store.apply(1, [is(message(1)), is(message(101))])
  expect(other.read(1).map(({ name }) => name)).toEqual(['Ada', 'Ada'])
  store.apply(1, [is({ ...message(2), name: 'Countess' })])
  const key = 'chatroom.h.history.7.e.names'
  window.dispatchEvent(new StorageEvent('storage', { key, newValue: localStorage.getItem(key) }))
  expect(other.read(1).map(({ name }) => name)).toEqual(['Countess', 'Countess', 'Countess'])
  store.rename(7, 'Ada L.', false)
  expect(store.read(1).map(({ name }) => name)).toEqual(['Ada L.', 'Ada L.', 'Ada L.'])
  store.rename(7, 'Ada L.', true)
  expect(
    open()
      .store.read(1)
      .map(({ hasLeft }) => hasLeft),
  ).toEqual([true, true, true])
  store.clear()
  store.apply(1, [is({ ...message(1), name: 'Ada L.' })])
  expect(open().store.read(1)[0]?.name).toBe('Ada L.')
})

test('what another tab has just written is not overwritten', () => {
  const [one, other] = [open().store, open().store]
  one.apply(1, [is(message(1))])
  expect(other.read(1).length).toBe(1)
  one.apply(1, [is(message(2))])
  // The event of the write has not arrived in the other tab.
  other.apply(1, [gone(1)])
  expect(
    open()
      .store.read(1)
      .map(({ seq }) => seq),
  ).toEqual([2])
})

test('a change that is known already is not written again', () => {
  const { storage, store } = open()
  store.apply(1, [is(message(1)), is(message(2))])
  const { write } = storage
  const written: string[] = []
  storage.write = (key, value) => {
    written.push(key)
    return write(key, value)
  }
  store.apply(1, [is(message(1)), gone(3)])
  expect(written).toEqual([])
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
  expect(units).toBeLessThanOrEqual(copyUnitsMax)
  expect(units).toBeGreaterThan(copyUnitsMax * 0.7)
  expect(store.read(1).at(-1)?.seq).toBe(599)
  expect(messages).toBe(store.read(1).length)
})

test('what was edited by hand is text, or nothing', () => {
  const { storage, store } = open()
  const good = [3, 3, 7, 5, '<img src=x onerror=alert(1)>', 'c-3']
  const badFile = [4, 4, 7, 5, 'files', 'c-4', false, 0, [{ name: 'a', url: 'http://[' }, null]]
  const junk = [
    null,
    42,
    'text',
    {},
    [],
    [1, 1, 7],
    [1, 1, 7, 5, 'x'.repeat(5_000_000), 'c-1'],
    [1, 1, 7, 5, 'bad id', '"><script>'],
    ['1', 1, 7, 5, 'not a number', 'c-1'],
    [1, 1, 7, 5, 'no flag', 'c-1', 'yes'],
    JSON.parse('{"__proto__":{"isAdmin":true}}'),
  ]
  storage.write('history.7.e.1.0', [...junk, good, badFile])
  storage.write('history.7.e.names', ['Ada'])
  storage.write('history.7.e.2.0', JSON.parse('{"__proto__":[[1,1,7,1,"b","c"]]}'))
  storage.write('history.7.e.x.y', [good])
  storage.write('history.7.e.1.head', { __proto__: 5 })
  localStorage.setItem('chatroom.h.history.7.e.3.0', '{not json')
  expect(store.read(1).map(({ text }) => text)).toEqual(['<img src=x onerror=alert(1)>', 'files'])
  expect(store.read(1)[1]).toMatchObject({ name: '', files: [] })
  expect(store.read(2)).toEqual([])
  expect(store.read(3)).toEqual([])
  expect(store.head(1)).toBeNull()
  expect(store.chunks().flat().length).toBe(2)
  expect('isAdmin' in {}).toBe(false)
})

test('a browser that keeps nothing is no reason to fail', () => {
  const back = localStorage
  replaceStorage(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  const { store } = open()
  store.apply(1, [is(message(1))])
  expect(store.setHead(1, 1)).toBe(false)
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

/** What is copied of a message, from the event that the server sends. */
function copied(message: Message): CopiedMessage {
  const copy = changeOf(toEvent(message))?.message
  if (copy == null) throw new Error('the event is of no message')
  return copy
}

test('the text in the copy is exactly what was typed', () => {
  const texts = [
    'two\nlines ',
    '**bold** and *soft* and ~~gone~~ and `code`',
    'before\n\n> said\n> twice\nafter',
    '- one\n* two\n3. three',
    'see\n```js\nif (a < b) c()\n```\nthere',
    '<b>not</b> & "markup"',
    'https://example.org/a?b=c#d',
  ]
  for (const [minutes, text] of texts.entries()) {
    const { store } = open()
    const message = copied(written(mei, text, minutes))
    expect(message).toMatchObject({ text, name: '梅 Mei', clientId: `c${minutes}` })
    store.apply(message.room, [is(message)])
    expect(open().store.find(message.room, minutes + 1)).toEqual(message)
  }
})

test('a reply quotes what the copy has of the other message at that moment', () => {
  const { store } = open()
  const reply = copied({ ...written(mei, 'Yes!', 5), replyTo: 1 })
  store.apply(1, [is(message(1, `Shall we?\n${'a'.repeat(200)}`)), is({ ...reply, room: 1 })])
  const quoted = (): CopiedMessage | null => open().store.find(1, reply.replyTo)
  const excerpt = excerptOf(quoted() ?? message(0))
  expect(excerpt).toStartWith('Shall we? aaa')
  expect(excerpt.length).toBe(limits.quoteLettersMax)
  store.apply(1, [gone(1)])
  expect(quoted()).toBeNull()
  expect(JSON.stringify({ ...localStorage })).not.toContain('Shall we?')
})

test('pictures and files are kept by name and address', () => {
  const about = { type: 'image/png', size: 2_048, preview: '', width: 4, height: 4 }
  const picture = { ...about, id: 'a'.repeat(32), name: 'cat & co.png', description: 'A cat' }
  const file = { ...picture, id: 'b'.repeat(32), name: 'plan.pdf', type: 'application/pdf' }
  const message = copied({ ...written(mei, '', 9), attachments: [picture, file] })
  open().store.apply(message.room, [is(message)])
  const kept = open().store.find(message.room, message.seq)
  expect(kept?.text).toBe('')
  expect(kept?.files).toEqual([
    { name: 'cat & co.png', url: createPaths('/').attachment(picture.id, picture.name) },
    { name: 'plan.pdf', url: createPaths('/').attachment(file.id, file.name) },
  ])
})
