import type { OutboxEntry } from '../../../src/island/app'
import { expect, test } from 'bun:test'
import { fill } from '../../../src/shared/text'
import { openOutbox, type OutboxListener } from '../../../src/island/messages/outbox'
import { openStorage } from '../../../src/island/ui/storage'
import { en } from '../../../views/words'
import { documentForAll } from '../dom'
import { page } from '../page'
import { waitUntil } from '../../helpers/wait'

documentForAll('<p id="toast"></p><p id="status"></p>')

/** The sentence that the reader sees. */
const toast = (): string => document.getElementById('toast')?.textContent ?? ''

type Composed = { room: number; client_id: string; content: string }

/** A line to a server that the test plays itself: it may be gone, and hears what is sent. */
function createLine() {
  const sent: Composed[] = []
  const line = { isOpen: true, probes: 0, sent }
  const connection = {
    send(frame: object): boolean {
      if (line.isOpen) sent.push(Object.assign({ room: 0, client_id: '', content: '' }, frame))
      return line.isOpen
    },
    probe: () => void (line.probes += 1),
    retryNow: () => {},
    open: () => {},
  }
  return { line, connection }
}

function createNotes() {
  const notes: string[] = []
  const listener: OutboxListener = {
    changed: (entry) => notes.push(`${entry.state} ${entry.content}`),
    sent: (entry) => notes.push(`sent ${entry.content}`),
    upload: (entry) => notes.push(`files of ${entry.content}`),
  }
  return { notes, listener }
}

function open(instance = 'h') {
  const { line, connection } = createLine()
  const { notes, listener } = createNotes()
  const storage = openStorage({ instance })
  const outbox = openOutbox({ connection, page, storage }, listener)
  return { line, notes, outbox, storage }
}

const to = (room: number, content: string) => ({
  room,
  content,
  files: [],
  writtenIn: null,
  to: '',
  reply: null,
})

const accepted = ({ clientId, room }: OutboxEntry) =>
  ({
    type: 'accepted',
    client_id: clientId,
    room,
    seq: 1,
    revision: 1,
    timestamp: '2026-01-01T00:00:00.000Z',
  }) as const
const refused = (
  { clientId }: OutboxEntry,
  retry_ms?: number,
  code: 'message_long' | 'too_many' | 'storage_full' = 'message_long',
) =>
  ({
    type: 'refused',
    client_id: clientId,
    code,
    reason: 'Too long.',
    ...(retry_ms === undefined ? {} : { retry_ms }),
  }) as const

test('messages of a room leave one at a time, in the order in which they were written', () => {
  const { line, outbox } = open()
  const [one, two] = [outbox.post(to(1, 'one')), outbox.post(to(1, 'two'))]
  const elsewhere = outbox.post(to(2, 'elsewhere'))
  outbox.flush()
  outbox.flush()
  expect(line.sent.map(({ content }) => content)).toEqual(['one', 'elsewhere'])
  outbox.onAccepted(accepted(one))
  expect(line.sent.at(-1)?.client_id).toBe(two.clientId)
  outbox.onAccepted(accepted(two))
  outbox.onAccepted(accepted(elsewhere))
  expect([...outbox.entries(1), ...outbox.entries(2)]).toEqual([])
})

test('what was not answered is sent again under the same id, also after a reload', () => {
  const first = open()
  const entry = first.outbox.post(to(1, 'unsure'))
  first.outbox.flush()
  first.outbox.interrupted()
  first.outbox.flush()
  const second = open()
  second.outbox.flush()
  const ids = [...first.line.sent, ...second.line.sent].map(({ client_id }) => client_id)
  expect(ids).toEqual([entry.clientId, entry.clientId, entry.clientId])
  second.outbox.onAccepted(accepted(entry))
  expect(open().outbox.entries(1)).toEqual([])
})

test('without a connection everything waits, and nothing is lost', () => {
  const { line, outbox } = open()
  line.isOpen = false
  for (const text of ['a', 'b', 'c']) outbox.post(to(1, text))
  outbox.flush()
  expect(line.sent).toEqual([])
  expect(
    open()
      .outbox.entries(1)
      .map(({ content }) => content),
  ).toEqual(['a', 'b', 'c'])
})

test('a refused message stays with its reason and holds back those behind it', () => {
  const { line, notes, outbox } = open()
  const [bad, good] = [outbox.post(to(1, 'bad')), outbox.post(to(1, 'good'))]
  outbox.flush()
  outbox.onRefused(refused(bad))
  outbox.flush()
  expect(line.sent.length).toBe(1)
  expect(open().outbox.entries(1)[0]).toMatchObject({ state: 'failed', reason: 'Too long.' })
  outbox.retry(bad.clientId)
  expect(line.sent.at(-1)?.client_id).toBe(bad.clientId)
  outbox.onRefused(refused(bad))
  expect(outbox.discard(bad.clientId)?.content).toBe('bad')
  expect(line.sent.at(-1)?.client_id).toBe(good.clientId)
  expect(notes).toEqual(['failed bad', 'waiting bad', 'failed bad'])
})

test('asked to slow down, it waits as long as it was told and then goes on by itself', async () => {
  const { line, outbox } = open()
  const entry = outbox.post(to(1, 'hasty'))
  outbox.flush()
  outbox.onRefused(refused(entry, 60, 'too_many'))
  outbox.flush()
  expect(line.sent.length).toBe(1)
  expect(toast()).toBe(fill(en.live.fast, { s: 1 }))
  await waitUntil(() => line.sent.length === 2, 'the second try')
  expect(line.sent.map(({ client_id }) => client_id)).toEqual([entry.clientId, entry.clientId])
})

test('while the server cannot keep it, a message says why, and goes when it can', async () => {
  const { line, notes, outbox } = open('full')
  const entry = outbox.post(to(1, 'kept here'))
  outbox.flush()
  outbox.onRefused(refused(entry, 60, 'storage_full'))
  expect(notes).toEqual(['waiting kept here'])
  expect(outbox.entries(1)).toMatchObject([{ state: 'waiting', reason: 'Too long.' }])
  await waitUntil(() => line.sent.length === 2, 'the second try')
  expect(line.sent.map(({ client_id }) => client_id)).toEqual([entry.clientId, entry.clientId])
  outbox.onAccepted(accepted(entry))
  expect(outbox.entries(1)).toEqual([])
})

test('junk in the storage is thrown away, and never sent', () => {
  const { storage } = open()
  for (const [index, junk] of [null, 42, [], {}, { clientId: 'x' }].entries()) {
    storage.write(`outbox.7.junk-${index}`, junk)
  }
  storage.write('outbox.7.a', { clientId: 'another', room: 1, content: 'x', at: 1, reason: '' })
  const { line, outbox } = open()
  outbox.flush()
  expect(line.sent).toEqual([])
  expect(storage.keys('outbox.7.')).toEqual([])
})

test('a full storage is said, and the message is sent all the same', () => {
  const { line, connection } = createLine()
  const { listener } = createNotes()
  const full = { ...openStorage({ instance: 'h' }), write: () => false }
  const outbox = openOutbox({ connection, page, storage: full }, listener)
  const entry = outbox.post(to(1, 'no room'))
  outbox.flush()
  expect(toast()).toBe(en.live.storageFull)
  expect(line.sent.map(({ client_id }) => client_id)).toEqual([entry.clientId])
})

test('another instance and another person on the same browser see nothing of it', () => {
  open('h').outbox.post(to(1, 'mine'))
  expect(open('other').outbox.entries(1)).toEqual([])
  const storage = openStorage({ instance: 'h' })
  const { listener } = createNotes()
  const { connection } = createLine()
  const other = { ...page, user: { id: 8, nickname: 'Lin' } }
  expect(openOutbox({ connection, page: other, storage }, listener).entries(1)).toEqual([])
})

test('a message waits for its files, and those behind it for the message', () => {
  const { line, notes, outbox } = open('files')
  const about = { id: '', name: 'a.png', type: '', size: 1, description: '', isOriginal: false }
  const files = ['k1', 'k2'].map((key) => ({ ...about, key }))
  const picture = outbox.post({ ...to(1, 'picture'), files })
  outbox.post(to(1, 'after it'))
  outbox.flush()
  expect(line.sent).toEqual([])
  expect(notes).toEqual(['files of picture'])
  outbox.setUploaded(picture.clientId, 'k2', 'id-2')
  expect(line.sent).toEqual([])
  outbox.setUploaded(picture.clientId, 'k1', 'id-1')
  expect(line.sent).toMatchObject([{ content: 'picture', attachments: ['id-1', 'id-2'] }])
  outbox.onAccepted(accepted(picture))
  expect(line.sent.map(({ content }) => content)).toEqual(['picture', 'after it'])
})

test('a file that will not come fails its message, which can be sent again', () => {
  const { line, notes, outbox } = open('failed-files')
  const about = { id: '', name: 'a.png', type: '', size: 1, description: '', isOriginal: false }
  const picture = outbox.post({ ...to(1, 'picture'), files: [{ ...about, key: 'k' }] })
  outbox.setUploaded(picture.clientId, 'k', '', 'Too large.')
  expect(notes).toEqual(['failed picture'])
  outbox.retry(picture.clientId)
  expect(notes.at(-1)).toBe('files of picture')
  outbox.setUploaded(picture.clientId, 'k', 'id')
  // The server has forgotten it meanwhile: the file is sent again, too.
  outbox.onRefused({ ...refused(picture), code: 'attachment_missing' })
  outbox.retry(picture.clientId)
  expect(notes.at(-1)).toBe('files of picture')
  expect(line.sent.length).toBe(1)
})
