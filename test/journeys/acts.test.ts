import { beforeAll, expect, test } from 'bun:test'
import { askDatabase } from '../helpers/database'
import { actOn, cookiesAfter, idOf } from '../helpers/acts'
import { history, openSocket, type Person, signIn } from '../helpers/client'
import { pageOf, sendFrom } from '../helpers/devices'
import type { Heard } from '../helpers/frames'
import { becomeOwner, giveRole } from '../helpers/owners'
import { answerTo, inviteTo, letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()
let olga: Person

beforeAll(async () => {
  olga = await signIn(server(), 'Olga')
  await becomeOwner(server(), olga)
})

const isNotice = ({ type }: Heard): boolean => type === 'notice'

test('who is put out for good comes back in no way, until they are let back', async () => {
  const [ann, bob] = [await signIn(server(), 'Ann'), await signIn(server(), 'Bob')]
  const room = await makeRoom(server(), ann, 'Garden')
  await sendForm(server(), bob, `/rooms/${room}/members`)
  const user = `${await idOf(server(), bob)}`
  const fields = { user, for_good: 'yes', reason: 'Trampled the <b>roses</b>' }
  expect((await sendForm(server(), ann, `/rooms/${room}/members/remove`, fields)).status).toBe(303)
  const join = await sendForm(server(), bob, `/rooms/${room}/members`)
  expect([join.status, await join.text()]).toEqual([403, expect.stringContaining('put out')])
  const invited = await inviteTo(server(), ann, room, Number(user))
  expect(await invited.text()).toContain('was put out of this room')
  expect((await answerTo(server(), bob, room)).status).toBe(404)
  const settings = await pageOf(server(), ann.cookie, `/rooms/${room}/settings`)
  expect(settings).toMatch(/May not come back[\s\S]*Bob/)
  // Others learn nothing, and change nothing.
  const cid = await signIn(server(), 'Cid')
  await sendForm(server(), cid, `/rooms/${room}/members`)
  expect(await pageOf(server(), cid.cookie, `/rooms/${room}/settings`)).not.toContain('Bob')
  const back = `/rooms/${room}/members/back`
  expect((await sendForm(server(), cid, back, { user })).status).toBe(403)
  expect((await sendForm(server(), bob, back, { user })).status).toBe(404)
  expect((await sendForm(server(), ann, back, { user })).status).toBe(303)
  expect((await sendForm(server(), bob, `/rooms/${room}/members`)).status).toBe(303)
  const log = await pageOf(server(), olga.cookie, '/admin/log')
  expect(log).toMatch(/lets [\s\S]*Bob[\s\S]*Garden[\s\S]*for good[\s\S]*&lt;b&gt;roses/)
})

test('who was invited before they were put out for good is not let in by that', async () => {
  const [ann, dan] = [await signIn(server(), 'Ann 2'), await signIn(server(), 'Dan')]
  const room = await makeRoom(server(), ann, 'Cellar', 'closed')
  await letIn(server(), ann, room, dan)
  const user = await idOf(server(), dan)
  const fields = { user: `${user}`, for_good: 'yes' }
  await sendForm(server(), ann, `/rooms/${room}/members/remove`, fields)
  expect((await answerTo(server(), dan, room)).status).toBe(404)
  expect((await sendForm(server(), dan, `/rooms/${room}/members`)).status).toBe(404)
})

test('a reported message reaches those with a role, as it was, and is answered once', async () => {
  const [eve, fay] = [await signIn(server(), 'Eve'), await signIn(server(), 'Fay')]
  const room = await makeRoom(server(), eve, 'Attic', 'closed')
  await letIn(server(), eve, room, fay)
  const [one, owner] = [await openSocket(server(), eve), await openSocket(server(), olga)]
  const said = await one.post(room, 'insult', 'You <i>fool</i>')
  const seq = said.type === 'accepted' ? said.seq : 0
  const path = `/rooms/${room}/messages/${seq}/report`
  expect(await pageOf(server(), fay.cookie, path)).toContain('Report this message')
  expect((await sendForm(server(), fay, path, { why: 'Rude' })).status).toBe(200)
  await owner.until(isNotice, 'that something was reported')
  // The same again, an own message, and one of a room that is not hers.
  expect((await sendForm(server(), fay, path, { why: 'Again' })).status).toBe(200)
  expect((await sendForm(server(), eve, path)).status).toBe(404)
  expect((await sendForm(server(), olga, path)).status).toBe(404)
  one.send({ type: 'message.edit', room, seq, content: 'You friend', client_id: 'softened' })
  await one.taken()
  const reports = await pageOf(server(), olga.cookie, '/admin/reports')
  expect(reports).toContain('You &lt;i&gt;fool&lt;/i&gt;')
  expect(reports).toMatch(/Attic[\s\S]*Fay[\s\S]*Rude/)
  expect(reports).not.toContain('Again')
  expect(await pageOf(server(), olga.cookie, '/notices')).toContain('1 report is waiting')
  expect(await pageOf(server(), fay.cookie, '/notices')).not.toContain('waiting')
  const report = /name="report" value="(\d+)"/.exec(reports)?.[1] ?? ''
  const answer = { report, answer: 'delete' }
  expect((await sendForm(server(), fay, '/admin/reports', answer)).status).toBe(403)
  expect((await sendForm(server(), olga, '/admin/reports', answer)).status).toBe(303)
  await one.until((item) => item.type === 'message.removed' && item.seq === seq, 'that it is gone')
  expect((await sendForm(server(), olga, '/admin/reports', answer)).status).toBe(404)
  expect(await history(server(), fay, room)).toEqual([])
  await Promise.all([one.close(), owner.close()])
})

test('reports of what was said in a room go with the room, and are in the log', async () => {
  const [kai, lou] = [await signIn(server(), 'Kai'), await signIn(server(), 'Lou')]
  const room = await makeRoom(server(), kai, 'Shed')
  await sendForm(server(), lou, `/rooms/${room}/members`)
  const [host, owner] = [await openSocket(server(), kai), await openSocket(server(), olga)]
  for (const text of ['Awful', 'Unlawful']) {
    const said = await host.post(room, text, text)
    const seq = said.type === 'accepted' ? said.seq : 0
    await sendForm(server(), lou, `/rooms/${room}/messages/${seq}/report`)
  }
  await owner.until(isNotice, 'that something was reported')
  expect(await pageOf(server(), olga.cookie, '/admin/reports')).toContain('Awful')
  const before = owner.heard.filter(isNotice).length
  await sendForm(server(), kai, `/rooms/${room}/delete`, { name: 'Shed' })
  await owner.taken()
  expect(owner.heard.filter(isNotice).length).toBe(before + 1)
  expect(await pageOf(server(), olga.cookie, '/admin/reports')).not.toMatch(/awful/i)
  expect(await pageOf(server(), olga.cookie, '/notices')).not.toContain('waiting')
  const log = (await pageOf(server(), olga.cookie, '/admin/log')).replaceAll(/<[^>]*>|[⁨⁩]/g, '')
  expect(log).toMatch(/Kai\s+answered a report about a message of Kai in Shed: /)
  await Promise.all([host.close(), owner.close()])
})

test('who is given another name is told, and does not get the old one back', async () => {
  const gus = await signIn(server(), 'Rude name')
  const socket = await openSocket(server(), gus)
  await socket.post(1, 'hello', 'Hello')
  const user = socket.hello.user.id
  await actOn(server(), olga, 'rename', user, { reason: 'Be kind' })
  await socket.until(isNotice, 'that there is something to read')
  const isLine = (item: Heard): boolean => item.type === 'system' && item.kind === 'nickname'
  expect(await socket.until(isLine, 'the line')).toMatchObject({ to: 'Guest 2' })
  const notices = await pageOf(server(), gus.cookie, '/notices')
  expect(notices).toMatch(/It was[\s\S]*Rude name[\s\S]*Be kind/)
  for (const nickname of ['Rude name', 'RUDE NAME', 'Rudе name']) {
    const fields = { nickname, avatar: 'letter' }
    expect((await sendForm(server(), gus, '/profile', fields)).status).toBe(422)
  }
  const other = { nickname: 'Gus', avatar: 'letter' }
  expect((await sendForm(server(), gus, '/profile', other)).status).toBe(303)
  const notice = /name="notice" value="(\d+)"/.exec(notices)?.[1] ?? ''
  // Nobody reads away what others are told.
  await sendForm(server(), olga, '/notices', { notice })
  expect(await pageOf(server(), gus.cookie, '/notices')).toContain('Rude name')
  await sendForm(server(), gus, '/notices', { notice })
  expect(await pageOf(server(), gus.cookie, '/notices')).toContain('nothing to read')
  const taken = await actOn(server(), olga, 'rename', user, { name: 'Olga' })
  expect([taken.status, await taken.text()]).toEqual([422, expect.stringContaining('is taken')])
  expect((await actOn(server(), olga, 'rename', user, { name: 'Hal' })).status).toBe(303)
  await socket.close()
})

test('who is banned can be given another name, but no link to come back', async () => {
  const [rita, ben] = [await signIn(server(), 'Vile name'), await signIn(server(), 'Ben 2')]
  const socket = await openSocket(server(), rita)
  await socket.post(1, 'from-rita', 'Hello from Rita')
  const reader = await openSocket(server(), ben)
  const user = socket.hello.user.id
  await actOn(server(), olga, 'ban', user)
  const page = await pageOf(server(), olga.cookie, `/admin/person?user=${user}`)
  expect(page).toContain('id="act-rename"')
  const reason = 'Nobody should read this'
  const mod = await signIn(server(), 'Mo 2')
  await giveRole(server(), olga, mod, 'moderator')
  expect((await actOn(server(), mod, 'rename', user, { name: 'Rita', reason })).status).toBe(303)
  const isRenamed = (item: Heard): boolean =>
    item.type === 'person.changed' && item.user.nickname === 'Rita' && item.user.mark === 'left'
  await reader.until(isRenamed, 'the other name')
  expect(await pageOf(server(), ben.cookie, '/')).not.toContain('Vile name')
  const log = await pageOf(server(), olga.cookie, '/admin/log')
  expect(log).toMatch(/gave [\s\S]*Rita[\s\S]*Vile name[\s\S]*Nobody should read this/)
  for (const act of ['way-back', 'ban'] as const) {
    const refused = await actOn(server(), olga, act, user)
    expect([refused.status, await refused.text()]).toEqual([
      409,
      expect.stringContaining('This person is banned. Undo the ban first.'),
    ])
  }
  // Who has left for good keeps what they were called.
  await sendForm(server(), ben, '/session/leave', { sure: 'yes' })
  const gone = await actOn(server(), olga, 'rename', reader.hello.user.id, { name: 'Benjamin' })
  expect(gone.status).toBe(404)
  await actOn(server(), olga, 'unban', user)
  expect(await (await actOn(server(), olga, 'way-back', user)).text()).toContain('/way-back/')
})

test('a neutral name is in the language of who gives it', async () => {
  const ida = await signIn(server(), 'Ida')
  const user = await idOf(server(), ida)
  const chinese = { cookie: olga.cookie, 'Accept-Language': 'zh' }
  const path = '/admin/person/rename'
  const answer = await sendFrom(server(), path, chinese, { user: `${user}` })
  expect(answer.status).toBe(303)
  expect((await openSocket(server(), ida)).hello.user.nickname).toBe('访客 2')
})

test('a way back works once, and only the last one', async () => {
  const jo = await signIn(server(), 'Jo')
  const socket = await openSocket(server(), jo)
  const user = socket.hello.user.id
  const make = async (): Promise<string> => {
    const made = await actOn(server(), olga, 'way-back', user, { reason: 'Lost the phone' })
    return /\/way-back\/[\w-]{22}/.exec(await made.text())?.[0] ?? ''
  }
  const [first, second] = [await make(), await make()]
  await socket.until(isNotice, 'that a link was made')
  for (const link of [first, '/way-back/x', `/way-back/${'x'.repeat(22)}`]) {
    expect((await sendFrom(server(), link)).status).toBe(404)
  }
  // A preview of the link changes nothing.
  expect(await pageOf(server(), '', second)).toContain('becomes a device of')
  const [one, two] = await Promise.all([sendFrom(server(), second), sendFrom(server(), second)])
  expect([one.status, two.status].toSorted()).toEqual([303, 404])
  const back = [one, two].find(({ status }) => status === 303)
  const other = { nickname: 'Jo', cookie: cookiesAfter(back ?? one) }
  expect((await openSocket(server(), other)).hello.user.id).toBe(user)
  expect(await pageOf(server(), jo.cookie, '/notices')).toContain('came back as you')
  await socket.close()
})

test('somebody who leaves for good takes the way back with them', async () => {
  const kit = await signIn(server(), 'Kit')
  const made = await actOn(server(), olga, 'way-back', await idOf(server(), kit))
  const link = /\/way-back\/[\w-]{22}/.exec(await made.text())?.[0] ?? ''
  await sendForm(server(), kit, '/session/leave', { sure: 'yes' })
  expect((await sendFrom(server(), link)).status).toBe(404)
  const sql = 'SELECT 1 FROM person_browsers JOIN users ON id = user_id WHERE nickname = ?'
  expect(await askDatabase(server(), sql, 'Kit')).toHaveLength(0)
  expect(await askDatabase(server(), sql, 'Olga')).toHaveLength(1)
})

test('broken forms of acts change nothing', async () => {
  const lea = await signIn(server(), 'Lea')
  const mod = await signIn(server(), 'Mo')
  await giveRole(server(), olga, mod, 'moderator')
  const user = await idOf(server(), lea)
  const broken: [act: 'ban' | 'purge' | 'rename', fields: Record<string, string>][] = [
    ['ban', { hours: '7' }],
    ['ban', { hours: 'Infinity' }],
    ['ban', { purge: 'constructor' }],
    ['ban', { reason: 'x'.repeat(5_000) }],
    ['purge', { span: '' }],
    ['purge', { span: '__proto__' }],
    ['rename', { name: 'admin' }],
    ['rename', { name: 'x'.repeat(500) }],
  ]
  for (const [act, fields] of broken) {
    const { status } = await actOn(server(), mod, act, user, fields)
    expect([act, fields, status >= 400 && status < 500]).toEqual([act, fields, true])
  }
  for (const nobody of ['0', '-1', '999999', '1e3', '']) {
    const { status } = await sendForm(server(), mod, '/admin/person/ban', { user: nobody })
    expect([nobody, status]).toEqual([nobody, 404])
  }
  const socket = await openSocket(server(), lea)
  expect(socket.hello.user).toMatchObject({ nickname: 'Lea', mark: null })
  await socket.close()
})

test('the log says in words of the reader what was done', async () => {
  const [mod, max, amy] = [
    await signIn(server(), 'Modesty'),
    await signIn(server(), 'Max'),
    await signIn(server(), 'dismissed'),
  ]
  await giveRole(server(), olga, mod, 'moderator')
  const direct = await openDirect(server(), max, await idOf(server(), amy))
  const socket = await openSocket(server(), max)
  const said = await socket.post(direct, 'rude', 'Rude in private')
  const seq = said.type === 'accepted' ? said.seq : 0
  await sendForm(server(), amy, `/rooms/${direct}/messages/${seq}/report`)
  const reports = await pageOf(server(), olga.cookie, '/admin/reports')
  const report = /name="report" value="(\d+)"/.exec(reports)?.[1] ?? ''
  await sendForm(server(), olga, '/admin/reports', { report, answer: 'dismiss' })
  await actOn(server(), mod, 'purge', socket.hello.user.id, { span: 'day' })
  await actOn(server(), mod, 'rename', await idOf(server(), amy), { name: 'Amy' })
  for (const setting of [{ roomMakers: 'moderators' }, { roomMakers: 'everybody' }]) {
    await sendForm(server(), olga, '/admin/general', setting)
  }
  const log = async (language: string): Promise<string> => {
    const headers = { Cookie: mod.cookie, 'Accept-Language': language }
    const page = await (await fetch(`${server().origin}/admin/log`, { headers })).text()
    return page.replaceAll(/<[^>]*>|[⁨⁩]/g, '').replaceAll(/\s+/g, ' ')
  }
  const inEnglish = await log('en')
  expect(inEnglish).toContain('a message of Max in a private conversation: dismissed')
  expect(inEnglish).toContain('set the role of Modesty: Moderator')
  expect(inEnglish).toContain('Who may make rooms: Everybody')
  expect(inEnglish).toMatch(/what Max wrote: everything since [\d-]{10} [\d:]{5} UTC/)
  // What people typed stays as it is.
  expect(inEnglish).toContain('this name, in place of dismissed')
  const inChinese = await log('zh')
  for (const words of [
    '不予处理',
    '管理员',
    '谁可以创建房间: 所有人',
    '以来的全部',
    '原名：dismissed',
  ]) {
    expect(inChinese).toContain(words)
  }
  await socket.close()
})
