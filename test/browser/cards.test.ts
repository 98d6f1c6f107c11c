import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectAccessible, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅 Mei', 'b', { language: 'zh-CN' })
  await ada.warmUp()
  await mei.warmUp()
  await mei.send('Hello @Ada, thanks')
  await ada.sees('Hello @Ada, thanks')
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

async function showsCard(page: ChatPage, name: string): Promise<void> {
  await page.part('#panel[open] .card h2').reads(name)
  await page.press('Escape')
  await page.panel.dialog.gone()
}

test('a name, a face and a mention in a message open the card', async () => {
  await ada.part('#timeline .msg__meta b').press()
  await ada.part('#panel[open] .card h2').reads('梅 Mei')
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await showsCard(ada, '梅 Mei')
  await ada.click('#timeline .msg > .av')
  await showsCard(ada, '梅 Mei')
  await ada.click('#timeline .mention')
  await showsCard(ada, 'Ada')
})

test('P opens it from a message that was walked to, without more tab stops', async () => {
  await ada.part('#log').focus()
  await ada.press('ArrowUp')
  await ada.press('p')
  await showsCard(ada, '梅 Mei')
  const stops = `document.querySelectorAll('.msg .av[tabindex], .msg b[tabindex]').length`
  expect(await ada.evaluate<number>(stops)).toBe(0)
})

test('a face in what a search has found opens it, and a finger does on a phone', async () => {
  await ada.palette.open()
  await ada.type('thanks')
  await ada.part('#search-results .hit > .av').shown()
  await ada.click('#search-results .hit > .av')
  await showsCard(ada, '梅 Mei')
  await mei.becomePhone()
  await ada.send('From Ada')
  await mei.sees('From Ada')
  await mei.touch('#timeline .msg:not(.msg--own) > .av')
  await showsCard(mei, 'Ada')
  expectNoProblems(ada, mei)
})
