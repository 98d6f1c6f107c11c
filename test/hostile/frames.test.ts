import { expect, test } from 'bun:test'
import { rates } from '../../src/server/rate-limits'
import { openSocket, type Person, signIn } from '../helpers/client'
import { answered } from '../helpers/answers'
import { makeRoom, sendForm } from '../helpers/rooms'
import { residentBytes } from '../helpers/process'
import { type Line, maskedFrame, openLine, upgradeRequest } from '../helpers/raw'
import { serverForAll } from '../helpers/server'

const server = serverForAll({ env: { CHATROOM_RATE_LIMITS: 'on' } })

async function openByHand(person: Person): Promise<Line> {
  const line = await openLine(server())
  line.write(upgradeRequest(server(), { Cookie: person.cookie }))
  await line.until('"hello"')
  return line
}

async function expectHealthy(): Promise<void> {
  const socket = await openSocket(server(), await signIn(server(), `Nurse ${++nurses}x`))
  expect(await socket.post(1, 'healthy', 'still here')).toMatchObject({ type: 'accepted' })
  await socket.close()
}

let nurses = 1

test('F8: a message of ten thousand empty parts that never ends costs nothing', async () => {
  const line = await openByHand(await signIn(server(), 'Empty'))
  const before = await residentBytes(server().pid)
  const nothing = new Uint8Array()
  const parts = Array.from({ length: 10_000 }, (_, n) =>
    maskedFrame(n === 0 ? 0x01 : 0x00, nothing),
  )
  line.write(Buffer.concat(parts))
  await expectHealthy()
  expect((await residentBytes(server().pid)) - before).toBeLessThan(16 * 1024 * 1024)
  // What never becomes a frame is silence: the sweep ends it (test/socket/connections.test.ts).
  expect(line.heard()).not.toContain('accepted')
  await line.end(0)
})

test('F10: a goodbye with a code that nobody may send ends the connection', async () => {
  const person = await signIn(server(), 'Codes')
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 2_999, 65_535]) {
    const line = await openByHand(person)
    line.write(maskedFrame(0x88, Uint8Array.of(code >> 8, code & 0xff)))
    await line.end(5_000)
    expect({ code, isClosed: line.isClosed() }).toEqual({ code, isClosed: true })
  }
  await expectHealthy()
})

test('F12: a room that is none, or not mine, is refused in one and the same way', async () => {
  const owner = await signIn(server(), 'Landlady')
  const closed = await makeRoom(server(), owner, 'Vault', 'closed')
  const socket = await openSocket(server(), await signIn(server(), 'Outside'))
  const refusal = async (room: unknown): Promise<string> => {
    const frame = { type: 'message.post', room, client_id: 'r', content: 'x', attachments: [] }
    return JSON.stringify(await answered(socket, frame))
  }
  const missing = await refusal(closed + 1)
  expect(missing).toContain('"room_missing"')
  expect(await refusal(closed)).toBe(missing)
  const odd = [{ id: 1 }, [1], '1', 'x'.repeat(10_000), -1, 0, 1.5, 2 ** 60, null, true]
  for (const room of odd) expect(await refusal(room)).toContain('"refused"')
  // No number at all, once it was read: JSON has no infinity.
  socket.send('{"type":"message.post","room":1e999,"client_id":"endless","content":"x"}')
  const isIt = (item: object): boolean =>
    Object.assign({ client_id: '' }, item).client_id === 'endless'
  expect(await socket.until(isIt, 'the answer')).toMatchObject({ type: 'refused' })
  await socket.close()
})

test('F16: coming and going without end is refused, and so is asking for every room', async () => {
  const owner = await signIn(server(), 'Hostess')
  const room = await makeRoom(server(), owner, 'Revolving door')
  const restless = await signIn(server(), 'Restless')
  const statuses: number[] = []
  // Meanwhile some attempts are given back.
  for (let n = 0; n <= rates.rooms.burst * 4 && !statuses.includes(429); n += 1) {
    statuses.push((await sendForm(server(), restless, `/rooms/${room}/members`)).status)
    statuses.push((await sendForm(server(), restless, `/rooms/${room}/leave`)).status)
  }
  expect(statuses.slice(0, 2)).toEqual([303, 303])
  expect(statuses).toContain(429)
  const socket = await openSocket(server(), restless)
  const rooms = Object.fromEntries(Array.from({ length: 6_000 }, (_, n) => [n + 1, 0]))
  socket.send({ type: 'resume', epoch: 'e', rooms })
  expect(await socket.until((item) => item.type === 'refused', 'a refusal')).toMatchObject({
    code: 'bad_frame',
  })
  await socket.close()
})
