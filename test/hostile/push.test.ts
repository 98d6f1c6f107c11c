import { afterAll, expect, test } from 'bun:test'
import { signIn } from '../helpers/client'
import { askDatabase } from '../helpers/database'
import { openPushReceiver, subscribe } from '../helpers/push-service'
import { serverForAll } from '../helpers/server'

const server = serverForAll({ flags: ['--push'], env: { CHATROOM_RATE_LIMITS: 'on' } })
const service = openPushReceiver()
afterAll(() => service[Symbol.asyncDispose]())

async function countSubscriptions(): Promise<number> {
  const sql = 'SELECT count(*) AS n FROM push_subscriptions'
  const [counted] = await askDatabase<{ n: number }>(server(), sql)
  return counted?.n ?? 0
}

test('W1: a device cannot have the server contact a machine nearby', async () => {
  const eve = await signIn(server(), 'Eve')
  const { fields } = await service.newDevice()
  for (const endpoint of [
    ...[fields.endpoint, 'https://127.0.0.1/a', 'https://10.0.0.1/a', 'https://[::1]/a'],
    ...['https://169.254.169.254/latest/meta-data', 'https://0x7f000001/', 'https://017700000001/'],
    ...['https://[::ffff:127.0.0.1]/', 'https://ada:x@push.example.org/', 'gopher://10.0.0.1/'],
  ])
    expect([endpoint, await subscribe(server(), eve, { fields: { ...fields, endpoint } })]).toEqual(
      [endpoint, 400],
    )
  expect(await countSubscriptions()).toBe(0)
  expect(service.requests()).toBe(0)
})

test('W3: a subscription that no browser makes is refused', async () => {
  const eve = await signIn(server(), 'Eva')
  const { fields } = await service.newDevice()
  const right = { ...fields, endpoint: 'https://push.example.org/a' }
  for (const wrong of [
    ...[{ endpoint: 'x'.repeat(100_000) }, { endpoint: {} }, { endpoint: null }, { endpoint: [] }],
    ...[{ p256dh: '' }, { p256dh: 'A'.repeat(87) }, { p256dh: 'A'.repeat(50_000) }, { p256dh: 4 }],
    ...[{ auth: '' }, { auth: 'AAAA' }, { auth: '!'.repeat(22) }],
  ])
    expect(await subscribe(server(), eve, { fields: { ...right, ...wrong } })).toBe(400)
  expect(await subscribe(server(), eve, { fields: { endpoint: 'x'.repeat(200_000) } })).toBe(413)
  expect(await countSubscriptions()).toBe(0)
  // What is not a list of people is none.
  const muted = {
    muted: [1, 'x', -1, 2 ** 60, 1e300, {}, ...Array.from({ length: 5_000 }, () => 7)],
  }
  expect(await subscribe(server(), eve, { fields: right }, muted)).toBe(204)
  expect(await countSubscriptions()).toBe(1)
})

test('W4: of endless subscriptions of one device the last one stays', async () => {
  const eve = await signIn(server(), 'Evi')
  const before = await countSubscriptions()
  const { fields } = await service.newDevice()
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      subscribe(server(), eve, {
        fields: { ...fields, endpoint: `https://push.example.org/${n}` },
      }),
    ),
  )
  expect(new Set(answers)).toEqual(new Set([204, 429]))
  expect(await countSubscriptions()).toBe(before + 1)
})
