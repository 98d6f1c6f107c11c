import { expect, test } from 'bun:test'
import { type Person, signIn } from '../helpers/client'
import { askDatabase, storedIn } from '../helpers/database'
import {
  addDevice,
  answerDevice,
  claimLink,
  claimOf,
  comeBack,
  enterWith,
  makeCode,
  makeLink,
  pageOf,
  sendFrom,
} from '../helpers/devices'
import { sendForm } from '../helpers/rooms'
import { serverForAll, startServer } from '../helpers/server'

const calm = serverForAll({ env: { CHATROOM_RATE_LIMITS: 'off' } })
const madeUp = `/device/${'A'.repeat(22)}`

/** What somebody sees who opens a link, and who claims it. */
async function seen(path: string) {
  const looked = await fetch(calm().origin + path, { headers: { 'Accept-Language': 'en' } })
  const claimed = await sendFrom(calm(), path)
  const cookies = [looked, claimed].map(({ headers }) => headers.getSetCookie())
  return {
    statuses: [looked.status, claimed.status],
    pages: [await looked.text(), await claimed.text()],
    cookies,
  }
}

/** Makes the links of a person older than a link may be. */
async function expire({ nickname }: Person, ms: number): Promise<void> {
  const sql = `UPDATE device_links SET made_at = made_at - ?1 WHERE session_id IN
    (SELECT sessions.id FROM sessions JOIN users ON users.id = user_id WHERE nickname = ?2)`
  await askDatabase(calm(), sql, ms, nickname)
}

test('the answer is one to links that are made up, used, withdrawn, old or orphaned', async () => {
  const made = async (name: string, then: (person: Person, link: string) => Promise<unknown>) => {
    const person = await signIn(calm(), name)
    const link = await makeLink(calm(), person)
    await then(person, link)
    return link
  }
  const paths = [
    madeUp,
    '/device/short',
    `/device/${'%F0%9F%98%80'.repeat(40)}`,
    await made('Claimed', async (_, link) => claimLink(calm(), link)),
    await made('Withdrawn', async (person) => sendForm(calm(), person, '/devices/link/end')),
    await made('Replaced', async (person) => makeLink(calm(), person)),
    await made('Old', async (person) => expire(person, 10 * 60_000 + 1)),
    await made('Outlogged', async (person) => sendForm(calm(), person, '/session/end')),
    await made('Gone', async (person) =>
      sendForm(calm(), person, '/session/leave', { sure: 'yes' }),
    ),
    await made('Renewed', async (person) =>
      sendForm(calm(), person, '/session', { nickname: 'Renewed', avatar: 'letter' }),
    ),
    await made('Used', async (person, link) => {
      const claim = await claimLink(calm(), link)
      await answerDevice(calm(), person)
      await enterWith(calm(), claim)
    }),
  ]
  const answers = []
  for (const path of paths) answers.push(await seen(path))
  expect(answers[0]).toMatchObject({ statuses: [404, 404], cookies: [[], []] })
  for (const answer of answers.slice(1)) expect([answer]).toEqual(answers.slice(0, 1))
  expect(answers[0]?.pages[0]).toContain('This link does not work')
})

test('of fifty browsers with one link at once, one comes in', async () => {
  const mei = await signIn(calm(), 'Wanted')
  const link = await makeLink(calm(), mei)
  const tries = await Promise.all(Array.from({ length: 50 }, () => sendFrom(calm(), link)))
  const winners = tries.filter(({ status }) => status === 303)
  expect(winners.length).toBe(1)
  const pages = await Promise.all(
    tries.filter(({ status }) => status !== 303).map((one) => one.text()),
  )
  expect(new Set(pages).size).toBe(1)
  for (const { status } of tries) expect([303, 404]).toContain(status)
  const claim = winners[0]?.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  await answerDevice(calm(), mei)
  // Nor does the one browser that won come in twice.
  const entries = await Promise.all(Array.from({ length: 50 }, () => enterWith(calm(), claim)))
  expect(entries.filter((person) => person !== null).length).toBe(1)
  expect(await enterWith(calm(), claim)).toBeNull()
})

test('nothing comes of a link whose person signs out before the exchange', async () => {
  const signOutElsewhere = async (person: Person) => {
    const other = await comeBack(calm(), person.nickname, await makeCode(calm(), person))
    await sendForm(calm(), other, '/devices/end', { others: 'yes' })
  }
  const ends: Record<string, (person: Person) => Promise<unknown>> = {
    Logsout: async (person) => sendForm(calm(), person, '/session/end'),
    Leaves: async (person) => sendForm(calm(), person, '/session/leave', { sure: 'yes' }),
    Loses: signOutElsewhere,
  }
  for (const [name, end] of Object.entries(ends)) {
    for (const when of ['before', 'after']) {
      const person = await signIn(calm(), `${name} ${when}`)
      const claim = await claimLink(calm(), await makeLink(calm(), person))
      const allow = { claim: await claimOf(calm(), person), answer: 'allow' }
      if (when === 'after') await sendForm(calm(), person, '/devices/asked', allow)
      await end(person)
      if (when === 'before') await sendForm(calm(), person, '/devices/asked', allow)
      expect([name, when, await enterWith(calm(), claim)]).toEqual([name, when, null])
    }
  }
})

test('a claim that was allowed and waits too long is over', async () => {
  const mei = await signIn(calm(), 'Slow')
  const claim = await claimLink(calm(), await makeLink(calm(), mei))
  await expire(mei, 10 * 60_000 - 5_000)
  expect((await answerDevice(calm(), mei)).status).toBe(303)
  await expire(mei, 10_000)
  expect(await enterWith(calm(), claim)).toBeNull()
  const late = await claimLink(calm(), await makeLink(calm(), mei))
  const asked = await claimOf(calm(), mei)
  await expire(mei, 10 * 60_000 + 1)
  const answer = await sendForm(calm(), mei, '/devices/asked', { claim: asked, answer: 'allow' })
  expect(await answer.text()).toContain('That was too late.')
  expect(await enterWith(calm(), late)).toBeNull()
})

test('nobody answers for somebody else, nor for a claim that they were not shown', async () => {
  const [mei, eve] = [await signIn(calm(), 'Asked'), await signIn(calm(), 'Evelyn')]
  const tablet = await addDevice(calm(), mei)
  const link = await makeLink(calm(), mei)
  const claim = await claimLink(calm(), link)
  const asked = await claimOf(calm(), mei)
  const allow = { claim: asked, answer: 'allow' }
  // Somebody else, another device of hers, and the new device itself.
  for (const person of [eve, tablet]) await sendForm(calm(), person, '/devices/asked', allow)
  expect((await sendFrom(calm(), '/devices/asked', { cookie: claim }, allow)).status).toBe(401)
  const own = await makeLink(calm(), eve)
  await claimLink(calm(), own)
  await sendForm(calm(), eve, '/devices/asked', allow)
  await sendForm(calm(), mei, '/devices/asked', { ...allow, claim: 'a'.repeat(64) })
  expect(await enterWith(calm(), claim)).toBeNull()
  for (const fields of [{}, { claim: asked }, { answer: 'allow' }, { ...allow, claim: "' OR 1" }])
    expect((await sendForm(calm(), mei, '/devices/asked', fields)).status).toBe(400)
  await sendForm(calm(), tablet, '/devices/link/end')
  await sendForm(calm(), mei, '/devices/asked', allow)
  expect(await enterWith(calm(), claim)).not.toBeNull()
})

test('a page of another site claims, allows and enters nothing', async () => {
  const mei = await signIn(calm(), 'Framed')
  const link = await makeLink(calm(), mei)
  const foreign = { Origin: 'http://evil.example', cookie: mei.cookie }
  expect((await sendFrom(calm(), link, foreign)).status).toBe(403)
  const claim = await claimLink(calm(), link)
  const fields = { claim: await claimOf(calm(), mei), answer: 'allow' }
  expect((await sendFrom(calm(), '/devices/asked', foreign, fields)).status).toBe(403)
  await answerDevice(calm(), mei)
  const enter = { ...foreign, cookie: claim }
  expect((await sendFrom(calm(), '/device', enter)).status).toBe(403)
  expect(await enterWith(calm(), claim)).not.toBeNull()
})

test('claims are limited per address, and those that succeed cost nothing', async () => {
  await using server = await startServer({
    flags: ['--trust-proxy'],
    env: { CHATROOM_RATE_LIMITS: 'on' },
  })
  const mei = await signIn(server, 'Target')
  const from = (address: string) => ({ 'X-Forwarded-For': address })
  const statuses = []
  for (let n = 0; n < 70; n += 1) {
    statuses.push((await sendFrom(server, madeUp, from('192.0.2.1'))).status)
  }
  expect(statuses.indexOf(429)).toBeGreaterThanOrEqual(60)
  const link = await makeLink(server, mei)
  expect((await sendFrom(server, link, from('192.0.2.1'))).status).toBe(429)
  await claimLink(server, link, from('192.0.2.2'))
  const made = []
  for (let n = 0; n < 70; n += 1) made.push((await sendForm(server, mei, '/devices/link')).status)
  expect(made).toContain(429)
})

test('tokens are neither in the database nor in the log, and no page sends them on', async () => {
  const mei = await signIn(calm(), 'Kept')
  const link = await makeLink(calm(), mei)
  const looked = await fetch(calm().origin + link)
  expect(looked.headers.get('referrer-policy')).toBe('same-origin')
  expect(looked.headers.get('cache-control')).toBe('no-store')
  // Every address on the page is our own.
  for (const [, address] of (await looked.text()).matchAll(/(?:href|src|action)="([^"]*)"/g))
    expect(address).toMatch(/^[/#]/)
  const claim = await claimLink(calm(), link)
  await answerDevice(calm(), mei)
  const added = await enterWith(calm(), claim)
  await fetch(`${calm().origin}${link}`, { method: 'PUT' })
  const stored = await storedIn(calm())
  const tokens = [link.split('/').at(-1), claim.split('=')[1], added?.cookie.split('=')[1]]
  for (const token of tokens) {
    expect(token?.length).toBeGreaterThanOrEqual(22)
    expect(stored).not.toContain(token ?? '')
    expect(calm().log()).not.toContain(token ?? '')
  }
  expect(await pageOf(calm(), mei.cookie, '/devices')).not.toContain(tokens[0] ?? '')
})

test('the cookie of a claim is for the server only, and lasts as long as the link', async () => {
  const link = await makeLink(calm(), await signIn(calm(), 'Cookie'))
  const [cookie = ''] = (await sendFrom(calm(), link)).headers.getSetCookie()
  expect(cookie).toMatch(/Max-Age=600; Path=\S+; HttpOnly; SameSite=Lax$/)
})
