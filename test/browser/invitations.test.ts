import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import {
  type ChatPage,
  addressOf,
  enter,
  expectAccessible,
  expectNoProblems,
  openChatPage,
} from './pages/chat-page'

let server: RunningServer
let ana: ChatPage
let mei: ChatPage
let second: ChatPage
let bob: Person
let meiId: number
let harbour: number

/** Ana and 梅 in browsers, 梅 with two tabs, and Bob, who has rooms. */
beforeAll(async () => {
  server = await startServer()
  bob = await signIn(server, 'Bob')
  const bobs = await openSocket(server, bob)
  harbour = await makeRoom(server, bob, 'harbour', 'closed')
  await bobs.post(harbour, 'first', 'Said in the harbour')
  await bobs.close()
  ana = await enter(server.port, 'Ana', 'a')
  mei = await enter(server.port, '梅', 'b', { language: 'zh-CN' })
  meiId = await mei.userId()
  second = await openChatPage({ language: 'zh-CN' })
  await second.goto(addressOf(server.port, 'b', '/rooms/1'))
  await second.connected()
  for (const page of [ana, mei]) await page.warmUp()
  await mei.evaluate(listen)
})

afterAll(async () => {
  for (const page of [ana, mei, second]) page.close()
  await server.dispose()
})

/** Every tone is written down as it is made. */
const listen = `(() => {
  window.tones = []
  const Tone = window.OscillatorNode
  window.OscillatorNode = function (context, options) {
    window.tones.push(Math.round(options.frequency))
    return new Tone(context, options)
  }
})()`

async function invite(room: number, why = ''): Promise<void> {
  const fields = { user: String(meiId), why }
  await sendForm(server, bob, `/rooms/${room}/invitations`, fields)
}

test('an invitation is shown on all tabs, with a sentence and a sound', async () => {
  second.close()
  await invite(harbour, 'We plan the party')
  await mei.toast.says('Bob 邀请你加入 #harbour')
  await mei.rail.invitation('harbour').shown()
  expect(await mei.rail.invitation('harbour').shownText()).toContain('We plan the party')
  expect(await mei.rail.roomCalled('harbour').isThere()).toBe(false)
  await mei.waitFor('tones.length === 3', 'the sound')
  expect(await mei.evaluate<number[]>('tones')).toEqual([659, 988, 1319])
  await expectAccessible(mei)
  second = await openChatPage({ language: 'zh-CN' })
  await second.goto(addressOf(server.port, 'b', '/rooms/1'))
  await second.connected()
  await second.rail.invitation('harbour').shown()
})

test('who accepts is in the room at once, on all tabs, and keeps what they write', async () => {
  await mei.emulate({ dark: false, width: 1280, height: 800 })
  await mei.composer.add('half a thought')
  await mei.rail.invitation('harbour').part('[value=accept]').press()
  await mei.rail.shows('#harbour')
  await mei.sees('Said in the harbour')
  for (const page of [mei, second]) {
    await page.rail.roomCalled('harbour').shown()
    await page.rail.invitation('harbour').gone()
  }
  await mei.rail.goTo('general')
  expect(await mei.composer.field.value()).toBe('half a thought')
  await mei.composer.clear()
})

test('by keyboard an invitation is declined, and the focus goes on to the next', async () => {
  const [tea, milk] = [await makeRoom(server, bob, 'Tea'), await makeRoom(server, bob, 'Milk')]
  for (const room of [tea, milk]) await invite(room)
  await mei.rail.invitation('Tea').shown()
  await mei.rail.invitation('Milk').shown()
  await mei.rail.invitation('Milk').part('[value=decline]').focus()
  await mei.press('Enter')
  await mei.rail.invitation('Milk').gone()
  await second.rail.invitation('Milk').gone()
  await mei.rail.invitation('Tea').part('[value=accept]').focused()
  await mei.press('Tab')
  await mei.press('Enter')
  await mei.rail.invitation('Tea').gone()
  await mei.part('#open-rooms').focused()
  await mei.part('#invitations').gone()
})

test('an invitation that is taken back goes from the list', async () => {
  const room = await makeRoom(server, bob, 'Pier', 'closed')
  await invite(room)
  await mei.rail.invitation('Pier').shown()
  await sendForm(server, bob, `/rooms/${room}/invitations/withdraw`, { user: String(meiId) })
  await mei.rail.invitation('Pier').gone()
})

test('one that came while the connection was lost is found when it is back', async () => {
  const room = await makeRoom(server, bob, 'Late', 'closed')
  await invite(room)
  await mei.rail.invitation('Late').shown()
  // As if it had not been heard of.
  await mei.evaluate(`(document.querySelector('#invitations').dataset.count = '0',
    document.querySelector('#invitations .invitation').remove())`)
  await server.restart()
  await mei.rail.invitation('Late').shown(20_000)
  await mei.connected()
  await mei.rail.invitation('Late').part('[value=decline]').press()
  await mei.rail.invitation('Late').gone()
  for (const page of [ana, mei, second]) {
    await page.connected()
    page.problems.length = 0
  }
})

test('nobody who is muted makes a sound or a sentence by inviting', async () => {
  await mei.panel.openCard('Bob')
  await mei.part('#panel [data-action=mute]').press()
  await mei.evaluate(`(${listen}, document.querySelector('#toast').replaceChildren())`)
  const room = await makeRoom(server, bob, 'Quiet')
  await invite(room)
  await mei.rail.invitation('Quiet').shown()
  expect(await mei.toast.text()).toBe('')
  expect(await mei.evaluate<number[]>('tones')).toEqual([])
  await mei.rail.invitation('Quiet').part('[value=decline]').press()
  await mei.rail.invitation('Quiet').gone()
})

test('on a phone many invitations are a list of their own', async () => {
  for (let n = 0; n < 7; n += 1) {
    await invite(await makeRoom(server, bob, `Deck ${'ABCDEFG'[n]}`, 'closed'))
  }
  await mei.becomePhone()
  await mei.part('[popovertarget=rooms]').press()
  await mei.part('#invitations a').reads('全部邀请（7）')
  await expectAccessible(mei)
  await mei.becomePhone()
  await mei.part('#invitations a').press()
  await mei.parts('#panel-body .invitation').counts(7)
  await expectAccessible(mei)
  await mei.parts('#panel-body [value=decline]').at(0).press()
  await mei.parts('#panel-body .invitation').counts(6)
  await mei.parts('#panel-body [value=accept]').at(0).press()
  await mei.messages.list.becomes('[data-title^="#Deck"]')
  await mei.panel.dialog.gone()
})

test('by keyboard several people are found, invited, and one is taken back', async () => {
  for (const name of ['Zoë', 'Ida', 'Finn']) await signIn(server, name)
  await ana.panel.makeRoom('ferry', 'closed')
  await ana.panel.openRoomSettings()
  await ana.part('#panel[open] a[href$="/invitations"]').focus()
  await ana.press('Enter')
  await ana.part('#invite-names').focused()
  await expectAccessible(ana)
  await ana.emulate({ dark: false, width: 1280, height: 800 })
  await ana.part('#invite-names').focus()
  await ana.type('zo')
  await ana.parts('#invitees li').counts(1)
  await ana.press('Tab')
  await ana.press(' ')
  await ana.part('#invite-names').holds('')
  await ana.parts('#invitees li').counts(5)
  expect(await ana.part('#invitees li bdi').text()).toBe('Zoë')
  await ana.part('#invitees input:checked').focused()
  await ana.press('Tab', ['Shift'])
  await ana.type('ida, nobody here')
  await ana.part('#invitees').reads('Nothing found.')
  await ana.press('Enter')
  await ana.part('.outcomes').shown()
  expect(await ana.parts('.outcomes li').texts()).toEqual([
    'Zoë is invited.',
    'Ida is invited.',
    'No one here has the name nobody here.',
  ])
  await ana.part('#invite-names').holds('nobody here')
  await expectAccessible(ana)
  await ana.emulate({ dark: false, width: 1280, height: 800 })
  await ana.parts('#invite .choices li').counts(2)
  await ana.part('#invite .choices button').focus()
  await ana.press('Enter')
  await ana.parts('#invite .choices li').counts(1)
  await ana.panel.close()
})

test('who muted somebody is told so instead of inviting them', async () => {
  await ana.rail.goTo('general')
  await ana.panel.openCard('Bob')
  await ana.part('#panel [data-action=mute]').press()
  await ana.rail.goTo('ferry')
  await ana.panel.openRoomSettings()
  await ana.part('#panel[open] a[href$="/invitations"]').press()
  await ana.part('#invite-names').focused()
  await ana.type('bob')
  await ana.parts('#invitees li').counts(1)
  await ana.part('#invitees').reads('You muted Bob.')
  expect(await ana.part('#invitees input').matches(':disabled')).toBe(true)
  await ana.panel.close()
})

test('nothing was reported against the policy', () => expectNoProblems(ana, mei, second))
