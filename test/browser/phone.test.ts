import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { makeRoom } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let mei: ChatPage
let ada: ChatClient
let tea: number

/** A Chinese phone, and a friend on another machine. */
beforeAll(async () => {
  server = await startServer()
  const friend = await signIn(server, 'Ada')
  ada = await openSocket(server, friend)
  tea = await makeRoom(server, friend, '茶室')
  mei = await enter(server.port, '梅', 'a', { width: 320, height: 844, language: 'zh-CN' })
  await mei.joins(tea)
})

afterAll(async () => {
  await ada.close()
  mei.close()
  await server.dispose()
})

test('on a phone the rooms are a drawer that closes after a choice', async () => {
  await ada.post(tea, 'p-1', '水开了')
  await mei.click('.opens-rooms')
  await mei.part('#rooms').becomes(':popover-open')
  await mei.part(`#room-${tea}.unread`).shown()
  await mei.click(`#room-${tea}`)
  await mei.rail.opened(tea)
  expect(await mei.part('#rooms').matches(':popover-open')).toBe(false)
  await mei.sees('水开了')
  expect(await mei.title()).toContain('茶室')
})

test('a person’s card opens from the people drawer, and a private message is sent', async () => {
  await mei.click('.opens-people')
  await mei.part('#people').becomes(':popover-open')
  await mei.click('.person[data-name=Ada] button')
  await mei.panel.card.shown()
  expect(await mei.panel.dialog.shownText()).toContain('发私信')
  await mei.click('#panel .card form button')
  await mei.messages.titled('Ada')
  await mei.composer.field.becomes('[placeholder*=Ada]')
  await mei.send('只给你看')
  const heard = await ada.until(
    (item) => item.type === 'message' && item.content === '只给你看',
    'the private word',
  )
  expect(heard).toMatchObject({ recipient: { nickname: 'Ada' }, sender: { nickname: '梅' } })
})

test('nothing on the page is wider than the phone', async () => {
  await ada.post(1, 'p-wide', `${'x'.repeat(7_990)} @梅`)
  await ada.post(1, 'p-high', `a${'\n'.repeat(4_000)}b${'\t'.repeat(2_000)}`)
  await mei.back()
  await mei.rail.room(1).press()
  await mei.rail.opened(1)
  await mei.part('.msg--mention').shown()
  await mei.composer.add('@')
  await mei.composer.options.shown()
  const wide = `[...document.querySelectorAll('.chat *')]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => each.className).join()`
  expect(await mei.evaluate<string>(wide)).toBe('')
  await mei.press('Escape')
})

test('a name or a topic that is cut is whole in the settings, which a touch opens', async () => {
  const topic = '每天下午三点一起喝茶，聊聊新到的茶叶和茶具，也说说天气和旅行的见闻'
  const path = `/rooms/${tea}`
  await mei.evaluate(`void fetch('${path}', { method: 'POST', body: 'topic=${topic}',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })`)
  await mei.rail.room(tea).press()
  await mei.rail.opened(tea)
  await mei.part('#head > p').reads(topic)
  expect(await mei.part('#head > p').ask((it) => it.scrollWidth > it.clientWidth)).toBe(true)
  await mei.part('#head > p').press()
  await mei.part('#panel[open] .topic').reads(topic)
  // Before the members, of whom there may be thousands, and each form says what it saves.
  const order = `[...document.querySelectorAll(
    '#panel h3, #panel form:not([method=dialog]) > .btn')].map(({ innerText }) => innerText.trim())`
  const words = ['保存通知设置', '保存简介', '导出', '退出房间', '成员']
  expect(await mei.evaluate<string[]>(order)).toEqual(words)
  await mei.panel.close()
  await mei.rail.room(1).press()
  await mei.rail.opened(1)
})

test('the cross of a drawer stands at its edge, and the volumes in one line', async () => {
  await mei.part('#people').showPopover()
  const gap = `document.querySelector('#people').getBoundingClientRect().right -
    document.querySelector('#people .rail__close').getBoundingClientRect().right`
  expect(await mei.evaluate<number>(gap)).toBeLessThan(24)
  await mei.part('#bell-menu').showPopover()
  const tops = `new Set([...document.querySelectorAll('#volume label')].map((label) =>
    label.offsetTop)).size`
  expect(await mei.evaluate<number>(tops)).toBe(1)
  await mei.part('#bell-menu').hidePopover()
})

test('messages of a muted person are folded, and open with a touch', async () => {
  await mei.composer.clear()
  await mei.panel.openCard('Ada')
  await mei.click('#panel [data-action=mute]')
  await ada.post(1, 'p-muted', 'You will not see this')
  const row = mei.part('#timeline > [id$=p-muted]')
  const height = (): Promise<number> => row.part('p').ask(({ offsetHeight }) => offsetHeight)
  await row.becomes('.msg--muted')
  expect(await height()).toBe(0)
  await row.press()
  expect(await height()).toBeGreaterThan(0)
})

test('a list of more than fifteen people has a search', async () => {
  const names = ['Aya', 'Björn', 'Chloé', 'Dmitri', 'Eun', 'Farid', 'Gül', 'Hana', 'Ines', 'Jürgen']
  for (const name of [...names, 'Kofi', 'Lucía', 'Mbali', 'Noor', 'Olga'])
    await signIn(server, name)
  await mei.reload()
  await mei.part('#people-search').becomes(':not([hidden])')
  await mei.evaluate(`(() => { const search = document.querySelector('#people-search')
    search.value = 'Lu'; search.dispatchEvent(new Event('input')) })()`)
  const shown = `[...document.querySelectorAll('.person:not([hidden])')].map((p) => p.dataset.name)`
  await mei.waitFor(`${shown}.join() === 'Lucía'`, 'the one whose name fits')
})

test('nothing was reported against the policy', () => expectNoProblems(mei))
