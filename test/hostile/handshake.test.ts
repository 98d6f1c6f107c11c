import { expect, test } from 'bun:test'
import { serverLimits } from '../../src/server/limits'
import { openSocket, signIn } from '../helpers/client'
import { sendForm } from '../helpers/rooms'
import { openLine, sendRaw, upgradeRequest } from '../helpers/raw'
import { serverForAll } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

/** The limits in force, as they are by default. */
const server = serverForAll({ env: { CHATROOM_RATE_LIMITS: 'on' } })

const statusOf = async (headers: Record<string, string | null>): Promise<number> =>
  Number((await sendRaw(server(), upgradeRequest(server(), headers))).slice(9, 12))

test('H7: a logged-out person gets no socket with the old cookie', async () => {
  const person = await signIn(server(), 'Leaver')
  expect(await statusOf({ Cookie: person.cookie })).toBe(101)
  await sendForm(server(), person, '/session/end')
  expect(await statusOf({ Cookie: person.cookie })).toBe(401)
})

test('H11: another version, or a key that is none, gets no socket', async () => {
  const { cookie } = await signIn(server(), 'Older')
  const odd = {
    'Sec-WebSocket-Version': ['8', '0', '99', 'thirteen', null],
    'Sec-WebSocket-Key': ['', 'short', 'x'.repeat(24), `${'A'.repeat(22)}==, second`, null],
  }
  for (const [name, values] of Object.entries(odd)) {
    for (const value of values) {
      const answer = await sendRaw(
        server(),
        upgradeRequest(server(), { Cookie: cookie, [name]: value }),
      )
      expect({ name, value, line: answer.slice(0, 12) }).toMatchObject({
        line: expect.stringMatching(/^HTTP\/1\.1 4\d\d/),
      })
    }
  }
})

test('H9: five hundred handshakes at once are refused beyond a burst; talk goes on', async () => {
  const [stormer, calm] = [await signIn(server(), 'Stormer'), await signIn(server(), 'Calm')]
  const socket = await openSocket(server(), calm)
  const lines = await Promise.all(Array.from({ length: 500 }, () => openLine(server())))
  for (const line of lines) line.write(upgradeRequest(server(), { Cookie: stormer.cookie }))
  const isAnswered = () => lines.every((line) => line.heard().length > 12)
  await waitUntil(isAnswered, 'an answer on each line')
  const statuses = lines.map((line) => line.heard().slice(9, 12))
  expect(statuses.filter((status) => status === '101').length).toBeLessThanOrEqual(
    serverLimits.socketsPerPersonMax,
  )
  expect(statuses.filter((status) => status !== '101' && status !== '429')).toEqual([])
  expect(await socket.post(1, 'calm', 'undisturbed')).toMatchObject({ type: 'accepted' })
  await Promise.all(lines.map((line) => line.end(0)))
  await socket.close()
})
