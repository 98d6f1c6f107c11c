import { expect, test } from 'bun:test'
import { serverLimits } from '../../src/server/limits'
import { rates } from '../../src/server/rate-limits'
import { history, openSocket, renew, signIn } from '../helpers/client'
import { residentBytes } from '../helpers/process'
import { maskedFrame, openLine, upgradeRequest } from '../helpers/raw'
import { serverForAll, startServer } from '../helpers/server'

/** The limits in force, as they are by default; all other tests run without them. */
const server = serverForAll({ env: { CHATROOM_RATE_LIMITS: 'on' } })

test('a client that sends too fast is told how long to wait, and loses nothing', async () => {
  const fast = await openSocket(server(), await signIn(server(), 'Fast'))
  const calm = await openSocket(server(), await signIn(server(), 'Calm'))
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, n) => fast.post(1, `fast-${n}`, `quick ${n}`)),
  )
  const refused = answers.flatMap((answer) => (answer.type === 'refused' ? [answer] : []))
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(rates.messages.burst)
  expect(refused.length).toBeGreaterThan(10)
  expect(refused[0]).toMatchObject({ code: 'too_many' })
  expect(await calm.post(1, 'calm', 'undisturbed')).toMatchObject({ type: 'accepted' })
  await Bun.sleep((refused[0]?.retry_ms ?? 0) + 50)
  const again = refused[0]?.client_id ?? ''
  expect(await fast.post(1, again, 'once more')).toMatchObject({ type: 'accepted' })
  await fast.close()
  await calm.close()
})

test('a flood of frames is answered with refusals, and others do not notice', async () => {
  const flood = await openSocket(server(), await signIn(server(), 'Flood'))
  const calm = await openSocket(server(), await signIn(server(), 'Quiet'))
  for (let n = 0; n < 5_000; n += 1) flood.send({ type: 'ping' })
  expect(await calm.post(1, 'quiet', 'still fast')).toMatchObject({ type: 'accepted' })
  await flood.until((item) => item.type === 'refused' && item.code === 'too_many', 'a refusal')
  flood.cut()
  await calm.close()
})

test('catch-ups have a rate limit of their own', async () => {
  const socket = await openSocket(server(), await signIn(server(), 'Replay'))
  for (let n = 0; n <= rates.catchUps.burst; n += 1) socket.resume(1, 0)
  await socket.until((item) => item.type === 'refused' && item.client_id === null, 'a refusal')
  await socket.close()
})

test('read markers that move too fast are written seldom, and the last one always', async () => {
  const [reader, writer] = [await signIn(server(), 'Reader'), await signIn(server(), 'Writer')]
  const [reading, writing] = [
    await openSocket(server(), reader),
    await openSocket(server(), writer),
  ]
  for (let n = 0; n < 18; n += 1) await writing.post(1, `marker-${n}`, `message ${n}`)
  const [newest] = (await history(server(), reader, 1)).slice(-1)
  const last = newest?.seq ?? 0
  const startedAt = performance.now()
  for (let n = 0; n < 150; n += 1) {
    reading.send({ type: n % 2 === 0 ? 'unread' : 'read', room: 1, seq: last - (n % 8) })
    if (n % 5 === 0) await Bun.sleep(1)
  }
  reading.send({ type: 'read', room: 1, seq: last })
  const isMoved = ({ type }: { type: string }): boolean => type === 'read'
  await reading.until(
    (item) => item.type === 'read' && item.seq === last && item.unread === 0,
    'the last',
  )
  await Bun.sleep(500)
  const seconds = (performance.now() - startedAt) / 1_000
  const moved = reading.heard.filter(isMoved)
  expect(moved.length).toBeLessThanOrEqual(rates.markers.burst + seconds * rates.markers.perSecond)
  expect(moved.at(-1)).toMatchObject({ seq: last, unread: 0 })
  expect(reading.heard.filter(({ type }) => type === 'refused')).toEqual([])
  await reading.close()
  await writing.close()
})

test('of the moves of one turn the last is written, whatever the order of two reads', async () => {
  await using calm = await startServer()
  const ada = await openSocket(calm, await signIn(calm, 'Ada'))
  const reader = await signIn(calm, 'Eve')
  const eve = await openSocket(calm, reader)
  for (let n = 1; n <= 9; n += 1) await ada.post(1, `turn-${n}`, `message ${n}`)
  for (const seq of [3, 9, 5]) eve.send({ type: 'read', room: 1, seq })
  await eve.until((item) => item.type === 'read' && item.seq === 9, 'the furthest')
  eve.send({ type: 'unread', room: 1, seq: 4 })
  await eve.until((item) => item.type === 'read' && item.seq === 3, 'the way back')
  eve.send({ type: 'read', room: 1, seq: 9 })
  // The server has taken the frame before the signal comes; it writes at the latest when it stops.
  eve.send({ type: 'ping' })
  await eve.until(({ type }) => type === 'pong', 'the pong')
  await calm.stop()
  await calm.restart()
  const again = await openSocket(calm, reader)
  expect(again.hello.rooms[0]).toMatchObject({ unread: 0 })
})

test('a person may hold ten sockets and no more', async () => {
  const person = await signIn(server(), 'Tabs')
  const open = await Promise.all(
    Array.from({ length: serverLimits.socketsPerPersonMax }, () => openSocket(server(), person)),
  )
  const line = await openLine(server())
  line.write(upgradeRequest(server(), { Cookie: person.cookie }))
  expect(await line.end(500)).toStartWith('HTTP/1.1 429')
  await open[0]?.close()
  const again = await openSocket(server(), person)
  for (const socket of [...open.slice(1), again]) await socket.close()
})

test('another session ends the sockets of the old one and frees their places', async () => {
  const old = await signIn(server(), 'Renewed')
  const tabs = Array.from({ length: serverLimits.socketsPerPersonMax }, () => old)
  const before = await Promise.all(tabs.map((person) => openSocket(server(), person)))
  const person = await renew(server(), old)
  for (const socket of before) expect(await socket.closed).toMatchObject({ code: 4001 })
  const line = await openLine(server())
  line.write(upgradeRequest(server(), { Cookie: old.cookie }))
  expect(await line.end(500)).toStartWith('HTTP/1.1 401')
  const after = await Promise.all(tabs.map(() => openSocket(server(), person)))
  const left = fetch(`${server().origin}/session/end`, {
    method: 'POST',
    headers: { Origin: server().origin, Cookie: person.cookie },
  })
  for (const socket of after) expect(await socket.closed).toMatchObject({ code: 4401 })
  expect((await left).ok).toBe(true)
})

test('a client that reads nothing is disconnected, and the others go on', async () => {
  const deaf = await signIn(server(), 'Deaf')
  const line = await openLine(server())
  line.write(upgradeRequest(server(), { Cookie: deaf.cookie }))
  await line.until('"hello"')
  // Pings are answered with as many bytes; here nobody reads the answers.
  line.pause()
  const ping = Buffer.from(maskedFrame(0x89, new Uint8Array(125)))
  const many = Buffer.concat(Array.from({ length: 1_000 }, () => ping))
  const before = await residentBytes(server().pid)
  for (let n = 0; n < 200; n += 1) {
    line.write(many)
    await Bun.sleep(1)
  }
  expect((await residentBytes(server().pid)) - before).toBeLessThan(32 * 1024 * 1024)
  const calm = await openSocket(server(), deaf)
  expect(await calm.post(1, 'after-deaf', 'hello')).toMatchObject({ type: 'accepted' })
  await line.end(0)
  await calm.close()
})

test('sixty users can join at once; the next one must wait', async () => {
  const join = (n: number): Promise<Response> =>
    fetch(`${server().origin}/session`, {
      method: 'POST',
      redirect: 'manual',
      // A header that only a trusted proxy may set does not buy a new budget.
      headers: { Origin: server().origin, 'X-Forwarded-For': `10.0.0.${n}` },
      body: new URLSearchParams({ nickname: `Pupil ${n}x`, avatar: 'letter' }),
    })
  const answers = await Promise.all(Array.from({ length: rates.joins.burst }, (_, n) => join(n)))
  const refused = answers.find(({ status }) => status === 429)
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused?.text()).toContain('Many people are joining right now')
})
