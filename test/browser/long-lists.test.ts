import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Person } from '../helpers/client'
import { fillLargeServer } from '../helpers/large-server'
import { sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, addressOf, expectNoProblems, openChatPage } from './pages/chat-page'

let server: RunningServer
let page: ChatPage
let speaker: Person

beforeAll(async () => {
  server = await startServer()
  await server.stop()
  const size = { people: 300, rooms: 120, online: 60, own: 90 }
  const filled = fillLargeServer(server.data, size)
  await server.restart()
  page = await openChatPage()
  const [name, value] = filled.reader.cookie.split('=')
  speaker = filled.personOf(60)
  await page.cdp('Network.setCookie', { name, value, url: addressOf(server.port, 'a') })
  await page.goto(addressOf(server.port, 'a'))
  await page.connected()
})

afterAll(async () => {
  page.close()
  await server.dispose()
})

/** Clicks what may lie below the edge of its list. */
async function follow(selector: string): Promise<void> {
  await page.evaluate(`document.querySelector('${selector}').scrollIntoView({ block: 'center' })`)
  await page.click(selector)
}

const count = (selector: string): string => `document.querySelectorAll('${selector}').length`

test('public rooms come page by page, and are found by a part of their names', async () => {
  await page.click('#open-rooms')
  await page.part('#panel[open] .list-more a').shown()
  expect(await page.evaluate<number>(count('#found li'))).toBe(50)
  await follow('#panel .list-more a')
  await page.waitFor(`${count('#found li')} === 100`, 'the second page')
  await follow('#panel .list-more a')
  await page.waitFor(`${count('#found li')} === 121`, 'the last page')
  expect(await page.evaluate<number>(count('.list-more'))).toBe(0)
  await follow('#panel [type=search]')
  await page.type('room 11')
  await page.waitFor(`${count('#found li')} === 11`, 'what was found')
  await follow('#panel .panel__close button')
})

test('one’s own rooms have pages behind the list', async () => {
  expect(await page.evaluate<number>(count('#rooms .item'))).toBe(50)
  await follow('#rooms .rail__more a')
  await page.part('#panel[open] #found li').shown()
  expect(await page.part('#panel-title').text()).toBe('Your rooms')
  await follow('#panel .panel__close button')
})

test('who spoke can be mentioned, though the list of people is too short for them', async () => {
  const said = { content: 'Hear me', client_id: 'spoken' }
  await sendForm(server, speaker, '/rooms/1/messages', said)
  await page.sees('Hear me')
  expect(await page.evaluate(`document.querySelector('.person[data-name="Person 60"]')`)).toBeNull()
  await page.composer.add('Well @person 60')
  await page.part('#options [role=option]').shown()
  expect(await page.composer.options.shownText()).toContain('Person 60')
})

test('more people of a room are loaded while one scrolls', async () => {
  expect(await page.evaluate<number>(count('#people-list .person'))).toBe(20)
  await page.evaluate(`document.querySelector('#people-next').scrollIntoView()`)
  await page.waitFor(`${count('#people-list .person')} >= 70`, 'more people')
  expectNoProblems(page)
})
