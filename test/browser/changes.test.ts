import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type RunningServer, startServer } from '../helpers/server'
import { menuOf } from './message-tools'
import { enter, expectAccessible, expectNoProblems, rows, say, sees } from './people'

let server: RunningServer
let ada: BrowserPage
let mei: BrowserPage

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

const focused = 'document.activeElement.className'

test('the arrow up in an empty field changes my last message, for everybody', async () => {
  await say(ada, 'Helo **all**')
  await sees(mei, 'Helo all')
  await ada.press('ArrowUp')
  await ada.waitFor(`${focused} === 'editor'`, 'the editor')
  expect(await ada.evaluate<string>('document.activeElement.value')).toBe('Helo **all**')
  await ada.evaluate('document.activeElement.select()')
  await ada.type('Hello *all*')
  await ada.press('Enter')
  await sees(mei, 'Hello all')
  await ada.waitFor(`document.activeElement.id === 'content'`, 'the field')
  for (const page of [ada, mei]) {
    const edited = `document.querySelectorAll('.msg[data-edited]').length`
    expect(await page.evaluate<number>(edited)).toBe(1)
    expect((await rows(page)).map(({ text }) => text)).toEqual(['Hello all'])
  }
  await ada.emulate({ dark: false, width: 1280, height: 800 })
})

test('on a touch screen, where Enter is a new line, a button saves', async () => {
  await ada.press('ArrowUp')
  await ada.waitFor(`${focused} === 'editor'`, 'the editor')
  await expectAccessible(ada)
  await ada.type('!')
  await ada.evaluate(`document.querySelector('.editor__foot button').click()`)
  await sees(mei, 'Hello all!')
  await ada.waitFor(`document.querySelector('.editor') === null`, 'the editor to close')
})

test('Escape leaves a message as it was', async () => {
  await ada.press('ArrowUp')
  await ada.waitFor(`${focused} === 'editor'`, 'the editor')
  await ada.type(' and more')
  await ada.press('Escape')
  expect(await ada.evaluate<boolean>(`document.querySelector('.editor') === null`)).toBe(true)
  expect((await rows(ada)).map(({ text }) => text)).toEqual(['Hello all!'])
})

test('one toolbar offers what one may do: others’ words are theirs', async () => {
  await say(mei, '我的话')
  await sees(ada, '我的话')
  const offered = `[...document.querySelectorAll('#tools-menu [data-tool]:not([hidden])')]
    .map((button) => button.dataset.tool)`
  await menuOf(ada, '我的话')
  const always = ['emoji', 'reply', 'copy', 'link', 'unread']
  expect((await ada.evaluate<string[]>(offered)).toSorted()).toEqual(always.toSorted())
  await ada.press('Escape')
  await menuOf(ada, 'Hello all!')
  const own = [...always, 'edit', 'delete']
  expect((await ada.evaluate<string[]>(offered)).toSorted()).toEqual(own.toSorted())
  await expectAccessible(ada)
})

test('a deleted message can be had back for ten seconds, and is gone after', async () => {
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.press('Escape')
  const del = async (): Promise<void> => {
    await menuOf(ada, 'Hello all!')
    await ada.click('#tools-menu [data-tool=delete]')
  }
  await del()
  const shown = `[...document.querySelectorAll('#timeline > .msg:not([hidden])')].length`
  expect(await ada.evaluate<number>(shown)).toBe(1)
  await ada.click('#undo button')
  expect(await ada.evaluate<number>(shown)).toBe(2)
  await del()
  await mei.waitFor(`document.querySelectorAll('#timeline > .msg').length === 1`, 'it', 15_000)
  expect((await rows(mei)).map(({ text }) => text)).toEqual(['我的话'])
  expect((await rows(ada)).map(({ text }) => text)).toEqual(['我的话'])
})

test('nothing was reported against the policy', () => expectNoProblems(ada, mei))
