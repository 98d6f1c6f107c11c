import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectAccessible, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b', { language: 'zh-CN' })
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

test('the up arrow in an empty field edits my last message, for everybody', async () => {
  await ada.send('Helo **all**')
  await mei.sees('Helo all')
  await ada.press('ArrowUp')
  await ada.messages.editor.focused()
  expect(await ada.messages.editor.value()).toBe('Helo **all**')
  await ada.messages.editor.select()
  await ada.type('Hello *all*')
  await ada.press('Enter')
  await mei.sees('Hello all')
  await ada.composer.field.focused()
  for (const page of [ada, mei]) {
    expect(await page.parts('.msg[data-edited]').count()).toBe(1)
    expect((await page.rows()).map(({ text }) => text)).toEqual(['Hello all'])
  }
  await ada.emulate({ dark: false, width: 1280, height: 800 })
})

test('on a touch screen, where Enter is a new line, a button saves', async () => {
  await ada.press('ArrowUp')
  await ada.messages.editor.focused()
  await expectAccessible(ada)
  await ada.type('!')
  await ada.part('.editor__foot button').press()
  await mei.sees('Hello all!')
  await ada.messages.editor.gone()
})

test('Escape leaves a message as it was', async () => {
  await ada.press('ArrowUp')
  await ada.messages.editor.focused()
  await ada.type(' and more')
  await ada.press('Escape')
  expect(await ada.messages.editor.isThere()).toBe(false)
  expect((await ada.rows()).map(({ text }) => text)).toEqual(['Hello all!'])
})

test('the toolbar offers editing for own messages only', async () => {
  await mei.send('我的话')
  await ada.sees('我的话')
  const offered = `[...document.querySelectorAll('#tools-menu [data-tool]:not([hidden])')]
    .map((button) => button.dataset.tool)`
  await ada.row('我的话').openMenu()
  const always = ['emoji', 'reply', 'copy', 'link', 'unread']
  const others = [...always, 'report']
  expect((await ada.evaluate<string[]>(offered)).toSorted()).toEqual(others.toSorted())
  await ada.press('Escape')
  await ada.row('Hello all!').openMenu()
  const own = [...always, 'edit', 'delete']
  expect((await ada.evaluate<string[]>(offered)).toSorted()).toEqual(own.toSorted())
  await expectAccessible(ada)
})

test('a deletion can be undone for ten seconds', async () => {
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.press('Escape')
  // Ten seconds of this page last three.
  await ada.evaluate(`(() => {
    const real = window.setTimeout
    window.setTimeout = (run, ms) => real(run, ms === 10_000 ? 3_000 : ms)
  })()`)
  const del = async (): Promise<void> => {
    await ada.row('Hello all!').openMenu()
    await ada.click(ada.messages.menuTool('delete'))
  }
  await del()
  const shown = `[...document.querySelectorAll('#timeline > .msg:not([hidden])')].length`
  expect(await ada.evaluate<number>(shown)).toBe(1)
  await ada.row('我的话').focused()
  await ada.click('#undo button')
  expect(await ada.evaluate<number>(shown)).toBe(2)
  await ada.row('Hello all!').focused()
  await del()
  await mei.messages.all.counts(1)
  expect((await mei.rows()).map(({ text }) => text)).toEqual(['我的话'])
  expect((await ada.rows()).map(({ text }) => text)).toEqual(['我的话'])
})

test('nothing was reported against the policy', () => expectNoProblems(ada, mei))
