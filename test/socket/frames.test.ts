import { expect, test } from 'bun:test'
import { serverLimits } from '../../src/server/limits'
import { catchUpRoomsMax } from '../../src/socket/frames'
import { parseFrame } from '../../src/socket/frames'
import { dial, history, openSocket, signIn } from '../helpers/client'
import { maskedFrame, openLine, upgradeRequest } from '../helpers/raw'
import { serverForAll } from '../helpers/server'

const server = serverForAll()

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const post = (clientId: string): Uint8Array =>
  bytes(JSON.stringify({ type: 'message.post', room: 1, client_id: clientId, content: 'by hand' }))

/** Others were not disturbed when a fresh person can still say something and be answered. */
async function expectHealthy(id: string): Promise<void> {
  const socket = await openSocket(server(), await signIn(server(), `Nurse ${id}`))
  expect(await socket.post(1, `healthy-${id}`, 'still here')).toMatchObject({ type: 'accepted' })
  await socket.close()
}

async function openByHand(nickname: string) {
  const person = await signIn(server(), nickname)
  const line = await openLine(server())
  line.write(upgradeRequest(server(), { Cookie: person.cookie }))
  await line.until('"hello"')
  return { line, person }
}

test('malformed frames are refused with a sentence, and the socket goes on', async () => {
  const socket = await openSocket(server(), await signIn(server(), 'Fuzz'))
  const wrong = {
    bad_frame: ['', 'hello', '{', 'null', '[]', '42', '"x"', 'true', '[[[[]]]]', '{"a":1}}'],
    unknown_type: [
      '{}',
      '{"type":null}',
      '{"type":{"a":1}}',
      '{"type":"admin.ban","user":1}',
      '{"type":"constructor"}',
      '{"type":"__proto__"}',
      '{"__proto__":{"type":"ping"}}',
    ],
  }
  for (const [code, frames] of Object.entries(wrong)) {
    for (const frame of frames) {
      const before = socket.heard.length
      socket.send(frame)
      const answer = await socket.until(
        (item) => item.type === 'refused' && socket.heard.lastIndexOf(item) >= before,
        `an answer to ${frame}`,
      )
      expect({ frame, ...answer }).toMatchObject({ frame, type: 'refused', code })
    }
  }
  socket.send({ type: 'ping' })
  await socket.until((item) => item.type === 'pong', 'a pong after all that')
  expect(Object.keys(Object.prototype)).toEqual([])
  await socket.close()
})

test('fields of the wrong type are refused', () => {
  const right = { type: 'message.post', room: 1, client_id: 'a', content: 'x', attachments: [] }
  const odd = [null, 0, -1, 1.5, '', 'x'.repeat(10_000), [], {}, [1], true, { toString: 'x' }]
  expect(parseFrame(JSON.stringify(right))).toMatchObject({ type: 'message.post', room: 1 })
  for (const value of odd) {
    for (const key of ['room', 'client_id', 'content']) {
      if (key === 'client_id' && value === 0) continue
      const frame = parseFrame(JSON.stringify({ ...right, [key]: value }))
      expect({ key, value, type: frame.type }).toEqual({ key, value, type: 'problem' })
    }
    for (const rooms of [value, { 1: value }]) {
      if (rooms === null || value === 0) continue
      const frame = parseFrame(JSON.stringify({ type: 'resume', epoch: 'e', rooms }))
      const isEmpty = JSON.stringify(rooms) === '{}'
      expect({ rooms, type: frame.type }).toEqual({ rooms, type: isEmpty ? 'resume' : 'problem' })
    }
    const read = parseFrame(JSON.stringify({ type: 'read', room: 1, seq: value }))
    expect({ value, type: read.type }).toEqual({ value, type: 'problem' })
  }
  expect(parseFrame('{"type":"read","room":1,"seq":1e999}').type).toBe('problem')
})

test('a parsed frame holds known keys only', () => {
  const text = `{"type":"message.post","room":1,"client_id":"a","content":"x","author":7,
    "__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"seq":99}`
  const frame = parseFrame(text)
  expect(frame).toEqual({
    type: 'message.post',
    room: 1,
    message: { clientId: 'a', content: 'x', attachments: [], replyTo: null, writtenIn: null },
  })
  expect(Object.assign({}, frame)).not.toHaveProperty('admin')
})

test('a resume that names too many rooms is refused', () => {
  const rooms = Object.fromEntries(
    Array.from({ length: catchUpRoomsMax + 1 }, (_, n) => [n + 1, 0]),
  )
  const frame = parseFrame(JSON.stringify({ type: 'resume', epoch: 'e', rooms }))
  expect(frame).toMatchObject({ type: 'problem', code: 'bad_frame' })
})

test('deeply nested brackets are a malformed frame', async () => {
  const socket = await openSocket(server(), await signIn(server(), 'Deep'))
  for (const frame of ['['.repeat(30_000) + ']'.repeat(30_000), '{"a":'.repeat(10_000)]) {
    const refusals = () => socket.heard.filter(({ type }) => type === 'refused')
    const before = refusals().length
    socket.send(frame)
    await socket.until(() => refusals().length > before, 'an answer')
    expect(refusals().at(-1)).toMatchObject({ code: 'bad_frame' })
  }
  await socket.close()
})

test('binary frames and frames beyond the limit close the socket', async () => {
  const person = await signIn(server(), 'Binary')
  const closing: [payload: string | Uint8Array<ArrayBuffer>, codes: number[]][] = [
    [new Uint8Array(10), [1003]],
    ['x'.repeat(serverLimits.frameBytesMax + 1), [1009, 1006]],
  ]
  for (const [payload, codes] of closing) {
    const socket = dial(server(), person)
    const { promise: closed, resolve } = Promise.withResolvers<number>()
    socket.onclose = (event) => resolve(event.code)
    socket.onmessage = () => socket.send(payload)
    expect(codes).toContain(await closed)
  }
  await expectHealthy('bytes')
})

test('frames that break the protocol end the connection and nothing else', async () => {
  const broken = {
    'an unmasked one': Uint8Array.of(0x81, 2, 123, 125),
    'reserved bits': maskedFrame(0xb1, bytes('{}')),
    'compressed, though nobody agreed to it': maskedFrame(0xc1, bytes('{}')),
    'a reserved opcode': maskedFrame(0x83, bytes('{}')),
    'bad UTF-8': maskedFrame(0x81, Uint8Array.of(0xff, 0xfe, 0x80)),
    'a ping in two parts': maskedFrame(0x09, bytes('x')),
    'a claim of 2^62 bytes': Uint8Array.of(0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4),
  }
  const { person } = await openByHand('Breaker')
  for (const [what, frame] of Object.entries(broken)) {
    const line = await openLine(server())
    line.write(upgradeRequest(server(), { Cookie: person.cookie }))
    await line.until('"hello"')
    line.write(frame)
    await line.end(5_000)
    expect({ what, isClosed: line.isClosed() }).toEqual({ what, isClosed: true })
  }
  await expectHealthy('protocol')
})

test('nothing is accepted after a close frame', async () => {
  const { line, person } = await openByHand('Goodbye')
  const close = maskedFrame(0x88, Uint8Array.of(0x03, 0xe8))
  line.write(Buffer.concat([close, maskedFrame(0x81, post('after-the-end'))]))
  await line.end(2_000)
  const said = await history(server(), person, 1)
  expect(said.filter(({ client_id }) => client_id === 'after-the-end')).toEqual([])
})

test('a message in many fragments is one message', async () => {
  const { line, person } = await openByHand('Parts')
  const whole = post('in-parts')
  for (let n = 0; n < whole.length; n += 1) {
    const first = n === 0 ? 0x01 : 0x00
    const last = n === whole.length - 1 ? 0x80 : 0
    line.write(maskedFrame(first | last, whole.slice(n, n + 1)))
  }
  await line.until('accepted')
  await line.end(0)
  const said = await history(server(), person, 1)
  expect(said.filter(({ client_id }) => client_id === 'in-parts').length).toBe(1)
})
