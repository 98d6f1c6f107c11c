import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type RunningServer, startServer } from '../helpers/server'
import {
  becomePhone,
  cell,
  chosen,
  closed,
  focused,
  isOpen,
  open,
  search,
  textOf,
  touch,
  write,
} from './emoji-panel'
import { focusRow, rowWith } from './message-tools'
import {
  addressOf,
  connected,
  enter,
  expectAccessible,
  expectNoProblems,
  reload,
  say,
  sees,
} from './people'

let server: RunningServer
let ada: BrowserPage
let mei: BrowserPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b', { width: 390, height: 844, language: 'zh-CN' })
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

describe('on a Chinese phone', () => {
  test('it is a sheet, the keyboard stays down, a touch inserts', async () => {
    await becomePhone(mei)
    await touch(mei, '#emoji-button')
    await mei.waitFor(isOpen, 'the panel')
    // It slides in.
    await Bun.sleep(400)
    const state = await mei.evaluate<unknown>(`[${focused} === 'emoji-grid',
      Math.round(document.querySelector('#emoji').getBoundingClientRect().bottom - innerHeight),
      document.querySelector('.emoji__row .emoji__cell').offsetHeight >= 44,
      document.querySelector('#emoji').scrollWidth <= innerWidth]`)
    expect(state).toEqual([true, 0, true, true])
    await touch(mei, cell('笑脸与情绪', '嘿嘿'))
    await closed(mei)
    expect(await textOf(mei)).toBe('😀')
  })

  test('the search finds Chinese and, without a Chinese word, English', async () => {
    await write(mei, '')
    await open(mei)
    await mei.evaluate(`${search}.focus()`)
    await mei.imeCompose('xiao ku')
    await mei.imeCommit('笑哭')
    await mei.waitFor(`${chosen} === '笑哭了'`, 'it by its Chinese name')
    await mei.evaluate(`${search}.select()`)
    // A word that only the English names have: they are fetched now.
    await mei.type('pinocchio')
    await mei.waitFor(
      `${chosen} !== undefined && ${chosen} !== '笑哭了'`,
      'it by a word of English',
    )
    const shown = `document.querySelector('.emoji__cell--chosen').textContent`
    expect(await mei.evaluate<string>(shown)).toBe('🤥')
    expect(await mei.evaluate<string>(`document.querySelector('#status').textContent`)).toMatch(
      /^找到 \d+ 个$/,
    )
    await mei.press('Escape')
    await closed(mei)
  })
})

test('any emoji can be a reaction, with the focus back at the message', async () => {
  await say(ada, 'Look at them')
  await sees(ada, 'Look at them')
  await focusRow(ada, 'Look at them')
  await ada.press('+')
  await ada.waitFor(`document.activeElement.dataset.quick === '👍'`, 'the quick ones')
  await ada.click('#tools-menu [data-tool=emoji]')
  await ada.waitFor(isOpen, 'the panel')
  await ada.type('penguin')
  await ada.waitFor(`${chosen} === 'penguin'`, 'the penguin')
  await ada.press('Enter')
  await closed(ada)
  const reaction = `${rowWith('Look at them')}.querySelector('.reaction[data-emoji="🐧"]')`
  await ada.waitFor(reaction, 'the reaction')
  await mei.waitFor(reaction, 'the reaction, at everybody’s')
  expect(await ada.evaluate<boolean>(`document.activeElement === ${rowWith('Look at them')}`)).toBe(
    true,
  )
  expect(await textOf(ada)).toBe('')
})

describe('open', () => {
  test('the checker has no complaint, with groups, with results, with the tones', async () => {
    await open(ada)
    await expectAccessible(ada)
    await ada.type('heart')
    await ada.waitFor(`document.querySelectorAll('.emoji__group').length === 1`, 'the results')
    await expectAccessible(ada)
    await ada.evaluate(`document.querySelector('.emoji__tone').click()`)
    await expectAccessible(ada)
    await ada.press('Escape')
    await ada.press('Escape')
  })

  test('emoji that the system cannot draw are hidden', async () => {
    // A system that knows nothing newer than Unicode 15: what it cannot draw leaves no ink.
    const source = `(() => {
      const draw = CanvasRenderingContext2D.prototype.fillText
      CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        if (/[\\u{1FAE9}\\u{1F6D8}\\u{1FACD}]/u.test(text)) return
        this.fillStyle = '#888'
        this.fillRect(x, y, 10, 10)
      }
    })()`
    await ada.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
    await ada.evaluate(`Object.keys(localStorage).filter((key) => key.endsWith('emoji.missing'))
      .forEach((key) => localStorage.removeItem(key))`)
    await reload(ada)
    await open(ada)
    const missing = `Object.entries(localStorage)
      .find(([key]) => key.endsWith('emoji.missing'))?.[1]`
    await ada.waitFor(missing, 'the look at the canvas')
    const { versions } = JSON.parse(await ada.evaluate<string>(missing))
    expect(versions).toContain('16')
    expect(versions).not.toContain('14')
    const bags = `document.querySelector('.emoji__cell[aria-label="face with bags under eyes"]')`
    await ada.waitFor(`${bags} === null`, 'it to be gone')
    await ada.type('bags under')
    await ada.waitFor(`${chosen} === undefined`, 'nothing')
    await ada.press('Escape')
    await closed(ada)
  })

  test('without a connection the button says so, and works when there is one again', async () => {
    await ada.goto(addressOf(server.port, 'a'))
    await connected(ada)
    const offline = { latency: 0, downloadThroughput: 0, uploadThroughput: 0 }
    await ada.cdp('Network.setCacheDisabled', { cacheDisabled: true })
    await ada.cdp('Network.emulateNetworkConditions', { ...offline, offline: true })
    await ada.press(';', ['Control'])
    await ada.waitFor(`/connected/.test(document.querySelector('.toast')?.textContent)`, 'words')
    const online = { offline: false, downloadThroughput: -1, uploadThroughput: -1, latency: 0 }
    await ada.cdp('Network.emulateNetworkConditions', online)
    await open(ada)
    ada.problems.splice(0, Infinity, ...ada.problems.filter((each) => !/ERR_INTERNET/.test(each)))
  })

  test('the licences of what is inside are linked from the help sheet', async () => {
    await ada.press('/', ['Control'])
    const link = `document.querySelector('#panel[open] a')`
    await ada.waitFor(`${link} && document.activeElement.id === 'panel-title'`, 'the help sheet')
    const text = await ada.evaluate<string>(`fetch(${link}.href).then((file) => file.text())`)
    for (const name of ['emojibase-data', 'hono', 'htmx.org', 'uqr']) expect(text).toContain(name)
    expect(text).toContain('Copyright (c) 2017-2019 Miles Johnson')
    await ada.press('Escape')
  })

  test('nothing was reported against the policy, and nothing went elsewhere', () =>
    expectNoProblems(ada, mei))
})
