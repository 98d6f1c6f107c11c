import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { signIn } from '../helpers/client'
import { becomeOwner } from '../helpers/owners'
import { openDirect, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import {
  addressOf,
  type ChatPage,
  enter,
  expectAccessible,
  expectNoProblems,
} from './pages/chat-page'

let server: RunningServer
/** The host of a room, at a desk; and somebody with a phone, in Chinese. */
let ada: ChatPage
let mei: ChatPage
let room = 0

const phone = { dark: false, width: 390, height: 844 }

beforeAll(async () => {
  server = await startServer({ env: { CHATROOM_RATE_LIMITS: 'off' } })
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'm', { language: 'zh', ...phone })
  await ada.panel.makeRoom('class', 'open')
  room = Number((await ada.path()).split('/').at(-1))
  await mei.joins(room)
  await mei.goto(addressOf(server.port, 'm', `/rooms/${room}`))
  await mei.connected()
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

const note = (page: ChatPage) => page.part('#hold')

/** In the settings of the room, by keys alone: a choice, then Enter. */
async function flip(selector: string, keys: string[]): Promise<void> {
  await ada.panel.openRoomSettings()
  await ada.part(`#panel ${selector}`).focus()
  for (const key of keys) await ada.press(key)
  const button = `#panel form[action$="/switches"] button`
  await ada.part(button).focus()
  await ada.press('Enter')
  await ada.panel.dialog.gone()
}

test('a page says at once that only hosts write, keeps the draft, and unlocks itself', async () => {
  await mei.composer.write('明天见')
  await flip('[name=writers][value=everybody]', ['ArrowDown'])
  await note(mei).says('目前只有房主可以在这个房间发言。')
  await mei.composer.field.becomes('[readonly]')
  for (const id of ['#clip', '#emoji-button', '#send'])
    expect(await mei.part(id).matches(':disabled')).toBe(true)
  await mei.press('Enter')
  expect(await mei.composer.field.value()).toBe('明天见')
  await mei.messages.list.reads('Ada 设置了仅房主可发言')
  await expectAccessible(mei)
  await mei.emulate(phone)
  // The host writes on.
  await ada.send('Quiet, please')
  await mei.sees('Quiet, please')
  // A page that is loaded now knows it from the beginning.
  await mei.reload()
  await note(mei).says('目前只有房主可以在这个房间发言。')
  expect(await mei.composer.field.value()).toBe('明天见')
  // Elsewhere one writes as ever.
  await mei.part('#room-1').press()
  await mei.messages.titled('#general')
  await note(mei).gone()
  expect(await mei.composer.field.matches('[readonly]')).toBe(false)
  await mei.part(`#room-${room}`).press()
  await mei.messages.titled('#class')
  await note(mei).shown()
  await flip('[name=writers][value=hosts]', ['ArrowUp'])
  await note(mei).gone()
  await mei.status.reads('现在可以发言了。')
  await mei.composer.field.focus()
  await mei.press('Enter')
  await mei.sees('明天见')
})

test('in slow mode the page counts down, and what is typed meanwhile stays', async () => {
  await flip('[name=slow]', ['ArrowDown', 'ArrowDown'])
  await mei.messages.list.reads('每条消息间隔')
  // Who has just written waits from the beginning.
  await note(mei).reads('慢速模式')
  await mei.send('第二条')
  await mei.status.reads('慢速模式')
  expect(await mei.composer.field.value()).toBe('第二条')
  await expectAccessible(mei)
  await mei.emulate(phone)
  await ada.send('Hosts need not wait')
  await ada.send('not at all')
  await ada.sees('not at all')
  await flip('[name=slow]', ['ArrowUp', 'ArrowUp'])
  await note(mei).gone()
  await mei.composer.field.focus()
  await mei.press('Enter')
  await mei.sees('第二条')
})

test('who is muted sees why and until when; the host undoes it on the same card', async () => {
  await ada.panel.openCard('梅')
  await ada.part('#panel a[href*="/mute?user="]').press()
  await ada.part('#panel [name=reason]').shown()
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.part('#panel [name=reason]').focus()
  await ada.type('too loud')
  await ada.press('Enter')
  await ada.part('#panel [role=status]').reads('too loud')
  await note(mei).reads('禁言，到')
  await note(mei).reads('原因：too loud')
  await mei.composer.field.becomes('[readonly]')
  await ada.part('#panel form[action$="/unmute"] button').press()
  await note(mei).gone()
  await ada.part('#panel form[action$="/unmute"]').gone()
  await ada.panel.close()
  // The list of members leads there, too.
  await ada.panel.openRoomSettings()
  expect(await ada.parts('#panel .choices a[href*="/mute?user="]').texts()).toEqual(['Mute… 梅'])
  await ada.panel.close()
  expectNoProblems(ada, mei)
})

/** Mei writes without a connection, and something happens before she has one again. */
async function meanwhile(text: string, happen: (db: Database) => void): Promise<void> {
  await server.stop()
  await mei.send(text)
  using db = new Database(join(server.data, 'chatroom.db'))
  happen(db)
  db.close()
  await server.restart()
  await mei.connected()
}

test('what was written without a connection and is refused says why, and can be sent', async () => {
  await meanwhile('离线时写的', (db) => {
    db.run(`UPDATE rooms SET writers = 'hosts' WHERE id = ?`, [room])
  })
  await mei.messages.failed.reads('只有房主可以在这个房间发言', 20_000)
  await note(mei).shown()
  await ada.connected()
  await flip('[name=writers][value=hosts]', ['ArrowUp'])
  await note(mei).gone()
  await mei.part('.msg--failed [data-action=retry]').press()
  await mei.sees('离线时写的')
  // Muted meanwhile: the text stays, and goes when that is over.
  const muted = await mei.userId()
  const until = Date.now() + 300_000
  await meanwhile('又离线了', (db) => {
    db.run(`INSERT INTO mutes VALUES (?1, ?2, ?3, '太吵', ?2, 1)`, [room, muted, until])
  })
  await mei.messages.failed.reads('禁言')
  await note(mei).reads('太吵')
  await ada.connected()
  await ada.panel.openCard('梅')
  await ada.part('#panel a[href*="/mute?user="]').press()
  await ada.part('#panel form[action$="/unmute"] button').shown()
  await ada.part('#panel form[action$="/unmute"] button').press()
  await note(mei).gone()
  await ada.panel.close()
  await mei.part('.msg--failed [data-action=retry]').press()
  await mei.sees('又离线了')
})

test('whom an open page offers to write to privately follows what owners set', async () => {
  const olga = await signIn(server, 'Olga')
  await becomeOwner(server, olga)
  const allow = async (privateMessages: string): Promise<void> => {
    const { status } = await sendForm(server, olga, '/admin/general', { privateMessages })
    expect(status).toBe(303)
    await mei.part(`#timeline[data-private="${privateMessages}"]`).shown()
  }
  const bob = await signIn(server, 'Adam')
  await sendForm(server, bob, `/rooms/${room}/members`)
  const direct = await openDirect(server, bob, await mei.userId())
  const hello = { client_id: 'hello', content: 'Hello' }
  await sendForm(server, bob, `/rooms/${direct}/messages`, hello)
  await mei.composer.add('@Ad')
  await mei.composer.optionNames.counts(2)
  await mei.composer.clear()
  // Only Ada is a host.
  await allow('hosts')
  await mei.composer.offer('@Ad', 'Ada')
  expect(await mei.composer.optionNames.texts()).toEqual(['Ada'])
  await mei.composer.clear()
  // The conversation that is open says so at once, too, and that it is over.
  await mei.parts(`#room-${direct}`).counts(1)
  await mei.part(`#room-${direct}`).press()
  await mei.messages.titled('Adam')
  await note(mei).says('只能给房主和管理员发私信。')
  await allow('everybody')
  await note(mei).gone()
  await allow('off')
  await note(mei).says('这个服务器已关闭私信。')
  await mei.part(`#room-${room}`).press()
  await mei.messages.titled('#class')
  await mei.composer.offer('@Ad', 'Ada')
  await mei.press('Enter')
  await mei.composer.field.holds('@Ada ')
  expect(await mei.composer.isPrivate()).toBe(false)
  await mei.press('Enter')
  await mei.messages.list.reads('@Ada')
  await ada.panel.openCard('梅')
  expect(await ada.part('#panel form[action*="/direct/"]').isThere()).toBe(false)
})
