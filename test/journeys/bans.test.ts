import { beforeAll, expect, test } from 'bun:test'
import { actOn, cookiesAfter, idOf } from '../helpers/acts'
import { history, openSocket, type Person, signIn } from '../helpers/client'
import {
  addDevice,
  answerDevice,
  claimLink,
  makeCode,
  makeLink,
  pageOf,
  sendFrom,
} from '../helpers/devices'
import type { Heard } from '../helpers/frames'
import { makeInvitation } from '../helpers/door'
import { becomeOwner, giveRole } from '../helpers/owners'
import { inviteTo, letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()
let olga: Person

beforeAll(async () => {
  olga = await signIn(server(), 'Olga')
  await becomeOwner(server(), olga)
})

/** Somebody signs in, in a browser that keeps all cookies it is given. */
async function arrive(nickname: string, cookie = ''): Promise<Response> {
  return sendFrom(server(), '/session', { cookie }, { nickname, avatar: 'letter' })
}

async function inBrowser(nickname: string): Promise<Person> {
  const answer = await arrive(nickname)
  expect(answer.status).toBe(303)
  return { nickname, cookie: cookiesAfter(answer) }
}

test('of thirty behind one address one is banned, and the others notice nothing', async () => {
  const mallory = await inBrowser('Mallory')
  const code = await makeCode(server(), mallory)
  const invited = await makeInvitation(server(), olga, { uses: 'any' })
  const tabs = await Promise.all([1, 2, 3].map(() => openSocket(server(), mallory)))
  const others = await Promise.all(
    Array.from({ length: 29 }, async (_, n) =>
      openSocket(server(), await signIn(server(), `Pupil ${n}`)),
    ),
  )
  const user = tabs[0]?.hello.user.id ?? 0
  const fields = { reason: 'Spam' }
  expect((await actOn(server(), olga, 'ban', user, fields)).status).toBe(303)
  for (const tab of tabs) expect((await tab.closed).code).toBe(4401)
  const page = await fetch(server().origin, { headers: { Cookie: mallory.cookie } })
  expect(page.status).toBe(403)
  expect(await page.text()).toMatch(/banned from this server.*Mallory[\s\S]*Spam/)
  // From that browser, with everything that it was given, there is no way back…
  const jars = [mallory.cookie, browserOf(mallory)]
  for (const cookie of jars) {
    const tries = [
      { nickname: 'Somebody else' },
      { nickname: 'Invited', invitation: invited },
      // The code has gone with the ban.
      { nickname: 'Mallory', code, back: 'yes' },
    ]
    for (const typed of tries) {
      const back = await sendFrom(server(), '/session', { cookie }, { ...letter, ...typed })
      const status = 'code' in typed ? 422 : 403
      expect([typed, back.status, cookieSet(back)]).toEqual([typed, status, undefined])
    }
    const link = await fetch(`${server().origin}/invite/${invited}`, {
      headers: { Cookie: cookie },
    })
    expect([link.status, await link.text()]).toEqual([403, expect.stringContaining('banned')])
  }
  // …and from another one there is no name that looks like theirs.
  for (const nickname of ['Mallory', 'MALLORY', 'Маllory', 'Mallory✔', 'Mållory']) {
    const alike = await arrive(nickname)
    expect([nickname, alike.status, cookieSet(alike)]).toEqual([nickname, 422, undefined])
  }
  for (const [n, other] of others.entries()) {
    const answer = await other.post(1, `still-${n}`, 'Still here')
    expect(answer.type).toBe('accepted')
    const told = other.heard.filter((item) => !quiet.includes(item.type) && !isPupil(item))
    expect(told).toEqual([])
  }
  await Promise.all(others.map((other) => other.close()))
  // The network is nobody's: others come in from it.
  expect((await arrive('Newcomer')).status).toBe(303)
})

test('for some hours nobody new joins from the network, if that was chosen', async () => {
  const rudi = await openSocket(server(), await inBrowser('Rudi'))
  const user = rudi.hello.user.id
  await actOn(server(), olga, 'ban', user, { reason: 'Spam', hours: '6' })
  expect(await (await arrive('Newcomer 2')).text()).toContain('Nobody new can join')
  await actOn(server(), olga, 'unban', user)
  expect((await arrive('Newcomer 2')).status).toBe(303)
})

const letter = { avatar: 'letter' }

/** The session that an answer begins. */
function cookieSet(answer: Response): string | undefined {
  return answer.headers.getSetCookie().find((line) => /^(__Host-)?chatroom_[0-9a-f]+=./.test(line))
}

/** The others may hear of each other's coming. */
const isPupil = (item: Heard): boolean =>
  item.type === 'member.joined' && item.user.nickname.startsWith('Pupil')

/**
 * What everybody hears all the time: who is here, what is said, that somebody has left, and beside
 * PostgreSQL their own coming, a moment later.
 */
const quiet = [
  'hello',
  'room',
  'message',
  'accepted',
  'presence',
  'online',
  'person.changed',
  'system',
]

test('who is banned comes back in no way, and nobody else gets the name', async () => {
  const [eve, mei] = [await inBrowser('Eve'), await signIn(server(), 'Mei')]
  const code = await makeCode(server(), eve)
  const link = await makeLink(server(), eve)
  const room = await makeRoom(server(), mei, 'Open house')
  const user = await idOf(server(), eve)
  const waiting = await claimLink(server(), link)
  await actOn(server(), olga, 'ban', user)
  const cookies = [eve.cookie, eve.cookie.split('; ').slice(0, 1).join(), browserOf(eve)]
  for (const cookie of cookies) {
    const other = await arrive('Somebody else', cookie)
    expect(await other.text()).toContain('You are banned from this server.')
  }
  for (const name of ['Eve', 'EVE', 'Ève', 'Eνe']) {
    expect((await arrive(name)).status).toBe(422)
  }
  const coded = { nickname: 'Eve', avatar: 'letter', code, back: 'yes' }
  expect((await sendFrom(server(), '/session', {}, coded)).status).toBe(422)
  expect((await sendFrom(server(), '/device', { cookie: waiting })).status).toBe(404)
  // With the code, or a link, of a friend, in that browser.
  const friend = await signIn(server(), 'Friend')
  const lent = { nickname: 'Friend', avatar: 'letter', code: await makeCode(server(), friend) }
  const borrowed = { cookie: browserOf(eve) }
  const back = await sendFrom(server(), '/session', borrowed, { ...lent, back: 'yes' })
  expect(await back.text()).toContain('You are banned')
  const claim = await claimLink(server(), await makeLink(server(), friend), borrowed)
  expect((await answerDevice(server(), friend)).status).toBe(303)
  const entered = await sendFrom(server(), '/device', { cookie: `${claim}; ${browserOf(eve)}` })
  expect(entered.status).toBe(404)
  // By an invitation that was meant for others: who is not signed in answers none.
  expect((await inviteTo(server(), mei, room, user)).status).not.toBe(303)
  const answer = { cookie: eve.cookie }
  const path = `/rooms/${room}/invitations/answer`
  expect((await sendFrom(server(), path, answer, { answer: 'accept' })).status).toBe(401)
})

/** The cookie that tells a browser again. */
function browserOf({ cookie }: Person): string {
  return cookie.split('; ').find((pair) => /_browser=/.test(pair)) ?? ''
}

test('a log-out leaves the mark of a browser in which somebody is banned', async () => {
  const eli = await inBrowser('Eli')
  const user = await idOf(server(), eli)
  const second = await addDevice(server(), eli)
  const out = await sendForm(server(), eli, '/session/end', {
    asked: '1',
    shared: 'yes',
    others: '1',
  })
  expect(out.headers.get('clear-site-data')).not.toContain('cookies')
  const left = cookiesAfter(out, eli.cookie)
  expect(left).toContain('_browser=')
  await actOn(server(), olga, 'ban', user)
  expect((await arrive('Eli again', left)).status).toBe(403)
  expect(await pageOf(server(), second.cookie, '/')).toContain('You are banned')
})

test('a ban that is undone brings everything back, but no device', async () => {
  const [ann, ben] = [await inBrowser('Ann'), await signIn(server(), 'Ben')]
  const room = await makeRoom(server(), ann, 'Club', 'closed')
  await letIn(server(), ann, room, ben)
  const [one, two] = [await openSocket(server(), ann), await openSocket(server(), ben)]
  await giveRole(server(), olga, ann, 'moderator')
  const user = one.hello.user.id
  await sendForm(server(), ann, `/rooms/${room}/invitations`, { names: 'Olga' })
  await actOn(server(), olga, 'ban', user, { reason: 'By mistake' })
  const isHost = (item: Heard): boolean =>
    item.type === 'room' && item.room.id === room && item.room.role === 'host'
  await two.until(isHost, 'that the room is his')
  // The invitations that she made have ended.
  expect(await pageOf(server(), olga.cookie, '/invitations')).not.toContain('Club')
  const direct = await openDirect(server(), ben, user).catch(() => 0)
  expect(direct).toBe(0)
  const bans = await pageOf(server(), olga.cookie, '/admin/bans')
  expect(bans).toMatch(/Ann[\s\S]*By mistake/)
  await actOn(server(), olga, 'unban', user)
  await two.until(
    (item) => item.type === 'person.changed' && item.user.id === user && item.user.mark === null,
    'that she is back',
  )
  expect(await pageOf(server(), ann.cookie, '/')).toContain('Pick a name')
  const made = await actOn(server(), olga, 'way-back', user)
  const way = /\/way-back\/[\w-]{22}/.exec(await made.text())?.[0] ?? ''
  expect(await pageOf(server(), '', way)).toContain('Ann')
  const entered = await sendFrom(server(), way, { cookie: ann.cookie })
  expect(entered.status).toBe(303)
  const again = { nickname: 'Ann', cookie: cookiesAfter(entered, ann.cookie) }
  const back = await openSocket(server(), again)
  expect(back.hello.user).toMatchObject({ id: user, nickname: 'Ann', mark: null })
  const rooms = back.hello.rooms.map(({ id, role }) => ({ id, role }))
  expect(rooms).toContainEqual({ id: room, role: 'member' })
  expect(
    (await fetch(`${server().origin}/admin`, { headers: { Cookie: again.cookie } })).status,
  ).toBe(403)
  expect((await sendFrom(server(), way)).status).toBe(404)
  expect((await history(server(), ben, room)).length).toBe(0)
  await Promise.all([two.close(), back.close()])
})
