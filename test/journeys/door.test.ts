import { expect, test } from 'bun:test'
import { createToken } from '../../src/server/session-token'
import { askDatabase } from '../helpers/database'
import { openSocket, type Person, readJson, signIn } from '../helpers/client'
import { makeCode, comeBack, addDevice, pageOf, sendFrom } from '../helpers/devices'
import {
  answerAtDoor,
  askAtDoor,
  codeOf,
  comeIn,
  enterFromDoor,
  makeInvitation,
  promote,
  setDoor,
} from '../helpers/door'
import { makeRoom, sendForm } from '../helpers/rooms'
import { basePath, serverForAll } from '../helpers/server'

const server = serverForAll()

const roomAt = (room: number | string): string => `${basePath()}/rooms/${room}`

/** An owner; the door is open when the next one begins. */
async function ownerOf(name: string): Promise<Person> {
  const owner = await signIn(server(), name)
  await promote(server(), owner, 'owner')
  return owner
}

async function logOf(owner: Person): Promise<string> {
  const page = await pageOf(server(), owner.cookie, '/admin/log')
  return page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
}

test('with a password newcomers and scripts come in; the log does not say it', async () => {
  const ada = await ownerOf('Ada')
  await setDoor(server(), ada, 'password', ' kangaroo\u0301 ')
  expect((await comeIn(server(), 'Ben')).status).toBe(422)
  expect((await comeIn(server(), 'Ben', { password: 'wallaby12' })).status).toBe(422)
  // Typed on another keyboard, it is the same.
  expect((await comeIn(server(), 'Ben', { password: 'kangaro\u00f3' })).person).not.toBeNull()
  const bot = { nickname: 'Robot', password: 'kangaro\u00f3' }
  const answer = await sendFrom(server(), '/session', { Accept: 'application/json' }, bot)
  expect([answer.status, await answer.json()]).toEqual([200, {}])
  const refused = await sendFrom(
    server(),
    '/session',
    { Accept: 'application/json' },
    {
      nickname: 'Robot 2',
    },
  )
  expect([refused.status, await refused.json()]).toMatchObject([422, { code: 'password_wrong' }])
  // It stays when only the way in is changed, and changes with the next.
  await setDoor(server(), ada, 'links')
  await setDoor(server(), ada, 'password')
  expect((await comeIn(server(), 'Cleo', { password: 'kangaro\u00f3' })).person).not.toBeNull()
  await setDoor(server(), ada, 'password', 'wallaby12')
  expect((await comeIn(server(), 'Dan', { password: 'kangaro\u00f3' })).person).toBeNull()
  const log = await logOf(ada)
  expect(log).toContain('Door: another password')
  expect(log).not.toMatch(/kangaro|wallaby/)
  await setDoor(server(), ada, 'open')
  expect((await comeIn(server(), 'Dan')).person).not.toBeNull()
})

test('an invitation leads newcomers into its closed room, and others who open it', async () => {
  const eva = await ownerOf('Eva')
  await setDoor(server(), eva, 'links')
  const room = await makeRoom(server(), eva, 'plans', 'closed')
  const socket = await openSocket(server(), eva)
  const invitation = await makeInvitation(server(), eva, { uses: '2', room: String(room) })
  const opened = await pageOf(server(), '', `/invite/${invitation}`)
  expect(opened.replaceAll(/<[^>]*>|[\u2066-\u2069]/g, '')).toContain('Eva invites you to plans.')
  const fay = await comeIn(server(), 'Fay', { invitation })
  expect(fay.to).toBe(roomAt(room))
  await socket.until(
    (item) => item.type === 'member.joined' && item.room === room && item.user.nickname === 'Fay',
    'Fay in the room',
  )
  // Ben is here already: he is asked, and it is a use.
  const ben = (await comeIn(server(), 'Gus', { invitation: await makeInvitation(server(), eva) }))
    .person
  if (ben === null) throw new Error('Gus is in')
  expect(await pageOf(server(), ben.cookie, `/invite/${invitation}`)).toContain('id="opened-link"')
  const joined = await sendForm(server(), ben, `/invite/${invitation}`)
  expect(joined.headers.get('location')).toBe(roomAt(room))
  // Both uses are had; who is in is led there as long as the link works.
  expect((await sendForm(server(), ben, `/invite/${invitation}`)).status).toBe(404)
  const any = await makeInvitation(server(), eva, { uses: 'any', room: String(room) })
  const again = await fetch(`${server().origin}/invite/${any}`, {
    headers: { Cookie: ben.cookie },
    redirect: 'manual',
  })
  expect(again.headers.get('location')).toBe(roomAt(room))
  const list = await readJson(server(), eva, '/admin/invitations')
  expect(list).toMatchObject({ links: [{ room: { name: 'plans' }, uses: 0, usesLeft: null }] })
  // A moderator who is not in the room is not told its name.
  const invited = { invitation: await makeInvitation(server(), eva) }
  const moe = (await comeIn(server(), 'Moe', invited)).person
  if (moe === null) throw new Error('Moe came in')
  await promote(server(), moe, 'moderator')
  const seen = await pageOf(server(), moe.cookie, '/admin/invitations')
  expect([seen.includes('plans'), seen.includes('an invite-only room')]).toEqual([false, true])
  await sendForm(server(), eva, '/admin/invitations/revoke', {
    link: String(Object.assign({ links: [{ id: 0 }] }, list).links[0]?.id),
  })
  expect(await pageOf(server(), '', `/invite/${any}`)).toContain('This invitation does not work')
  expect(await logOf(eva)).toContain('revoked an invitation link')
  await socket.close()
  await setDoor(server(), eva, 'open')
})

test('a link to an open room leads through the door to that room, in every mode', async () => {
  const hal = await ownerOf('Hal')
  const room = String(await makeRoom(server(), hal, 'harbour'))
  const shown = {
    password: 'kangaroo',
    invitation: await makeInvitation(server(), hal, { uses: '9' }),
  }
  for (const [mode, fields] of [
    ['open', {}],
    ['password', { password: shown.password }],
    ['links', { invitation: shown.invitation }],
  ] as const) {
    await setDoor(server(), hal, mode, shown.password)
    const page = await pageOf(server(), '', `/rooms/${room}`)
    expect(page).toContain(`name="room" value="${room}"`)
    expect(page.includes('harbour')).toBe(mode === 'open')
    const { to } = await comeIn(server(), `Guest ${mode}`, { ...fields, room })
    expect(to).toBe(roomAt(room))
  }
  await setDoor(server(), hal, 'ask')
  const form = { nickname: 'Guest ask', avatar: 'letter', room }
  const asked = await sendFrom(server(), '/session', {}, form)
  const path = asked.headers.get('location') ?? ''
  expect(path).toBe(`${basePath()}/door?room=${room}`)
  const cookie = asked.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  await answerAtDoor(server(), hal, 'Guest ask')
  const entered = await sendFrom(server(), path.slice(basePath().length), { cookie })
  expect(entered.headers.get('location')).toBe(roomAt(room))
  await setDoor(server(), hal, 'open')
})

test('who asks waits, is seen by those with a role, and comes in when let in', async () => {
  const ida = await ownerOf('Ida')
  const mo = await signIn(server(), 'Mo')
  await promote(server(), mo, 'moderator')
  const [watching, member] = [
    await openSocket(server(), mo),
    await openSocket(server(), await signIn(server(), 'Member')),
  ]
  await setDoor(server(), ida, 'ask')
  const cookie = String(await askAtDoor(server(), 'Jo', 'Jo from the class'))
  await watching.until((item) => item.type === 'door', 'somebody at the door')
  const headers = { Cookie: mo.cookie, 'HX-Request': 'true', 'Accept-Language': 'en' }
  const notice = async () =>
    (await fetch(`${server().origin}/admin/door?part=notice`, { headers })).text()
  expect(await notice()).toContain('Jo from the class')
  expect(await pageOf(server(), cookie, '/door')).toContain('You are at the door')
  expect(await readJson(server(), { nickname: '', cookie }, '/door')).toEqual({
    nickname: 'Jo',
    allowed: false,
  })
  expect(await enterFromDoor(server(), cookie)).toBeNull()
  expect(await answerAtDoor(server(), mo, 'Jo')).toBe(303)
  expect(await pageOf(server(), cookie, '/door')).toContain('You may come in')
  expect(await enterFromDoor(server(), cookie)).not.toBeNull()
  const refused = String(await askAtDoor(server(), 'Kim'))
  expect(await answerAtDoor(server(), mo, 'Kim', 'out')).toBe(303)
  expect(await pageOf(server(), refused, '/door')).toContain('You were not let in')
  expect(await notice()).not.toContain('Kim')
  const withdrawn = String(await askAtDoor(server(), 'Lou'))
  await sendFrom(server(), '/door', { cookie: withdrawn }, { withdraw: 'yes' })
  expect(typeof (await askAtDoor(server(), 'Lou'))).toBe('string')
  expect(await logOf(ida)).toMatch(/let ⁨? ?Jo ?⁩? in.*/)
  await member.taken()
  expect(member.heard.some(({ type }) => type === 'door')).toBe(false)
  await Promise.all([watching.close(), member.close()])
  await setDoor(server(), ida, 'open')
})

test('the code on the screen of a moderator lets newcomers in', async () => {
  const lea = await ownerOf('Lea')
  expect(await codeOf(server(), lea)).toBeNull()
  for (const mode of ['password', 'links', 'ask'] as const) {
    await setDoor(server(), lea, mode, 'kangaroo')
    const code = (await codeOf(server(), lea)) ?? ''
    expect(code).toMatch(/^[0-9A-Z]{3}-[0-9A-Z]{3}$/)
    expect(await codeOf(server(), lea)).toBe(code)
    const typed = code.toLowerCase().replace('-', ' ')
    expect((await comeIn(server(), `With ${mode}`, { invitation: typed })).person).not.toBeNull()
    const opened = await pageOf(server(), '', `/invite/${code.replace('-', '')}`)
    expect(opened).toContain('id="sign-in-form"')
  }
  const member = await comeIn(server(), 'Ned', { invitation: (await codeOf(server(), lea)) ?? '' })
  for (const person of [member.person ?? lea, { nickname: '', cookie: '' }]) {
    if (person !== lea) expect(await codeOf(server(), person)).toBeNull()
  }
  const token = await makeInvitation(server(), lea, { uses: 'any' })
  expect(await pageOf(server(), '', `/join?link=${token}`)).toContain(`/invite/${token}`)
  await setDoor(server(), lea, 'open')
})

test('recovery codes, other devices and an owner link do not pass the door', async () => {
  const oda = await ownerOf('Oda')
  const pia = await signIn(server(), 'Pia')
  const code = await makeCode(server(), pia)
  await setDoor(server(), oda, 'links')
  expect(await comeBack(server(), 'Pia', code)).toMatchObject({ nickname: 'Pia' })
  expect(await addDevice(server(), pia)).toMatchObject({ nickname: 'Pia' })
  const { token, hash } = createToken()
  const sql = `INSERT INTO settings (key, value) VALUES ('owner_link', ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`
  await askDatabase(server(), sql, hash.toHex())
  const kept = (await fetch(`${server().origin}/owner/${token}`)).headers.getSetCookie()
  const cookie = kept.map((line) => line.split(';')[0]).join('; ')
  expect((await comeIn(server(), 'Quinn')).person).toBeNull()
  const { to } = await comeIn(server(), 'Quinn', {}, { cookie })
  expect(to).toBe(`${basePath()}/owner/${token}`)
  const page = await pageOf(server(), '', '/')
  expect(page).toContain('I was here before and have a recovery code')
  await setDoor(server(), oda, 'open')
})
