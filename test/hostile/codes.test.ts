import { expect, test } from 'bun:test'
import { signIn } from '../helpers/client'
import { askDatabase, storedIn } from '../helpers/database'
import { comeBack, makeCode, tryCode } from '../helpers/devices'
import { sendForm } from '../helpers/rooms'
import { serverForAll, startServer } from '../helpers/server'

const calm = serverForAll({ env: { CHATROOM_RATE_LIMITS: 'off' } })
const wrong = 'ABCD-EFGH-JKMN-PQRS'

/** What somebody sees who tries a code, without the name that they typed. */
async function seen(nickname: string, code: string) {
  const answer = await tryCode(calm(), nickname, code)
  const { status } = answer
  return { status, page: (await answer.text()).replace(`value="${nickname}"`, '') }
}

test('the answer is one, whether there is a person, a code, or another code', async () => {
  const [has] = [await signIn(calm(), 'Has'), await signIn(calm(), 'Hasnot')]
  const code = await makeCode(calm(), has)
  const gone = await signIn(calm(), 'Gone')
  const old = await makeCode(calm(), gone)
  await sendForm(calm(), gone, '/session/leave', { sure: 'yes' })
  const tries = [
    ['Has', wrong],
    ['Hasnot', wrong],
    ['Absent', wrong],
    ['Absent', code],
    ['Hasnot', code],
    ['Gone', old],
    ['Has', code.slice(0, -1)],
    ['Has', `${code}0`],
    ['Has', '%'.repeat(5_000)],
    ['Has', ''],
  ] as const
  const answers = []
  for (const [name, typed] of tries) answers.push(await seen(name, typed))
  expect(answers[0]?.status).toBe(422)
  for (const answer of answers.slice(1)) expect([answer]).toEqual(answers.slice(0, 1))
  expect(answers[0]?.page).not.toContain(wrong)
  await comeBack(calm(), 'Has', code)
})

test('of twenty browsers with one code at once, one comes in', async () => {
  const code = await makeCode(calm(), await signIn(calm(), 'Wanted'))
  const tries = Array.from({ length: 20 }, () => tryCode(calm(), 'Wanted', code))
  const statuses = (await Promise.all(tries)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 303).length).toBe(1)
  for (const status of statuses) expect([303, 422, 429, 503]).toContain(status)
})

test('codes that are guessed are limited per address, and keep no other address out', async () => {
  await using server = await startServer({
    flags: ['--trust-proxy'],
    env: { CHATROOM_RATE_LIMITS: 'on' },
  })
  const code = await makeCode(server, await signIn(server, 'Target'))
  const from = (address: string) => ({ 'X-Forwarded-For': address })
  const statuses = []
  for (let n = 0; n < 15; n += 1) {
    statuses.push((await tryCode(server, 'Target', wrong, from('192.0.2.1'))).status)
  }
  expect(statuses.filter((status) => status === 422).length).toBe(10)
  expect(statuses.at(-1)).toBe(429)
  // The right code from there is not looked at, and from elsewhere it is.
  expect((await tryCode(server, 'Target', code, from('192.0.2.1'))).status).toBe(429)
  await comeBack(server, 'Target', code, from('192.0.2.2'))
})

test('guesses from many addresses at one name are limited, too', async () => {
  await using server = await startServer({
    flags: ['--trust-proxy'],
    env: { CHATROOM_RATE_LIMITS: 'on' },
  })
  await signIn(server, 'Target')
  const from = (n: number) => ({ 'X-Forwarded-For': `192.0.2.${n}` })
  let refused = 0
  for (let n = 0; n < 110; n += 1) {
    refused += Number((await tryCode(server, 'Target', wrong, from(n % 20))).status === 429)
  }
  expect(refused).toBeGreaterThan(0)
  expect((await tryCode(server, 'Other', wrong, from(99))).status).toBe(422)
})

test('neither the code nor the user agent is found in the database', async () => {
  const agent = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Secret/77 Firefox/140.0' }
  const code = await makeCode(calm(), await signIn(calm(), 'Kept'))
  const phone = await comeBack(calm(), 'Kept', code, agent)
  const next = await makeCode(calm(), phone)
  const newest = 'SELECT browser, system FROM sessions ORDER BY id DESC LIMIT 1'
  expect(await askDatabase(calm(), newest)).toEqual([{ browser: 'Firefox', system: 'Linux' }])
  const stored = await storedIn(calm())
  expect(stored).toContain('Firefox')
  for (const secret of [code, next, code.replaceAll('-', ''), next.replaceAll('-', ''), 'Secret/7'])
    expect(stored).not.toContain(secret)
})
